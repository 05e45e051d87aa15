// `bun generator.ts JSON`: loads an API, in a process of its own. With a rate the load is open:
// requests are due at fixed times whether or not the server keeps up, and the time of each counts
// from when it was due, so that a stall counts for all who would have come meanwhile. Without a
// rate each connection sends its next request when it has the answer to the last. Prints a
// LoadReport as JSON.

import { KeyPair } from "../../../src/crypto/ed25519.ts";
import { toHex } from "../../../src/crypto/hex.ts";
import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { Address } from "../../../src/data/address.ts";
import { refEncoding } from "../../../src/rest/routes/prepare.ts";
import { Invoke } from "../../../src/state/transaction.ts";
import { postText, Wire } from "./wire.ts";

/** An account that transfers: its seed in hex, and the sequence of its next transaction. */
export interface LoadAccount {
  readonly address: number;
  readonly seed: string;
  readonly sequence: number;
}

export interface LoadOrder {
  readonly port: number;
  readonly seconds: number;
  /** Requests a second; 0 for as many as there are answers. */
  readonly rate: number;
  readonly connections: number;
  /** Accounts that submit transfers, one for each connection; none for queries. */
  readonly accounts: readonly LoadAccount[];
}

export interface LoadReport {
  readonly done: number;
  /** Answers that were not status 200, or errors of the code. */
  readonly failed: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Requests that were due and had not been sent when the time was up. */
  readonly unsent: number;
  /**
   * Longest time for which the client itself was busy or not run: so much of the above may be its
   * own.
   */
  readonly clientMaxMs: number;
}

/** What a connection asks next. */
type Requests = () => string;

let asked = 0;
const query: Requests = () => postText("query", `{"address":12,"source":"(+ 1 ${asked++})"}`);

/** Transfers of an account, of which so many are signed before the load begins. */
function transfers({ address, seed, sequence }: LoadAccount, count: number): Requests {
  const keyPair = KeyPair.fromSeed(Buffer.from(seed, "hex"));
  const accountKey = toHex(keyPair.publicKey);
  const form = readForm("(transfer #11 1)");
  const signed = (i: number) => {
    const message = refEncoding(Invoke.of(Address.of(address), sequence + i, form));
    const sig = toHex(keyPair.sign(message));
    return postText(
      "transaction/submit",
      JSON.stringify({ hash: toHex(message), accountKey, sig }),
    );
  };
  const prepared = Array.from({ length: count }, (_, i) => signed(i));
  let next = 0;
  return () => {
    const request = prepared[next] ?? signed(next);
    next++;
    return request;
  };
}

class Load {
  readonly #order: LoadOrder;
  readonly #times: number[] = [];
  #failed = 0;
  #sent = 0;
  #clientMaxMs = 0;
  #isOver = false;
  readonly #pending = new Set<Promise<void>>();
  readonly #startedAt = performance.now();
  readonly #idle: (readonly [Wire, Requests])[];

  constructor(order: LoadOrder, lanes: readonly (readonly [Wire, Requests])[]) {
    this.#order = order;
    this.#idle = [...lanes];
  }

  get #elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }

  async #ask([wire, requests]: readonly [Wire, Requests], dueAt: number): Promise<void> {
    this.#sent++;
    const { status, body } = await wire.ask(requests());
    this.#times.push(performance.now() - dueAt);
    if (status !== 200 || body.includes('"errorCode"')) this.#failed++;
  }

  async closed(): Promise<LoadReport> {
    const lanes = this.#idle.map(async (lane) => {
      while (this.#elapsedMs < this.#order.seconds * 1000) await this.#ask(lane, performance.now());
    });
    await Promise.all(lanes);
    return this.#report(0);
  }

  async open(): Promise<LoadReport> {
    const { rate, seconds } = this.#order;
    while (this.#elapsedMs < seconds * 1000) {
      this.#sendDue();
      const before = performance.now();
      await Bun.sleep(1);
      this.#clientMaxMs = Math.max(this.#clientMaxMs, performance.now() - before);
    }
    const unsent = rate * seconds - this.#sent;
    this.#isOver = true;
    await Promise.all(this.#pending);
    return this.#report(unsent);
  }

  /** Sends what is due, as far as connections are free. */
  #sendDue(): void {
    const { rate, seconds } = this.#order;
    const due = this.#isOver
      ? 0
      : Math.floor((Math.min(this.#elapsedMs, seconds * 1000) * rate) / 1000);
    while (this.#sent < due) {
      const lane = this.#idle.shift();
      if (lane === undefined) return;
      const asked = this.#ask(lane, this.#startedAt + (this.#sent * 1000) / rate).then(() => {
        this.#idle.push(lane);
        this.#pending.delete(asked);
        this.#sendDue();
      });
      this.#pending.add(asked);
    }
  }

  #report(unsent: number): LoadReport {
    const times = this.#times.sort((a, b) => a - b);
    const at = (share: number) => times[Math.floor((times.length - 1) * share)] ?? 0;
    const perSecond = (times.length * 1000) / this.#elapsedMs;
    return {
      done: times.length,
      failed: this.#failed,
      perSecond,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      maxMs: at(1),
      unsent,
      clientMaxMs: this.#clientMaxMs,
    };
  }
}

async function main(order: LoadOrder): Promise<LoadReport> {
  const { port, connections, accounts, rate, seconds } = order;
  const each = Math.ceil((rate * seconds) / connections);
  const lanes: (readonly [Wire, Requests])[] = [];
  for (let i = 0; i < connections; i++) {
    const account = accounts[i];
    const requests = account === undefined ? query : transfers(account, each);
    lanes.push([await Wire.open(port), requests]);
  }
  const load = new Load(order, lanes);
  const report = await (rate === 0 ? load.closed() : load.open());
  for (const [wire] of lanes) wire.close();
  return report;
}

if (import.meta.main) {
  const report = await main(JSON.parse(process.argv[2] ?? "") as LoadOrder);
  process.stdout.write(`${JSON.stringify(report)}\n`);
  process.exit(0);
}
