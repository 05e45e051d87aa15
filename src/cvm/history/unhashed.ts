// BlockResults that code holds (T50). Two of them are equal in the reference unless both have a
// hash, by which they are compared then. One that is a branch has it from the start, another from
// when it is the member of a Set, one of several keys of a map, or held by what is compared with
// something else (comparing.ts).

import { Cell, type Slot } from "../../data/cell.ts";

/** Whether a value is a BlockResult, with a hash or not. */
export function mayLackHash(value: Slot): value is Cell {
  return value instanceof Cell && value.isEqualUnhashed;
}
