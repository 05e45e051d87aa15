// T34, numbered on from sheet 02: the reference keeps what is made of arguments, of the elements of
// a Set, or of keys and values as an array, and a piece of 16 elements of one (or of any List) that
// `concat` or `into` puts behind a Vector stays an array inside of the tree. The bytes are those of
// any Vector. But whatever cuts that tree along its leaves, `slice` and `concat` and the `next` of
// a List, throws, and the Block is void. Found by comparing programs of six such calls: 524 of
// 20,000. An array is turned into a Vector when the reference needs one of it, its encoding for
// example; it stays an array where it was already, and whatever takes it in from then on, a name or
// a collection, takes that Vector. Arrays are known by the object, for as long as a block is
// applied: what is stored after it is none (a peer that decoded it could not know). Where no block
// is applied, for a transaction.
//
// With b of 32 elements made by `conj` and x made by `vector` of 16, (slice (concat b x) 0 48)
// makes the Block void. With (hash-set x) done before, which needs the hash of x, it is a Vector.

import { Cell, type Integer, type Value } from "../../data/cell.ts";
import { PanicError } from "../../data/errors.ts";
import { MAX_COUNT } from "../../data/exact-count.ts";
import { doWork } from "../../data/free-work.ts";
import { List } from "../../data/list.ts";
import { BlockMemo, BlockValue } from "../../data/run-memory.ts";
import { isUnsettled } from "../../data/unsettled.ts";
import { MAX_COPY_COUNT, Vector, VectorView } from "../../data/vector.ts";
import { CHUNK_SIZE, MAX_SMALL_COUNT } from "../../data/vector-shape.ts";
import { leafAt } from "../../data/vector-tree.ts";
import { HostError } from "../../state/host-error.ts";
import {
  ArgumentView,
  copyOfView,
  hasTurnedViews,
  keptOfView,
  partOfView,
  turnView,
} from "./shared-arguments.ts";

/** What an array was turned into, as far as that is known here. */
interface ArrayState {
  /** Arrays are numbered as they are made. */
  readonly number: number;
  isTurned: boolean;
  /** The same elements, no array. */
  vector: Vector | null;
}

/** Vectors that are arrays as a whole. Those of fewer than 16 elements behave like any Vector. */
const arrays = new BlockMemo<Vector, ArrayState>();
/** Leaves that are arrays inside of a tree. */
const arrayLeaves = new BlockMemo<Vector, true>();

/**
 * The arrays of a block, or of what runs outside of blocks. Each block has its own: a query that
 * has its turn between two transactions must settle nothing of theirs.
 */
class ArrayCounts {
  made = 0;
  /** Of how many the sizes have been asked for, as for all that a transaction leaves behind. */
  settled = 0;
}

const countsOfBlocks = new BlockValue(() => new ArrayCounts());
const countsOutside = new ArrayCounts();

function arrayCounts(): ArrayCounts {
  return countsOfBlocks.current ?? countsOutside;
}

/** Units of work (data/free-work.ts) of looking at a leaf. */
const LEAF_WORK = 30;

/** Takes a vector that nobody else has for an array. */
export function arrayOf(vector: Vector): Vector {
  if (vector.count >= CHUNK_SIZE) {
    arrays.set(vector, { number: ++arrayCounts().made, isTurned: false, vector: null });
  }
  return vector;
}

/**
 * Another array of the same elements: the reference makes one each time that it needs those of a
 * Set.
 */
export function anotherArray(vector: Vector): Vector {
  return vector.count < CHUNK_SIZE ? vector : arrayOf(copyOf(vector));
}

function arrayState(vector: Vector): ArrayState | undefined {
  return vector.count < CHUNK_SIZE ? undefined : arrays.get(vector);
}

/** Whether the reference holds a Vector as an array, turned into another already or not. */
export function isArray(vector: Vector): boolean {
  return vector instanceof ArgumentView || arrayState(vector) !== undefined;
}

/** Whether there is a Vector in the place of an array already. */
function isTurned(state: ArrayState): boolean {
  return state.isTurned || state.number <= arrayCounts().settled;
}

