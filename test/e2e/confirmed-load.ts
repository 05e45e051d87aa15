// Clients that send one transaction after the other and remember what they were told, for tests
// that end a peer in the middle of it.

import { post, type ResultJson, TestAccount } from "./rest-client.ts";

const CLIENTS = 8;

interface Client {
  account: TestAccount;
  /** Highest value of `n` that a result confirmed, and the highest that was ever sent. */
  confirmed: number;
  sent: number;
}

/** A small generator, so that a run can be repeated from its seed. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export class ConfirmedLoad {
  readonly #clients: Client[] = [];
  #isRunning = false;
  #isBelieved = true;
  #lanes: Promise<void>[] = [];
  /** Transactions whose success a client was told. */
  confirmed = 0;

  /** Accounts of a peer that has a faucet. */
  static async create(url: string): Promise<ConfirmedLoad> {
    const load = new ConfirmedLoad();
    for (let i = 0; i < CLIENTS; i++) {
      load.#clients.push({ account: await TestAccount.create(url, i), confirmed: 0, sent: 0 });
    }
    return load;
  }

  begin(): void {
    this.#isRunning = true;
    this.#isBelieved = true;
    this.#lanes = this.#clients.map((client) => this.#send(client));
  }

  /**
   * From now on failures say nothing: the peer is about to end.
   * @param isBelieved whether what is told from now on counts
   */
  stop(isBelieved = true): void {
    this.#isRunning = false;
    this.#isBelieved = isBelieved;
  }

  /** Resolves when nobody waits for an answer any more. */
  async over(): Promise<void> {
    await Promise.all(this.#lanes);
  }

  async #send(client: Client): Promise<void> {
    while (this.#isRunning) {
      client.sent++;
      try {
        const result = await client.account.transact(`(def n ${client.sent})`);
        if (result.errorCode !== undefined) throw new Error(`refused: ${JSON.stringify(result)}`);
        if (!this.#isBelieved) continue;
        client.confirmed = client.sent;
        this.confirmed++;
      } catch (error) {
        // A request that was cut short may have been executed or not; a refusal is a finding.
        if (this.#isRunning && error instanceof Error && error.message.startsWith("refused")) {
          throw error;
        }
      }
    }
  }

  /** Sentences about accounts that hold less at a peer than their client was told, or more. */
  async compare(url: string): Promise<string[]> {
    const lost: string[] = [];
    for (const client of this.#clients) {
      const { address, keyPair } = client.account;
      client.account = new TestAccount(url, address, keyPair);
      const found = await post<ResultJson>(url, "query", { address, source: "(get *env* 'n 0)" });
      const n = Number(found.value);
      if (n >= client.confirmed && n <= client.sent) client.confirmed = n;
      else lost.push(`#${address}: told ${client.confirmed}, sent ${client.sent}, found ${n}`);
    }
    return lost;
  }
}
