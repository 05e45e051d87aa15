// Hand-made vectors whose parts are not those that their counts imply (sheet 01 §14); a transaction
// may carry one (T45, T47). The reference does not notice: each of its functions asks the cells for
// positions, for chunks or for all elements in its own way, and gives a result unless it comes to a
// place where nothing is. Here the same is done, with bigints, since counts can be anything. Of
// sound vectors only those of 2^31 elements and more use some of it.

import { type Integer, resolveAt, resolveSlot, type Slot, type Value } from "./cell.ts";
import { PanicError, VectorFaultError } from "./errors.ts";
import { doWork } from "./free-work.ts";
import { integer } from "./integer.ts";
import { checkDepth, checkNesting } from "./nesting.ts";
import { Vector } from "./vector.ts";
import { newVector } from "./vector-huge.ts";
import { CHUNK_SIZE, hugeChildShift } from "./vector-shape.ts";
import { appendChunk, partIn } from "./vector-tree.ts";

const CHUNK = BigInt(CHUNK_SIZE);
/** Units of work (free-work.ts): to find a chunk and append it. */
const CHUNK_WORK = 3000;
/** To find an element. */
const ELEMENT_WORK = 300;
/** To visit a cell. */
const CELL_WORK = 250;
/** Our bound for arrays that the reference may have the memory for. */
const MAX_ARRAY = 2n ** 24n;

function sizeOf(v: Vector): bigint {
  return BigInt(v.countInteger);
}

/** Position of the first element that stands in a leaf's own slots. */
function ownStart(v: Vector): bigint {
  return sizeOf(v) - BigInt(v.slots.length);
}

/** Java's cast to int, by which the reference gets the index of an array. */
function asInt(n: bigint): number {
  return Number(BigInt.asIntN(32, n));
}

/** Child `index` of a tree; `isFirst` as in VectorFault. @throws VectorFaultError */
function childOf(v: Vector, index: number, isFirst: boolean): Vector {
  checkPlace(v, index);
  return partIn(resolveAt(v.slots, index), isFirst);
}

function prefixOf(v: Vector): Vector {
  return partIn(resolveSlot(v, 0), false);
}

function checkPlace(v: Vector, index: number): void {
  const { length } = v.slots;
  if (!(index >= 0 && index < length)) throw new VectorFaultError({ index, length });
}

/** Element i, 0 ≤ i < count. @throws VectorFaultError when there is nothing where it should be */
export function elementOf(root: Vector, index: Integer): Value {
  let v = root;
  let i = BigInt(index);
  for (let depth = 0; ; depth++) {
    checkDepth(depth);
    if (v.isTree) {
      const shift = hugeChildShift(sizeOf(v));
      const digit = asInt(i >> shift);
      v = childOf(v, digit, v === root);
      i -= BigInt(digit) << shift;
    } else if (i >= ownStart(v)) {
      const at = asInt(i - ownStart(v));
      checkPlace(v, at);
      return resolveAt(v.slots, at);
    } else {
      v = prefixOf(v);
    }
  }
}

/** The elements start … end-1; null where the reference gives nil: a part ends before them. */
export function partOf(v: Vector, start: Integer, end: Integer): Vector | null {
  return cut(v, BigInt(start), BigInt(end));
}

function cut(v: Vector, start: bigint, end: bigint, depth = 0): Vector | null {
  checkNesting(depth);
  const size = sizeOf(v);
  if (start < 0n || start > end || end > size) return null;
  if (v.isTree) return start % CHUNK === 0n ? chunksOf(v, start, end) : copied(v, start, end);
  if (start === end) return Vector.EMPTY;
  if (start === 0n && end === size) return v;
  const own = ownStart(v);
  if (start >= own) {
    const slots = v.slots.slice(Number(start - own), Number(end - own));
    return new Vector(slots.length, slots, null, false);
  }
  const prefix = prefixOf(v);
  if (end <= own) return cut(prefix, start, end, depth + 1);
  const before = ensurePart(cut(prefix, start, own, depth + 1));
  return joined(before, ensurePart(cut(v, own, end)));
}

/** The elements start … end-1, start a multiple of 16, joined chunk by chunk. */
function chunksOf(v: Vector, start: bigint, end: bigint): Vector {
  const length = end - start;
  let result = Vector.EMPTY;
  for (let at = 0n; at < length; at += CHUNK) {
    doWork(CHUNK_WORK);
    const chunk = chunkAt(v, start + at);
    const isWhole = at + CHUNK <= length;
    result = joined(result, isWhole ? chunk : ensurePart(cut(chunk, 0n, length - at)));
  }
  return result;
}