/** The Vector that an array is turned into, always the same. */
function vectorOf(array: Vector, state: ArrayState): Vector {
  state.isTurned = true;
  state.vector ??= copyOf(array);
  return state.vector;
}

/** The same elements, not as an array. */
export function withoutArray(vector: Vector): Vector {
  turnView(vector);
  const state = arrayState(vector);
  return state === undefined ? keptOfView(vector) : vectorOf(vector, state);
}

/** What a name or a collection takes in: of an array that was turned into a Vector, that Vector. */
export function kept(value: Value): Value {
  if (!(value instanceof Vector)) return value;
  const state = arrays.isEmpty ? undefined : arrayState(value);
  if (state === undefined) return keptOfView(value);
  return isTurned(state) ? vectorOf(value, state) : value;
}

/** `kept` of each; the same array when all are themselves. */
export function keptAll(values: Value[]): Value[] {
  return arrays.isEmpty && !hasTurnedViews() ? values : values.map(kept);
}

/** Notes that something is done to a vector for which an array is turned into one. */
export function turn(vector: Vector): void {
  turnView(vector);
  const state = arrayState(vector);
  if (state !== undefined) state.isTurned = true;
}

/** Whether there is anything that may be turned. */
export function isTurning(): boolean {
  return !arrays.isEmpty || isUnsettled();
}

/**
 * Notes that the encoding of a value is needed, for its hash for example: all arrays in it are
 * turned into Vectors. What had a hash already was encoded before.
 */
export function turnWithin(value: Value): void {
  if (!isTurning() || !(value instanceof Cell)) return;
  const open: Cell[] = [value];
  for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
    if (cell instanceof Vector) turn(cell);
    if (cell.hashCache !== null || cell.encodingCache !== null) continue;
    // The first child is next: what is turned takes in what was turned before it.
    for (let i = cell.slotCount - 1; i >= 0; i--) {
      const slot = cell.slotAt(i);
      if (slot instanceof Cell) open.push(slot);
    }
  }
}

/** As turnWithin, of all that this transaction has made. */
export function turnAllArrays(): void {
  const counts = arrayCounts();
  counts.settled = counts.made;
}

/** The vector with one more element. */
export function appendedToVector(vector: Vector, value: Value): Vector {
  turn(vector);
  return keptOfView(vector).append(kept(value));
}

/** Whether this is a range whose cells have not been built. */
function isUnbuilt(vector: Vector): boolean {
  return vector instanceof VectorView && vector.isUnbuilt;
}

function copyOf(vector: Vector): Vector {
  const { count, slots, prefix, isTree } = vector.built();
  return new Vector(count, slots, prefix, isTree);
}

/**
 * The elements start … end-1, nil of some vectors made by hand.
 * @throws HostError when that cuts along a leaf that is an array
 */
export function sliceOfVector(vector: Vector, start: Integer, end: Integer): Vector | null {
  if (arrayState(vector) !== undefined) {
    const part = vector.slice(start, end);
    if (part === vector) return part;
    return isUnbuilt(part) ? arrayOf(part) : arrayOf(copyOf(part));
  }
  const isWhole = start === 0 && end === vector.count;
  if (!isWhole || vector.isTree) checkLeaves(vector, start, end);
  const part = vector.sliceOrNil(start, end);
  return part === null ? null : partOfView(vector, part, Number(start));
}

/** As sliceOfVector, of a List: its elements are kept in reverse order. */
export function sliceOfList(list: List, start: Integer, end: Integer): List {
  if (!arrayLeaves.isEmpty && (start !== 0 || end !== list.count)) {
    checkLeaves(list.vector, list.count - Number(end), list.count - Number(start));
  }
  return list.slice(start, end);
}

/**
 * All but the first element, null when there is none.
 * @throws HostError when that cuts along a leaf that is an array
 */
export function nextOfList(list: List): List | null {
  if (!arrayLeaves.isEmpty) checkLeaves(list.vector, 0, list.count - 1);
  return list.next();
}

