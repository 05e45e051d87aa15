// Transactions of a block that comes from the store, each in cells of its own that are let go of
// once it has been applied: all of them together can be more than fits in memory. One of 0.5 MB, of
// the smallest cells, takes 50 MB, and 64 MB of them are taken for the Order of any peer.

import { CVM_TABLE } from "../cvm/cvm-table.ts";
import { forEachBranch } from "../data/branches.ts";
import { type CellSource, Ref } from "../data/cell.ts";
import { decode } from "../data/decode.ts";
import { encoding } from "../data/encode.ts";
import type { SignedData } from "../data/signed.ts";
import { holdsObject } from "./fresh-cells.ts";

/**
 * Applies a transaction of a block without keeping in memory what is loaded of it; one that is
 * there already is applied as it is.
 * @param isOfOneMessage whether what is in it may have to stay one object (fresh-cells.ts)
 */
export function inPassing<T>(
  signed: SignedData,
  isOfOneMessage: boolean,
  apply: (signed: SignedData) => T,
): T {
  const source = sourceOf(signed);
  if (source === null || (isOfOneMessage && holdsObject(signed))) return apply(signed);
  // As from the own store: it has been accepted before.
  const copy = decode(encoding(signed), CVM_TABLE, source, true) as SignedData;
  if (signed.verified !== null) copy.setVerified(signed.verified);
  const outcome = apply(copy);
  if (copy.verified !== null) signed.setVerified(copy.verified);
  return outcome;
}

/** Where all branches of a cell come from; null when it has none, or one is in memory. */
function sourceOf(signed: SignedData): CellSource | null {
  let source: CellSource | null = null;
  let isLoaded = false;
  forEachBranch(signed, (slot) => {
    if (slot instanceof Ref) source = slot.source;
    else isLoaded = true;
  });
  return isLoaded ? null : source;
}