/** The leaf that begins at a position. @throws VectorFaultError when none does */
function chunkAt(root: Vector, position: bigint, nesting = 0): Vector {
  let v = root;
  let i = position;
  let depth = nesting;
  while (v.isTree) {
    checkDepth(depth++);
    const shift = hugeChildShift(sizeOf(v));
    const digit = asInt(i >> shift);
    const child = childOf(v, digit, false);
    i -= BigInt(digit) << shift;
    if (shift === 4n) {
      if (i !== 0n || child.isTree) throw new VectorFaultError(null);
      return child;
    }
    v = child;
  }
  while (v.count > CHUNK_SIZE) {
    checkDepth(depth++);
    const prefix = prefixOf(v);
    if (i === sizeOf(prefix)) return v;
    if (i > sizeOf(prefix)) throw new VectorFaultError(null);
    if (prefix.isTree) return chunkAt(prefix, i, depth);
    v = prefix;
  }
  if (i !== 0n) throw new VectorFaultError(null);
  return v;
}

function copied(v: Vector, start: bigint, end: bigint): Vector {
  if (end - start > MAX_ARRAY) throw new PanicError("no memory for the elements of a Vector");
  doWork(Number(end - start) * ELEMENT_WORK);
  const values: Value[] = [];
  for (let i = start; i < end; i++) values.push(elementOf(v, integer(i)));
  return Vector.from(values);
}

function ensurePart(part: Vector | null): Vector {
  if (part === null) throw new VectorFaultError(null);
  return part;
}

/** The elements of two vectors; whole chunks are appended where the chunks of both line up. */
export function joined(a: Vector, b: Vector): Vector {
  return a.isTree ? joinedToTree(a, b) : joinedToLeaf(a, b);
}

function joinedToLeaf(a: Vector, b: Vector): Vector {
  const start = sizeOf(a);
  const end = start + sizeOf(b);
  let result = a;
  for (let i = start; i < end; ) {
    doWork(ELEMENT_WORK);
    const at = i - start;
    if (i % CHUNK === 0n && i + CHUNK <= end) {
      result = appendChunk(result, ensurePart(cut(b, at, at + CHUNK)));
      i += CHUNK;
    } else {
      result = result.append(elementOf(b, integer(at)));
      i++;
    }
  }
  return result;
}

function joinedToTree(a: Vector, b: Vector): Vector {
  const end = sizeOf(b);
  let result = a;
  let at = 0n;
  for (; at + CHUNK <= end; at += CHUNK) {
    doWork(CHUNK_WORK);
    result = appendChunk(result, ensurePart(cut(b, at, at + CHUNK)));
  }
  if (at === end) return result;
  const { isTree, slots } = ensurePart(cut(b, at, end));
  if (isTree) throw new VectorFaultError(null);
  return newVector(integer(sizeOf(result) + BigInt(slots.length)), slots, result, false);
}

/** All but the first element of a vector with more than one; null as in `partOf`. */
export function restOf(v: Vector): Vector | null {
  return v.isTree ? copied(v, 1n, sizeOf(v)) : cut(v, 1n, sizeOf(v));
}

/**
 * The elements as the reference copies them into an array of `count` places: each part right after
 * the parts before it. Places that no part fills are nil.
 * @throws VectorFaultError for an element beyond the array, PanicError above MAX_ARRAY places
 */
export function arrayOfParts(v: Vector): Value[] {
  if (sizeOf(v) > MAX_ARRAY) throw new PanicError("no memory for the elements of a Vector");
  const values: Value[] = new Array(v.count).fill(null);
  copyParts(v, values, 0);
  return values;
}

function copyParts(v: Vector, target: Value[], offset: number, depth = 0): void {
  checkNesting(depth);
  doWork(CELL_WORK);
  if (v.isTree) {
    let at = offset;
    for (let i = 0; i < v.slots.length; i++) {
      const child = childOf(v, i, false);
      copyParts(child, target, at, depth + 1);
      at += child.count;
    }
    return;
  }
  if (v.count > CHUNK_SIZE) copyParts(prefixOf(v), target, offset, depth + 1);
  const from = offset + v.count - v.slots.length;
  for (let i = 0; i < v.slots.length; i++) {
    const index = from + i;
    if (index >= target.length) throw new VectorFaultError({ index, length: target.length });
    target[index] = resolveAt(v.slots, i);
  }
}