/** Throws when a cut from one border between leaves on meets an array. @throws HostError */
function checkLeaves(vector: Vector, start: Integer, end: Integer): void {
  // A range whose cells have not been built is a copy in the reference.
  if (arrayLeaves.isEmpty || isUnbuilt(vector) || vector.count > MAX_SMALL_COUNT) return;
  const from = Number(start);
  if (from % CHUNK_SIZE !== 0) return;
  const inLeaves = vector.isTree ? vector.count : vector.count - vector.slots.length;
  const to = Math.min(Number(end), inLeaves);
  if (to <= from) return;
  doWork(((to - from) / CHUNK_SIZE) * LEAF_WORK);
  for (let at = from; at < to; at += CHUNK_SIZE) {
    const leaf = leafAt(vector, at);
    if (leaf !== null && arrayLeaves.get(leaf) === true) {
      throw new HostError("VectorArray cannot be cast to VectorLeaf");
    }
  }
}

/**
 * A vector with the elements of a sequence behind its own.
 * @throws HostError when that cuts the sequence along a leaf that is an array
 */
export function joinedVectors(vector: Vector, second: Vector | List): Vector {
  if (second.count === 0 || isTooLong(vector, second)) return withoutArray(vector);
  if (second.count > MAX_COPY_COUNT) throw new PanicError(`${second.count} elements to copy`);
  turn(vector);
  const first = keptOfView(vector);
  const behind =
    second instanceof List ? Vector.from(keptAll(second.toArray())) : copyOfView(second);
  if (second.count < CHUNK_SIZE) return first.concat(behind);
  const state = second instanceof List ? undefined : arrayState(second);
  const isOfArrays = second instanceof List || state !== undefined;
  if (!isOfArrays) {
    if (first.count % CHUNK_SIZE === 0) {
      checkLeaves(second, 0, second.count - (second.count % CHUNK_SIZE));
    }
    return first.concat(behind);
  }
  if (first.count === 0 && second.count === CHUNK_SIZE) {
    return state === undefined ? arrayOf(behind) : behind;
  }
  const joined = first.count === 0 ? Vector.from(behind.toArray()) : first.concat(behind);
  if (behind.count === CHUNK_SIZE && state !== undefined) {
    // A whole array is taken in as it is; of a longer one each leaf is an array of its own.
    if (isTurned(state)) return joined;
    state.isTurned = isPairing(first.count);
  }
  markLeaves(joined, Math.ceil(first.count / CHUNK_SIZE));
  return joined;
}

/** Whether the reference's count of two wraps around, so that it finds nothing to put behind. */
function isTooLong(first: Vector, second: Vector | List): boolean {
  if (second.count <= MAX_COPY_COUNT && first.count <= MAX_COPY_COUNT) return false;
  const count = BigInt(first.countInteger) + BigInt(second.countInteger);
  return !first.isTree && count > MAX_COUNT;
}

/**
 * Whether a leaf behind so many elements becomes the second one of a tree, for which it is turned
 * into a Vector.
 */
function isPairing(count: number): boolean {
  return count % (CHUNK_SIZE * CHUNK_SIZE) === CHUNK_SIZE;
}

/**
 * Marks the leaves from one on; what pairs the first two leaves of a tree makes no arrays of them.
 */
function markLeaves(vector: Vector, from: number): void {
  const leaves = Math.floor(vector.count / CHUNK_SIZE);
  for (let i = from; i < leaves; i++) {
    const leaf = i % CHUNK_SIZE >= 2 ? leafAt(vector, i * CHUNK_SIZE) : null;
    if (leaf !== null) arrayLeaves.set(leaf, true);
  }
}

/** The vector with element i replaced, which makes a leaf of an array even by the same element. */
export function replacedInVector(vector: Vector, i: Integer, value: Value): Vector {
  turn(vector);
  const own = keptOfView(vector);
  const changed = own.assoc(i, kept(value));
  if (changed !== own) return changed;
  if (arrayState(vector) !== undefined || vector.count < CHUNK_SIZE) return withoutArray(vector);
  if (arrayLeaves.isEmpty || vector.count > MAX_SMALL_COUNT) return vector;
  const leaf = leafAt(vector, Number(i));
  if (leaf === null || arrayLeaves.get(leaf) !== true) return vector;
  return vector.assoc(i, value === null ? true : null).assoc(i, value);
}
