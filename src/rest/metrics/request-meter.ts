// Metrics of the HTTP API: how many requests, how they ended, how long they took. Counted in plain
// numbers (tallied.ts): looking labels up for every request costs a tenth of a query's time.

import { DurationTally } from "../../store/duration-tally.ts";
import { Gauge, type Registry } from "./prom.ts";
import { histogramSamples, type Sample, tallied } from "./tallied.ts";

/** Seconds: answers in a millisecond, results at finality, the longest wait there is. */
const BUCKETS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 8];

const KINDS = ["query", "transact", "message", "faucet", "mcp", "read"] as const;
type Kind = (typeof KINDS)[number];

/** Kinds of requests by the third word of an API path; the rest is `read`. */
const KIND_BY_WORD: ReadonlyMap<string, Kind> = new Map([
  ["query", "query"],
  ["transaction", "transact"],
  ["transact", "transact"],
  ["message", "message"],
  ["createAccount", "faucet"],
  ["faucet", "faucet"],
]);

const API = "/api/v1/";

function kindOf(path: string): Kind {
  if (path === "/mcp" || path.startsWith("/mcp/")) return "mcp";
  if (!path.startsWith(API)) return "read";
  const end = path.indexOf("/", API.length);
  const word = path.slice(API.length, end < 0 ? undefined : end);
  return KIND_BY_WORD.get(word) ?? "read";
}

/** What was counted of a kind. */
class Tally {
  readonly durations = new DurationTally(BUCKETS);
  /** By the first digit of the status. */
  readonly byClass = new Array<number>(6).fill(0);

  add(ms: number, status: number): void {
    this.durations.add(ms);
    const statusClass = Math.floor(status / 100);
    this.byClass[statusClass] = (this.byClass[statusClass] as number) + 1;
  }
}

/** A request that is being answered. */
export interface BegunRequest {
  readonly kind: Kind;
  readonly atMs: number;
}

export class RequestMeter {
  readonly #tallies = new Map<Kind, Tally>();
  #open = 0;

  constructor(registry: Registry) {
    const total = "convex_http_requests_total";
    const seconds = "convex_http_request_seconds";
    tallied(registry, "counter", total, "Answered requests by kind and class of status", () =>
      this.#totals(),
    );
    tallied(registry, "histogram", seconds, "Time from a request to its answer, by kind", () =>
      this.#durations(seconds),
    );
    const open: Gauge = new Gauge({
      name: "convex_http_requests_open",
      help: "Requests that wait for their answer",
      registers: [registry],
      collect: () => open.set(this.#open),
    });
  }

  begin(path: string): BegunRequest {
    this.#open++;
    return { kind: kindOf(path), atMs: performance.now() };
  }

  end({ kind, atMs }: BegunRequest, status: number): void {
    this.#open--;
    let tally = this.#tallies.get(kind);
    if (tally === undefined) {
      tally = new Tally();
      this.#tallies.set(kind, tally);
    }
    tally.add(performance.now() - atMs, status);
  }

  #totals(): Sample[] {
    return [...this.#tallies].flatMap(([kind, { byClass }]) =>
      byClass.flatMap((value, digit) =>
        value === 0 ? [] : [{ labels: { kind, status: `${digit}xx` }, value }],
      ),
    );
  }

  #durations(name: string): Sample[] {
    return [...this.#tallies].flatMap(([kind, { durations }]) =>
      histogramSamples(name, durations, { kind }),
    );
  }
}
