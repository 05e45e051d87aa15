// What executed blocks leave to be done for the outside: where each transaction stands, and what to
// tell those who wait for it. Kept until it is on disk, then handed out.

import { hashKey } from "../../data/encode.ts";
import type { SignedData } from "../../data/signed.ts";
import { Block } from "../../state/block.ts";
import type { BlockResult } from "../../state/block-result.ts";
import type { Result } from "../../state/result.ts";
import type { Position, Store } from "../../store/store.ts";
import type { Transactions } from "../clients/transactions.ts";
import { withLocation } from "../peer-result.ts";

/** Index of the position of a block itself. */
export const WHOLE_BLOCK = -1;

export class ExecutedTransactions {
  readonly #store: Store;
  readonly #positions = new Map<string, Position>();
  readonly #answers = new Map<string, Result>();

  constructor(store: Store) {
    this.#store = store;
  }

  get positions(): readonly (readonly [string, Position])[] {
    return [...this.#positions];
  }

  /** Notes a block at its place in the Order. */
  add(signed: SignedData, blockResult: BlockResult, block: number, waiting: Transactions): void {
    this.#positions.set(hashKey(signed), { block, index: WHOLE_BLOCK });
    if (!(signed.value instanceof Block)) return;
    let index = 0;
    for (const transaction of signed.value.listed()) {
      const hash = hashKey(transaction);
      const result = blockResult.result(index);
      if (result !== null) {
        if (!result.isError || !this.#isPlaced(hash)) this.#positions.set(hash, { block, index });
        if (waiting.isPending(hash)) {
          this.#answers.set(hash, withLocation(result, hash, block, index));
        }
      }
      index++;
    }
  }

  /** A transaction that was executed stays where it was, however often it is repeated in vain. */
  #isPlaced(hash: string): boolean {
    return this.#positions.has(hash) || this.#store.position(hash) !== null;
  }

  /** Answers everybody, once what was executed is on disk. */
  deliver(waiting: Transactions): void {
    for (const [hash, result] of this.#answers) waiting.settle(hash, result);
    this.#positions.clear();
    this.#answers.clear();
  }
}
