// What code can see of the transaction it runs in: `*location*`, `*signer*`, `*peer*`
// (sheet 02 §4).

import type { Blob } from "../data/blob.ts";
import type { Integer } from "../data/cell.ts";

export interface TransactionContext {
  /** Block number; globals[5] after block preparation. */
  readonly blockNumber: Integer;
  /** Index of the transaction in its block; 0 outside a block. */
  readonly index: number;
  /** Public key the transaction was signed with; null outside. */
  readonly signer: Blob | null;
  /** Key of the peer that made the block; null outside. */
  readonly peer: Blob | null;
}
