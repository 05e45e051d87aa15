// Comparing two values, and what is left of it: it canonicalises arrays and views (T34, T37), and
// gives BlockResults hashes (T50). The reference needs the encoding of a value to put it in the
// order of hashes, or to compare it with what may be equal; collections and Syntaxes it compares
// slot by slot as far as it can.

import { Cell, Ref, type Slot, type Value } from "../../data/cell.ts";
import { isEmbedded, slotHashKey } from "../../data/encode.ts";
import { equals } from "../../data/equals.ts";
import { HashTrie } from "../../data/hash-trie.ts";
import { List } from "../../data/list.ts";
import { mayBeUnhashed, noteHash } from "../../data/noted-hash.ts";
import { Syntax } from "../../data/syntax.ts";
import { mayBeUnreadable } from "../../data/unreadable.ts";
import { Vector } from "../../data/vector.ts";
import {
  canonicaliseWithin,
  hasArrays,
  isArray,
  isEntry,
  refValue,
  toCanonical,
} from "./array-vectors.ts";
import { hasLongBlobs } from "./long-blobs.ts";
import { mayLackHash } from "./unhashed.ts";

/**
 * Whether nothing leaves traces, and of two equal values it is the same which is kept (T39): then
 * all that compares here does what `data` does. Where there is what has no encoding (T48) that is
 * not so: comparing throws or not by the way it is done. Whether a process has decoded BlockResults
 * before may not decide about that.
 */
export function isPlain(): boolean {
  return !hasArrays() && !mayBeUnhashed() && !hasLongBlobs() && !mayBeUnreadable();
}

/** `equals`, with the traces that it leaves in the reference. */
export function areEqual(a: Value, b: Value): boolean {
  return isPlain() ? equals(a, b) : tracedEquals(a, b);
}

export function tracedEquals(a: Value, b: Value): boolean {
  if (a === b || !(a instanceof Cell) || !(b instanceof Cell)) return equals(a, b);
  if (a.tag !== b.tag) return false;
  if (a instanceof Vector) return equalVectors(a, b as Vector);
  if (a instanceof List) return equalVectors(a.vector, (b as List).vector);
  if (a instanceof HashTrie) return equalTries(a, b as HashTrie);
  if (a instanceof Syntax) return equalSyntaxes(a, b as Syntax);
  return equalByEncoding(a, b);
}

/**
 * A Vector compares its slots with those of another; with an array it compares its encoding, and so
 * does the entry of a map.
 */
function equalVectors(a: Vector, b: Vector): boolean {
  // Of hand-made ones the counts may differ only beyond 2^53.
  if (a.countInteger !== b.countInteger) return false;
  const first = toCanonical(a);
  const isWhole = isArray(b) || isEntry(a) || isEntry(b);
  return isWhole ? equalByEncoding(b, first) : equalSlots(first, b);
}

function equalTries(a: HashTrie, b: HashTrie): boolean {
  if (a.count !== b.count) return false;
  return a.isLeaf && b.isLeaf ? equalSlots(a, b) : equalByEncoding(a, b);
}

function equalSyntaxes(a: Syntax, b: Syntax): boolean {
  return tracedEquals(a.meta, b.meta) && isSameSlot(a.slotAt(0), b.slotAt(0));
}

/** Whether two cells have equal slots, up to the first two that differ. */
function equalSlots(a: Cell, b: Cell): boolean {
  // Code can make Vectors of one count that have not as many children (T48).
  if (a.slotCount !== b.slotCount) return false;
  for (let i = 0; i < a.slotCount; i++) {
    if (!isSameSlot(a.slotAt(i), b.slotAt(i))) return false;
  }
  return true;
}

/**
 * Whether two slots hold equal values, as their Refs are compared: by hash, which both have from
 * then on. One look is enough for the same object, and for nil in the first. What a peer keeps in
 * its store it knows by hash as well, but it loads that where it matters what it is: to compare it
 * with what has no hash yet, or in which a hash leaves traces, as it does not beside a BlockResult.
 * Here it may be in memory or not.
 */
export function isSameSlot(first: Slot, b: Slot): boolean {
  if (first === b) return true;
  if (first === null) return false;
  const mayTrace = mayLackHash(b) || (hasArrays() && b instanceof Cell && b.slotCount > 0);
  const a = first instanceof Ref && mayTrace ? first.load() : first;
  if (mayLackHash(a) && !isEmbedded(a) && !(b instanceof Ref)) return equals(a, b);
  hash(a);
  hash(b);
  if (a instanceof Ref || b instanceof Ref) return slotHashKey(a) === slotHashKey(b);
  return equals(a, b);
}

/** Notes that the hash of a value is needed. */
export function hash(value: Slot): void {
  if (value instanceof Ref) return;
  canonicaliseWithin(value);
  if (mayLackHash(value)) noteHash(value);
}

/** Whether two values are equal, found out by their encodings: arrays in both are canonicalised. */
function equalByEncoding(a: Value, b: Value): boolean {
  canonicaliseWithin(a);
  canonicaliseWithin(b);
  return equals(a, b);
}

/** Whether comparing a value with another leaves no traces. */
export function isTraceless(value: Value): boolean {
  return isPlain() || !(value instanceof Cell) || value.slotCount === 0;
}

/** What a definition keeps when it is given a value: the former one if that is equal. */
export function redefined(former: Value | undefined, value: Value): Value {
  // Large ones are equal by their encodings: without arrays and LongBlobs it is the same which of
  // them stays, and comparing them can take the hashes of both.
  const isAnySame = !hasArrays() && !hasLongBlobs();
  if (value instanceof HashTrie && !value.isLeaf && isAnySame) return value;
  return former !== undefined && areEqual(former, value) ? former : refValue(value);
}
