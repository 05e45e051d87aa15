// An honest client of the attacked peer, in a process of its own so that nothing but the peer keeps
// it waiting: a transaction after the other, the status, /livez, and a new connection each time.
// Told `begin` it forgets what it has seen; told `report` it sends that to its parent.

import { PeerClient } from "../../src/cli/contact/peer-client.ts";
import { CommandError } from "../../src/cli/failure.ts";
import { KeyPair } from "../../src/crypto/ed25519.ts";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { Address } from "../../src/data/address.ts";
import { SignedData } from "../../src/data/signed.ts";
import { print } from "../../src/lang/printer.ts";
import { DialError } from "../../src/net/dial.ts";
import { Invoke } from "../../src/state/transaction.ts";
import { HonestTransactions } from "./honest-transactions.ts";

const PAUSE_MS = 50;
const RESULT_MS = 30_000;
const NEWCOMER_MS = 10_000;

/** Longest waits in ms, and what went wrong. */
export interface HonestReport {
  readonly waits: Readonly<Record<HonestAct, number>>;
  readonly done: Readonly<Record<HonestAct, number>>;
  readonly failures: readonly string[];
}

export type HonestAct = "transaction" | "status" | "livez" | "newcomer";

const none = (): Record<HonestAct, number> => ({
  transaction: 0,
  status: 0,
  livez: 0,
  newcomer: 0,
});

class HonestClient {
  readonly #address: { readonly host: string; readonly port: number };
  readonly #api: string;
  #waits = none();
  #done = none();
  #failures: string[] = [];
  /** What is under way, and since when. */
  readonly #since = new Map<HonestAct, number>();

  constructor(host: string, port: number, api: string) {
    this.#address = { host, port };
    this.#api = api;
  }

  begin(): void {
    this.#waits = none();
    this.#done = none();
    this.#failures = [];
    const now = performance.now();
    for (const what of this.#since.keys()) this.#since.set(what, now);
  }

  /** Counts what is still waited for as well. */
  report(): HonestReport {
    for (const [what, since] of this.#since) this.#note(what, since);
    return { waits: this.#waits, done: this.#done, failures: this.#failures };
  }

  async run(): Promise<void> {
    const client = await PeerClient.connect(this.#address);
    const keyPair = KeyPair.fromSeed(Buffer.alloc(32, 1));
    const from = Address.of(11);
    const transactions = new HonestTransactions({
      sequence: async () => Number(await client.query(readForm("*sequence*"), from)),
      submit: async (sequence) => {
        const signed = SignedData.sign(keyPair, Invoke.of(from, sequence, 1));
        const result = await client.submit(signed, RESULT_MS);
        return result.isError ? (print(result.error) ?? "no code") : null;
      },
    });
    const livez = async () => {
      const { status } = await fetch(`${this.#api}/livez`);
      if (status !== 200) throw new Error(`${status}`);
    };
    // Where the places are taken it tries again, as a client does: what it waits for is the answer.
    const newcomer = async () => {
      const deadline = performance.now() + NEWCOMER_MS;
      while (!(await this.#isServedAnew())) {
        if (performance.now() > deadline) throw new Error(`not served in ${NEWCOMER_MS} ms`);
        await Bun.sleep(PAUSE_MS);
      }
    };
    void this.#loop("transaction", () => transactions.next());
    void this.#loop("status", () => client.status());
    void this.#loop("livez", livez);
    void this.#loop("newcomer", newcomer);
  }

  async #isServedAnew(): Promise<boolean> {
    try {
      const client = await PeerClient.connect(this.#address);
      await client.status().finally(() => client.close());
      return true;
    } catch (error) {
      if (error instanceof DialError || error instanceof CommandError) return false;
      throw error;
    }
  }

  async #loop(what: HonestAct, act: () => Promise<unknown>): Promise<never> {
    while (true) {
      this.#since.set(what, performance.now());
      await act().then(
        () => this.#done[what]++,
        (error) =>
          this.#failures.push(`${what}: ${error instanceof Error ? error.message : error}`),
      );
      this.#note(what, this.#since.get(what) as number);
      this.#since.delete(what);
      await Bun.sleep(PAUSE_MS);
    }
  }

  #note(what: HonestAct, since: number): void {
    this.#waits[what] = Math.max(this.#waits[what], Math.round(performance.now() - since));
  }
}

if (import.meta.main) {
  const [host = "", port = "", api = ""] = process.argv.slice(2);
  const client = new HonestClient(host, Number(port), api);
  process.on("message", (told) => {
    if (told === "begin") client.begin();
    else process.send?.(client.report());
  });
  process.on("disconnect", () => process.exit(0));
  await client.run();
  process.send?.("ready");
}
