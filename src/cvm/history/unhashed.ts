// BlockResults that code holds (T50). Two of them are equal in the reference unless both have a
// hash, by which they are compared then. One that is a branch has it from the start, another from
// when it is the member of a Set, one of several keys of a map, or compared with either.

import { Cell, Ref, type Value } from "../../data/cell.ts";
import { equals } from "../../data/equals.ts";
import { LEAF_MAX } from "../../data/hash-trie.ts";
import { CVMMap } from "../../data/map.ts";
import { noteHash } from "../../data/noted-hash.ts";
import { CVMSet } from "../../data/set.ts";

/** Slots of a small map of 16 entries. */
const COMPARED_MAX = 32;

function isUnhashed(value: Value): value is Cell {
  return value instanceof Cell && value.isEqualUnhashed;
}

/** Whether a value is none of them. */
export function isSettled(value: Value): boolean {
  return !isUnhashed(value);
}

/** What takes a value in finds its hash. */
export function settleHash(value: Value): void {
  if (isUnhashed(value)) noteHash(value);
}

/** The hashes that a lookup of a value finds, and those that are there. */
export function settleLookup(all: CVMMap | CVMSet, sought: Value): void {
  if (isSettled(sought)) return;
  if (all.count > LEAF_MAX) settleHash(sought);
  else if (all instanceof CVMSet) all.toArray().forEach(settleHash);
  else if (all.count > 1) all.keys().forEach(settleHash);
}

/** The hash of what is added to a Set, and of the members that it is compared with. */
export function settleMembers(all: CVMSet, value: Value): void {
  if (isSettled(value)) return;
  settleHash(value);
  settleLookup(all, value);
}

/** The hashes of the keys of a map to which an entry is added. */
export function settleKeys(map: CVMMap, key: Value): void {
  settleHash(key);
  if (map.count === 1) settleSlot(map.slotAt(0));
  settleLookup(map, key);
}

function settleSlot(slot: Value | Ref): void {
  if (!(slot instanceof Ref)) settleHash(slot);
}

/**
 * What two small maps hold in the same places is compared by hash, up to the first two that differ.
 * Large ones compare the hashes of branches, and Vectors made of arguments their encodings; what
 * the reference does with other collections is not followed (docs/quirks.md, T50).
 */
export function settleCompared(a: Value, b: Value): void {
  if (!(a instanceof CVMMap && b instanceof CVMMap) || a === b) return;
  const count = a.slotCount;
  if (count > COMPARED_MAX || count !== b.slotCount) return;
  for (let i = 0; i < count; i++) {
    const [one, other] = [a.slotAt(i), b.slotAt(i)];
    if (one === other) continue;
    if (one instanceof Ref || other instanceof Ref) return;
    if (one === null || other === null) return;
    settleHash(one);
    settleHash(other);
    if (!equals(one, other)) return;
  }
}

/** Whether a value that is put in place of another leaves it there. */
export function leavesFormer(former: Value | undefined, value: Value): boolean {
  return former !== undefined && isUnhashed(former) && isUnhashed(value) && equals(former, value);
}
