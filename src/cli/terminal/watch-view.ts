// What `watch` shows: figures of the last look, and how they changed since the one before.

import type { ConnectionReport } from "../../peer/operator/operator-commands.ts";
import { pointsText } from "../commands/status.ts";
import type { OwnStatus } from "../contact/operator.ts";
import { standingText } from "../contact/standing-text.ts";
import { grouped } from "./amounts.ts";
import { durationText } from "./duration-text.ts";
import { type Rows, rowsText } from "./json-line.ts";

/** One look at a peer. */
export interface WatchSample {
  readonly atMs: number;
  readonly own: OwnStatus;
  readonly connections: readonly ConnectionReport[];
}

const SECOND_MS = 1_000;
const MEGABYTE = 1 << 20;
/** Rates that are kept for the curve. */
const RATES_MAX = 40;
const CURVE = [..."▁▂▃▄▅▆▇█"];
const KEY_DIGITS = 8;

/** A curve of rates, the highest as high as a line. */
export function curveText(rates: readonly number[]): string {
  const highest = Math.max(...rates, 0);
  const step = (rate: number) =>
    highest === 0 ? 0 : Math.round((rate / highest) * (CURVE.length - 1));
  return rates.map((rate) => CURVE[step(rate)]).join("");
}

export class WatchView {
  #last: WatchSample | null = null;
  readonly #rates: number[] = [];

  /** Takes a look in. */
  add(sample: WatchSample): void {
    const last = this.#last;
    this.#last = sample;
    if (last === null || sample.atMs <= last.atMs) return;
    const seconds = (sample.atMs - last.atMs) / SECOND_MS;
    // A peer that was started anew, or took blocks back, has executed fewer.
    this.#rates.push(Math.max(0, (sample.own.position - last.own.position) / seconds));
    if (this.#rates.length > RATES_MAX) this.#rates.shift();
  }

  /** Blocks a second since the look before, null after the first. */
  get rate(): number | null {
    return this.#rates.at(-1) ?? null;
  }

  /** One line, for logs. */
  get line(): string {
    const own = this.#last?.own;
    if (own === undefined) return "";
    const rate = this.rate === null ? "" : `, ${this.rate.toFixed(1)} blocks/s`;
    const links = `${own.outgoing} out, ${own.incoming} in`;
    return `${standingText(own)}; ${grouped(own.position)} blocks${rate}; ${links}`;
  }

  /**
   * The picture, at most so many lines of so many columns: in a low window the standing is what
   * stays, which stands first.
   */
  frame(columns: number, lines: number): string {
    if (this.#last === null) return "";
    const { own, connections } = this.#last;
    const head = [`Convex peer ${own.peer.slice(0, KEY_DIGITS)}  ${standingText(own)}`, ""];
    const figures = rowsText(this.#rows(own), "  ").trimEnd().split("\n");
    const room = lines - head.length - figures.length - 1;
    const table = room > 1 ? ["", ...connectionLines(connections, own, room - 1)] : [];
    const shown = [...head, ...figures, ...table].slice(0, Math.max(1, lines));
    return shown.map((line) => fitted(line, columns)).join("\n");
  }

  #rows(own: OwnStatus): Rows {
    const { process: about } = own;
    const backlog = own.backlog === 0 ? "" : `, ${own.backlog} to execute`;
    const rate = this.rate === null ? "-" : `${this.rate.toFixed(1)} blocks/s`;
    const differing = own.disagreeing === 0 ? "" : `, ${own.disagreeing} with ANOTHER State`;
    return [
      ["network", own.genesis.slice(0, 2 * KEY_DIGITS)],
      ["order", pointsText(own.points)],
      ["executed", `${grouped(own.position)} blocks${backlog}`],
      ["rate", `${rate.padEnd(16)}${curveText(this.#rates)}`.trimEnd()],
      ["last block", own.position === 0 ? "none yet" : `${durationText(own.stateAgeMs)} ago`],
      [
        "connections",
        `${own.outgoing} of ${own.wantedOutgoing} out, ${own.incoming} in${differing}`,
      ],
      ["memory", `${((about.memoryBytes ?? 0) / MEGABYTE).toFixed(0)} MB`],
      ["running for", durationText(about.uptimeMs ?? 0)],
      ["API", about.api ?? "-"],
    ];
  }
}

function connectionLines(
  connections: readonly ConnectionReport[],
  own: OwnStatus,
  room: number,
): string[] {
  if (connections.length === 0) {
    return [own.wantedOutgoing === 0 ? "  no connections wanted" : "  no connections to peers"];
  }
  const fits = connections.length <= room;
  const shown = fits ? connections : connections.slice(0, Math.max(0, room - 1));
  const lines = shown.map(({ key, address, direction, heardMs, state }) => {
    const heard = heardMs === null ? "not heard" : `heard ${durationText(heardMs)} ago`;
    const whose = key === null ? "unproved" : key.slice(0, KEY_DIGITS);
    const same = state === "different" ? "  ANOTHER State" : "";
    return `  ${whose.padEnd(KEY_DIGITS)}  ${address.padEnd(24)}  ${direction}  ${heard}${same}`;
  });
  return fits ? lines : [...lines, `  and ${connections.length - shown.length} more`];
}

function fitted(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;
}
