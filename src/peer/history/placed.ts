// No hash covers the positions in a store. Each is held against the Order before anybody is told,
// so that the Result of one transaction is never given for another.

import { hashKey } from "../../data/encode.ts";
import type { SignedData } from "../../data/signed.ts";
import { Block } from "../../state/block.ts";
import { WHOLE_BLOCK } from "../../store/store.ts";

/**
 * Whether the block at a position is, or has at an index, what has the hash key.
 * @param signed the signed block there, null when there is none
 */
export function isPlacedAt(hash: string, index: number, signed: SignedData | null): boolean {
  if (signed === null) return false;
  if (index === WHOLE_BLOCK) return hashKey(signed) === hash;
  const transactions = signed.value instanceof Block ? signed.value.transactions : null;
  if (transactions === null || !(index >= 0 && index < transactions.count)) return false;
  return hashKey(transactions.get(index)) === hash;
}
