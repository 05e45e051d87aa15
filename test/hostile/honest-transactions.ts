// One transaction of an account after the other, each with the next sequence. Of one that has
// failed nobody knows whether its sequence is used, or still will be: the peer is asked for it
// anew, so that one failure is not told of all that come after.

const SEQUENCE = ":SEQUENCE";
const PAUSE_MS = 50;

export interface SequencedAccount {
  /** The sequence that was used last. */
  sequence(): Promise<number>;
  /** The code of a failed transaction, null for one that is final. */
  submit(sequence: number): Promise<string | null>;
}

export class HonestTransactions {
  readonly #account: SequencedAccount;
  /** Null when the peer is to be asked for it. */
  #last: number | null = null;
  /** Whether one before may still use the sequence of the next. */
  #isInDoubt = false;

  constructor(account: SequencedAccount) {
    this.#account = account;
  }

  /** Resolves when one is final. @throws Error with its code, or as `submit` */
  async next(): Promise<void> {
    for (;;) {
      this.#last ??= await this.#account.sequence();
      const sequence = this.#last + 1;
      const isDoubtful = this.#isInDoubt;
      this.#last = null;
      this.#isInDoubt = true;
      const code = await this.#account.submit(sequence);
      if (code === null) {
        this.#last = sequence;
        this.#isInDoubt = false;
        return;
      }
      if (!isDoubtful || code !== SEQUENCE) throw new Error(code);
      await Bun.sleep(PAUSE_MS);
    }
  }
}
