// Slices of maps as the reference makes them: up to 15 entries become a leaf, in the order of their
// positions; more become a tree of the slices of the children. For a sound map the result is the
// canonical map of these entries.

import type { Slot } from "./cell.ts";
import { BadStructureError } from "./errors.ts";
import { childAt, LEAF_MAX, leafHashes } from "./hash-trie.ts";
import { leafOf, markOrder, treeOf } from "./hash-trie-rebuild.ts";
import type { CVMMap } from "./map.ts";
import { checkDepth } from "./nesting.ts";

/** The reference counts entries in 32 bits: those beyond are not seen. */
const MAX_SIZE = 2 ** 31 - 1;

/** The entries start … end-1 of a map, 0 ≤ start ≤ end ≤ count, as the reference finds them. */
export function sliceOfMap(map: CVMMap, start: number, end: number, depth = 0): CVMMap {
  if (start === end) return map.empty;
  if (start === 0 && end === map.count) return map;
  checkDepth(depth);
  if (map.isLeaf || end - start <= LEAF_MAX) return leafOfRange(map, start, end);
  const slots: Slot[] = [];
  let mask = 0;
  let position = 0;
  let digits = map.mask;
  for (let i = 0; i < map.slots.length; i++) {
    const bit = digits & -digits;
    digits ^= bit;
    const child = childAt(map, i);
    const size = Math.min(child.count, MAX_SIZE);
    const next = position + size;
    if (next > start) {
      const isLast = end <= next;
      const isFirst = slots.length === 0;
      if (isLast && isFirst) return sliceOfMap(child, start - position, end - position, depth + 1);
      if (isLast && end <= position) break;
      const from = Math.max(0, start - position);
      slots.push(sliceOfMap(child, from, Math.min(size, end - position), depth + 1));
      mask |= bit;
    }
    position = next;
  }
  return treeOf(map, end - start, slots, map.shift, mask);
}

function leafOfRange(map: CVMMap, start: number, end: number): CVMMap {
  const slots: Slot[] = [];
  for (let i = start; i < end; ) {
    const { leaf, at, left } = map.placeAt(i);
    const taken = Math.min(left, end - i);
    if (taken <= 0) throw new BadStructureError("a map has too few entries");
    slots.push(...leaf.slots.slice(at, at + 2 * taken));
    i += taken;
  }
  const part = leafOf(map, slots, null);
  if (!map.isLeaf || !map.isRegular) markOrder(part, leafHashes(part));
  return part;
}
