// The first elements of a vector as long as a peer's history. `Vector.slice` has to load all parts,
// because the result depends on them if the vector is hand-made (T45). Here only the parts at the
// new end are loaded, so of a hand-made vector the result may be another.

import { Vector } from "./vector.ts";
import { takeHuge } from "./vector-huge.ts";
import { MAX_SMALL_COUNT } from "./vector-shape.ts";
import { takeIn } from "./vector-tree.ts";

/** The first `end` elements. @throws RangeError unless 0 ≤ end ≤ count */
export function firstElements(v: Vector, end: number): Vector {
  if (!(end >= 0 && end <= v.count)) {
    throw new RangeError(`the first ${end} of ${v.count} elements`);
  }
  if (end === 0) return Vector.EMPTY;
  if (end === v.count) return v;
  return v.count > MAX_SMALL_COUNT ? takeHuge(v, end) : takeIn(v.built(), end);
}