/** A vector of the same cells, with `f` applied to each element that is there. */
export function withMapped(v: Vector, f: (element: Value) => Value, depth = 0): Vector {
  checkNesting(depth);
  doWork(CELL_WORK);
  const { countInteger, isTree, slots } = v.built();
  if (isTree) {
    const children = slots.map((_, i) => withMapped(childOf(v, i, false), f, depth + 1));
    return newVector(countInteger, children, null, true);
  }
  const mapped = slots.map((_, i) => f(resolveAt(slots, i)));
  const prefix = v.count > CHUNK_SIZE ? withMapped(prefixOf(v), f, depth + 1) : null;
  return newVector(countInteger, mapped, prefix, false);
}

/** A cell whose elements are being gone through. */
interface OpenCell {
  readonly v: Vector;
  next: number;
}

/**
 * The elements that are there, in order, whatever the counts say. With a stack of our own: each
 * element would pass through as many generators as cells are in one another.
 * @throws VectorFaultError at an empty part that is not the first
 */
export function* heldElements(root: Vector): Generator<Value> {
  const open: OpenCell[] = [];
  const enter = (v: Vector): void => {
    checkNesting(open.length);
    doWork(CELL_WORK);
    open.push({ v, next: 0 });
  };
  enter(root);
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const { v } = top;
    const i = top.next++;
    if (v.isTree ? i >= v.slots.length : i > 0 || v.count <= CHUNK_SIZE) {
      open.pop();
      for (let k = 0; !v.isTree && k < v.slots.length; k++) yield resolveAt(v.slots, k);
      continue;
    }
    const part = v.isTree ? childOf(v, i, false) : prefixOf(v);
    if (i > 0 && part.count === 0) throw new VectorFaultError(null);
    enter(part);
  }
}

/** What is still to be gone through backwards: elements of a leaf, or children of a tree. */
interface Remaining {
  readonly v: Vector;
  /** How many of its slots. */
  left: number;
  readonly depth: number;
}

/**
 * As `heldElements`, from the one before position `end` (by the counts of the parts) down to the
 * first.
 * @throws VectorFaultError when the parts end before that
 */
export function heldBackwards(v: Vector, end: bigint): Generator<Value> {
  return backwards(wayTo(v, end, 0));
}

function* backwards(open: Remaining[]): Generator<Value> {
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const { v, depth } = top;
    if (top.left <= 0) {
      open.pop();
      continue;
    }
    const at = --top.left;
    if (!v.isTree) {
      yield resolveAt(v.slots, at);
      continue;
    }
    const child = childOf(v, at, false);
    if (child.count === 0) throw new VectorFaultError(null);
    open.push(...wayTo(child, sizeOf(child), depth + 1));
  }
}

/**
 * What there is before position `end`, the first to be gone through last: a leaf comes before all
 * that is in its prefix, and the child with that position before the other children of a tree.
 */
function wayTo(root: Vector, end: bigint, depth: number): Remaining[] {
  const leaves: Remaining[] = [];
  const trees: Remaining[] = [];
  let v = root;
  let before = end;
  for (let nesting = depth; ; nesting++) {
    checkNesting(nesting);
    doWork(CELL_WORK);
    if (v.isTree) {
      const [at, left] = childBefore(v, before);
      trees.push({ v, left: at, depth: nesting });
      before = left;
      v = childOf(v, at, false);
      continue;
    }
    const own = ownStart(v);
    if (before > sizeOf(v)) throw new VectorFaultError(null);
    leaves.push({ v, left: Number(before - own), depth: nesting });
    if (v.count <= CHUNK_SIZE) return [...trees, ...leaves.reverse()];
    if (own < before) before = own;
    v = prefixOf(v);
  }
}

/** The child of a tree that has the element before a position, and the position in that. */
function childBefore(v: Vector, end: bigint): [index: number, end: bigint] {
  let left = end;
  for (let i = 0; i < v.slots.length; i++) {
    const size = sizeOf(childOf(v, i, false));
    if (left <= size) return [i, left];
    left -= size;
  }
  throw new VectorFaultError(null);
}

/** Adds the elements start … end-1 to `target`. @throws VectorFaultError where one is missing */
export function pushElements(v: Vector, start: bigint, end: bigint, target: Slot[]): void {
  for (let i = start; i < end; i++) target.push(elementOf(v, integer(i)));
}
