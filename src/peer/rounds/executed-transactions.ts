// What executed blocks mean for the outside: where each transaction stands, and what its clients
// are told. Kept until the blocks are on disk, then handed out.

import { keyOf } from "../../crypto/sha3.ts";
import type { Value } from "../../data/cell.ts";
import { hashKey } from "../../data/encode.ts";
import { compareIntegers } from "../../data/integer.ts";
import { SignedData } from "../../data/signed.ts";
import { Block } from "../../state/block.ts";
import type { BlockResult } from "../../state/block-result.ts";
import type { Result } from "../../state/result.ts";
import { Transaction } from "../../state/transaction.ts";
import { type Position, type Store, WHOLE_BLOCK } from "../../store/store.ts";
import type { Transactions } from "../clients/transactions.ts";
import { isPlacedAt } from "../history/placed.ts";
import { withLocation } from "../peer-result.ts";

interface Answer {
  readonly result: Result;
  /** Whether no other block can give the transaction another Result. */
  readonly isLast: boolean;
}

export class ExecutedTransactions {
  readonly #store: Store;
  /** Key of the peer, as 32 characters. */
  readonly #own: string;
  readonly #blockAt: (position: number) => SignedData | null;
  readonly #positions = new Map<string, Position>();
  readonly #answers = new Map<string, Answer>();

  /** @param blockAt the executed block at a position of the Order, null where there is none */
  constructor(
    store: Store,
    publicKey: Uint8Array,
    blockAt: (position: number) => SignedData | null,
  ) {
    this.#store = store;
    this.#own = keyOf(publicKey);
    this.#blockAt = blockAt;
  }

  get positions(): readonly (readonly [string, Position])[] {
    return [...this.#positions];
  }

  /** Notes a block at its place in the Order. */
  add(signed: SignedData, blockResult: BlockResult, block: number, waiting: Transactions): void {
    this.#positions.set(hashKey(signed), { block, index: WHOLE_BLOCK });
    if (!(signed.value instanceof Block)) return;
    const isOwn = signed.signer === this.#own;
    let index = 0;
    for (const transaction of signed.value.listed()) {
      const hash = hashKey(transaction);
      const result = blockResult.result(index);
      if (result !== null) {
        if (!result.isError || !this.#isPlaced(hash)) this.#positions.set(hash, { block, index });
        if (waiting.isPending(hash)) {
          const isLast = !result.isError || isSpent(transaction, blockResult);
          const answer = { result: withLocation(result, hash, block, index), isLast };
          if (isOwn || isLast) this.#answer(hash, answer);
        }
      }
      index++;
    }
  }

  /**
   * A transaction may be in blocks of several peers. In another's it may come too early for its
   * sequence, or the block may be void, while this peer's own block is yet to come.
   */
  #answer(hash: string, answer: Answer): void {
    if (this.#answers.get(hash)?.isLast !== true) this.#answers.set(hash, answer);
  }

  /**
   * Whether a transaction has a position already: repeated in vain, it keeps that, unless the block
   * there was taken back.
   */
  #isPlaced(hash: string): boolean {
    if (this.#positions.has(hash)) return true;
    const place = this.#store.position(hash);
    return place !== null && isPlacedAt(hash, place.index, this.#blockAt(place.block));
  }

  /** Answers everybody, once what was executed is on disk. */
  deliver(waiting: Transactions): void {
    for (const [hash, { result }] of this.#answers) waiting.settle(hash, result);
    this.#positions.clear();
    this.#answers.clear();
  }
}

/** Whether the sequence of a signed transaction is used up after a block. */
function isSpent(signed: Value, { state }: BlockResult): boolean {
  const transaction = signed instanceof SignedData ? signed.value : null;
  if (!(transaction instanceof Transaction)) return true;
  const account = state.account(transaction.origin);
  return account !== null && compareIntegers(account.sequence, transaction.sequence) >= 0;
}
