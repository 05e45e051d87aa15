// What code can see of the transaction it runs in: `*location*`, `*signer*`, `*peer*`
// (sheet 02 §4).

import type { Blob } from "../data/blob.ts";
import type { Integer } from "../data/cell.ts";

/** Where in the history of the network a transaction is. */
export interface BlockPosition {
  /** Number of the block; globals[5] after block preparation. */
  readonly blockNumber: Integer;
  /** Index of the transaction in its block; 0 outside of one. */
  readonly index: number;
  /** Public key of the peer that made the block; null outside of one. */
  readonly peer: Blob | null;
}

export interface TransactionFacts extends BlockPosition {
  /** Public key the transaction was signed with; null outside of one. */
  readonly signer: Blob | null;
}
