// Vectors whose parts are not what their counts say (sheet 01 §14). Only a hand makes them, and a
// transaction may hold them. The reference does not notice: each function asks the cells for
// positions, chunks or all elements in its own way, and answers unless it comes to a place where
// nothing is. The same is done here, whatever the counts are, in bigints; sound vectors come here
// for nothing.

import { type Integer, resolveAt, resolveSlot, type Slot, type Value } from "./cell.ts";
import { PanicError, VectorFaultError } from "./errors.ts";
import { doWork } from "./free-work.ts";
import { integer } from "./integer.ts";
import { Vector } from "./vector.ts";
import { newVector } from "./vector-huge.ts";
import { CHUNK_SIZE, hugeChildShift } from "./vector-shape.ts";
import { appendChunk, partIn } from "./vector-tree.ts";

const CHUNK = BigInt(CHUNK_SIZE);
/**
 * Units of work (free-work.ts) of a chunk that is looked for and put behind others, of an element
 * that is looked for, and of a cell that is gone through.
 */
const CHUNK_WORK = 3000;
const ELEMENT_WORK = 300;
const CELL_WORK = 250;
/** Most elements of an array that the reference has the memory for, as far as we would go. */
const MAX_ARRAY = 2n ** 24n;

function sizeOf(v: Vector): bigint {
  return BigInt(v.countInteger);
}

/** Where the elements of a leaf's own begin. */
function before(v: Vector): bigint {
  return sizeOf(v) - BigInt(v.slots.length);
}

/** The position that a Java array is asked for. */
function asInt(n: bigint): number {
  return Number(BigInt.asIntN(32, n));
}

/** Child `index` of a tree; `isFirst` when it is the first step down. */
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
  for (;;) {
    if (v.isTree) {
      const shift = hugeChildShift(sizeOf(v));
      const digit = asInt(i >> shift);
      v = childOf(v, digit, v === root);
      i -= BigInt(digit) << shift;
    } else if (i >= before(v)) {
      const at = asInt(i - before(v));
      checkPlace(v, at);
      return resolveAt(v.slots, at);
    } else {
      v = prefixOf(v);
    }
  }
}

/** The elements start … end-1; null when a part ends before them, and they are not there. */
export function partOf(v: Vector, start: Integer, end: Integer): Vector | null {
  return cut(v, BigInt(start), BigInt(end));
}

function cut(v: Vector, start: bigint, end: bigint): Vector | null {
  const size = sizeOf(v);
  if (start < 0n || start > end || end > size) return null;
  if (v.isTree) return start % CHUNK === 0n ? chunksOf(v, start, end) : copied(v, start, end);
  if (start === end) return Vector.EMPTY;
  if (start === 0n && end === size) return v;
  const own = before(v);
  if (start >= own) {
    const slots = v.slots.slice(Number(start - own), Number(end - own));
    return new Vector(slots.length, slots, null, false);
  }
  const prefix = prefixOf(v);
  if (end <= own) return cut(prefix, start, end);
  return joined(there(cut(prefix, start, own)), there(cut(v, own, end)));
}

/** Joins the chunks that stand at the positions from a border between chunks on. */
function chunksOf(v: Vector, start: bigint, end: bigint): Vector {
  const length = end - start;
  let result = Vector.EMPTY;
  for (let at = 0n; at < length; at += CHUNK) {
    doWork(CHUNK_WORK);
    const chunk = chunkAt(v, start + at);
    const isWhole = at + CHUNK <= length;
    result = joined(result, isWhole ? chunk : there(cut(chunk, 0n, length - at)));
  }
  return result;
}

/** The leaf that begins at a position. */
function chunkAt(root: Vector, position: bigint): Vector {
  let v = root;
  let i = position;
  while (v.isTree) {
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
    const prefix = prefixOf(v);
    if (i === sizeOf(prefix)) return v;
    if (i > sizeOf(prefix)) throw new VectorFaultError(null);
    if (prefix.isTree) return chunkAt(prefix, i);
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

function there(part: Vector | null): Vector {
  if (part === null) throw new VectorFaultError(null);
  return part;
}

/** The elements of two vectors, chunk by chunk as far as the chunks of both lie alike. */
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
      result = appendChunk(result, there(cut(b, at, at + CHUNK)));
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
    result = appendChunk(result, there(cut(b, at, at + CHUNK)));
  }
  if (at === end) return result;
  const { isTree, slots } = there(cut(b, at, end));
  if (isTree) throw new VectorFaultError(null);
  return newVector(integer(sizeOf(result) + BigInt(slots.length)), slots, result, false);
}

