// What code does with Sets where that leaves traces (T50: comparing.ts, keys.ts).

import type { Value } from "../../data/cell.ts";
import { hasNotedHash } from "../../data/noted-hash.ts";
import type { CVMSet } from "../../data/set.ts";
import { refValue } from "./array-vectors.ts";
import { hash, isPlain } from "./comparing.ts";
import { hashKeys, keyIn } from "./keys.ts";
import { mayLackHash } from "./unhashed.ts";

/** Notes that the hash of the member of a Set of one is needed: decoding needs none. */
export function hashMember(set: CVMSet): void {
  if (set.count === 1) hash(set.slotAt(0));
}

/** Notes that the hashes of the members of two Sets are compared. */
export function hashMembers(a: CVMSet, b: CVMSet): void {
  if (isPlain() || a === b || a.isEmpty || b.isEmpty) return;
  hashMember(a);
  hashMember(b);
}

/** `set.has(value)`. */
export function hasMember(set: CVMSet, value: Value): boolean {
  // Among the members the reference looks for a hash that is known.
  if (mayLackHash(value) && hasNotedHash(value)) hashMember(set);
  const member = keyIn(set, value);
  return member !== undefined && set.has(member);
}

/** `set.include(value)`. */
export function withMember(set: CVMSet, value: Value): CVMSet {
  const member = refValue(value);
  if (!isPlain()) hashKeys(set, value);
  return set.include(member);
}

/** `set.exclude(value)`. */
export function withoutMember(set: CVMSet, value: Value): CVMSet {
  const member = keyIn(set, value);
  return member === undefined ? set : set.exclude(member);
}

/** What a Set keeps of these values; it needs the hash of each. */
export function membersOf(values: Value[]): Value[] {
  if (isPlain()) return values;
  return values.map((value) => {
    const member = refValue(value);
    hash(value);
    return member;
  });
}
