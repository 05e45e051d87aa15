// hot: see test/bench. Equality of values: equal means identical encodings (sheet 01 §1), but for
// BlockResults that have no hash yet (T50). There is none across types, and Doubles compare by
// their bits.

import { Address } from "./address.ts";
import { Cell, MAX_EMBEDDED_LENGTH, type Value } from "./cell.ts";
import { encodedLength, encoding, hashKey } from "./encode.ts";
import { Keyword } from "./keyword.ts";
import { hasNotedHash } from "./noted-hash.ts";
import { CVMSymbol } from "./symbol.ts";
import { TAG } from "./tag.ts";

/** Whether two values are the same to the CVM. */
export function equals(a: Value, b: Value): boolean {
  if (a === b) return true;
  return a instanceof Cell && b instanceof Cell && equalCells(a, b);
}

function equalCells(a: Cell, b: Cell): boolean {
  if (a instanceof Keyword) return b instanceof Keyword && a.name === b.name;
  if (a instanceof CVMSymbol) return b instanceof CVMSymbol && a.name === b.name;
  if (a instanceof Address) return b instanceof Address && a.value === b.value;
  const { tag } = a;
  if (tag !== b.tag) return false;
  if (tag >= TAG.DENSE_RECORD_BASE && isTakenForEqual(a, b)) return true;
  if (a.hashCache !== null && b.hashCache !== null) return a.hashCache === b.hashCache;
  const length = encodedLength(a);
  if (length !== encodedLength(b)) return false;
  if (length > MAX_EMBEDDED_LENGTH) return hashKey(a) === hashKey(b);
  return Buffer.compare(encoding(a), encoding(b)) === 0;
}

/** T50. */
function isTakenForEqual(a: Cell, b: Cell): boolean {
  return a.isEqualUnhashed && b.isEqualUnhashed && !(hasNotedHash(a) && hasNotedHash(b));
}