/** All but the first element, of a vector with more than one. */
export function restOf(v: Vector): Vector | null {
  return v.isTree ? copied(v, 1n, sizeOf(v)) : cut(v, 1n, sizeOf(v));
}

/** The elements as they are copied into an array: each part behind those before it. */
export function arrayOfParts(v: Vector): Value[] {
  if (sizeOf(v) > MAX_ARRAY) throw new PanicError("no memory for the elements of a Vector");
  const values: Value[] = new Array(v.count).fill(null);
  copyParts(v, values, 0);
  return values;
}

function copyParts(v: Vector, target: Value[], offset: number): void {
  doWork(CELL_WORK);
  if (v.isTree) {
    let at = offset;
    for (let i = 0; i < v.slots.length; i++) {
      const child = childOf(v, i, false);
      copyParts(child, target, at);
      at += child.count;
    }
    return;
  }
  if (v.count > CHUNK_SIZE) copyParts(prefixOf(v), target, offset);
  const from = offset + v.count - v.slots.length;
  for (let i = 0; i < v.slots.length; i++) {
    const index = from + i;
    if (index >= target.length) throw new VectorFaultError({ index, length: target.length });
    target[index] = resolveAt(v.slots, i);
  }
}

/** The same cells with other elements: what `f` makes of all that are there. */
export function withMapped(v: Vector, f: (element: Value) => Value): Vector {
  doWork(CELL_WORK);
  const { countInteger, isTree, slots } = v.built();
  if (isTree) {
    const children = slots.map((_, i) => withMapped(childOf(v, i, false), f));
    return newVector(countInteger, children, null, true);
  }
  const mapped = slots.map((_, i) => f(resolveAt(slots, i)));
  const prefix = v.count > CHUNK_SIZE ? withMapped(prefixOf(v), f) : null;
  return newVector(countInteger, mapped, prefix, false);
}

/**
 * All elements that are there, in order.
 * @throws VectorFaultError at an empty part that is not the first
 */
export function* heldElements(v: Vector): Generator<Value> {
  doWork(CELL_WORK);
  for (let i = 0; v.isTree && i < v.slots.length; i++) {
    const child = childOf(v, i, false);
    if (i > 0 && child.count === 0) throw new VectorFaultError(null);
    yield* heldElements(child);
  }
  if (v.isTree) return;
  if (v.count > CHUNK_SIZE) yield* heldElements(prefixOf(v));
  for (let i = 0; i < v.slots.length; i++) yield resolveAt(v.slots, i);
}

/**
 * As `heldElements`, from position `end`, counted by the parts, down to the first.
 * @throws VectorFaultError when they end before that
 */
export function heldBackwards(v: Vector, end: bigint): Generator<Value> {
  doWork(CELL_WORK);
  if (!v.isTree) {
    const own = before(v);
    if (end > sizeOf(v)) throw new VectorFaultError(null);
    const prefixEnd = end < own ? end : own;
    const earlier = v.count > CHUNK_SIZE ? heldBackwards(prefixOf(v), prefixEnd) : null;
    return leafBackwards(v, Number(end - own), earlier);
  }
  let left = end;
  for (let i = 0; i < v.slots.length; i++) {
    const child = childOf(v, i, false);
    if (left <= sizeOf(child)) return childrenBackwards(v, i, heldBackwards(child, left));
    left -= sizeOf(child);
  }
  throw new VectorFaultError(null);
}

function* leafBackwards(
  v: Vector,
  end: number,
  earlier: Generator<Value> | null,
): Generator<Value> {
  for (let i = end - 1; i >= 0; i--) yield resolveAt(v.slots, i);
  if (earlier !== null) yield* earlier;
}

function* childrenBackwards(v: Vector, from: number, last: Generator<Value>): Generator<Value> {
  yield* last;
  for (let i = from - 1; i >= 0; i--) {
    const child = childOf(v, i, false);
    if (child.count === 0) throw new VectorFaultError(null);
    yield* heldBackwards(child, sizeOf(child));
  }
}

/** The slots that a copy of the elements start … end-1 has. */
export function pushElements(v: Vector, start: bigint, end: bigint, target: Slot[]): void {
  for (let i = start; i < end; i++) target.push(elementOf(v, integer(i)));
}
