// T34, numbered on from sheet 02: Vectors that the reference holds as an array (`VectorArray`, not
// canonical). It makes one of arguments, of the elements of a Set, and of keys and values. The
// bytes are those of any Vector, but what `concat` or `into` puts behind a Vector goes in piece by
// piece: a piece of 16 elements of an array (or of any List) stays an array inside the tree, as one
// of its leaves. Whatever then cuts the tree along its leaves (`slice`, `concat`, the `next` of a
// List) throws, and the Block is void. Found by comparing programs of six such calls: 524 of
// 20,000.
//
// The reference canonicalises an array when it needs its canonical Vector, for the encoding for
// example. The array stays where it already is, but what takes it in from then on (a name, a
// collection) takes it by its Ref, which names the canonical Vector: `refValue`.
//
// Arrays are known by object identity, for as long as a block is applied (for one transaction,
// outside of blocks). What is stored after the block is no array: a peer that decoded it could not
// know of one.
//
// With b of 32 elements made by `conj` and x made by `vector` of 16, (slice (concat b x) 0 48)
// makes the Block void. After (hash-set x), which needs the hash of x, it is an ordinary Vector.

import { Cell, type Integer, type Value } from "../../data/cell.ts";
import { PanicError } from "../../data/errors.ts";
import { MAX_COUNT } from "../../data/exact-count.ts";
import { doWork } from "../../data/free-work.ts";
import { minus } from "../../data/integer.ts";
import { List } from "../../data/list.ts";
import { mayBeUnhashed } from "../../data/noted-hash.ts";
import { BlockMemo, BlockValue, RunMemo } from "../../data/run-memory.ts";
import { isUnsettled, noteTraceable } from "../../data/unsettled.ts";
import { MAX_COPY_COUNT, Vector, VectorView } from "../../data/vector.ts";
import { CHUNK_SIZE, MAX_SMALL_COUNT } from "../../data/vector-shape.ts";
import { leafAt } from "../../data/vector-tree.ts";
import { HostError } from "../../state/host-error.ts";
import {
  ArgumentView,
  canonicaliseView,
  copyOfView,
  hasCanonicalisedViews,
  partOfView,
  refValueOfView,
} from "./shared-arguments.ts";
import { mayLackHash } from "./unhashed.ts";

/** An array, and whether the reference has canonicalised it. */
interface ArrayState {
  /** Arrays are numbered in the order in which they are made. */
  readonly number: number;
  isCanonicalised: boolean;
  /** The Vector of the same elements that stands for it then; null until it is asked for. */
  canonical: Vector | null;
}

/**
 * Whole Vectors that are arrays. One of fewer than 16 elements behaves like any Vector, but for
 * BlockResults in it (T50).
 */
const arrays = new BlockMemo<Vector, ArrayState>();
/** Entries of maps that hold BlockResults: they are canonical, but compared as arrays are. */
const entries = new BlockMemo<Vector, true>();
/** Arrays that are leaves of a tree. */
const arrayLeaves = new BlockMemo<Vector, true>();

/**
 * How many arrays there are in a block, or in what runs outside of blocks. Each block counts its
 * own: a query that runs between two of its transactions must canonicalise nothing of theirs.
 */
class ArrayCounts {
  made = 0;
  /** The arrays up to this number are canonicalised: see `canonicaliseAll`. */
  canonicalised = 0;
}

const countsOfBlocks = new BlockValue(() => new ArrayCounts());
const countsOutside = new ArrayCounts();

function arrayCounts(): ArrayCounts {
  return countsOfBlocks.current ?? countsOutside;
}

/** Units of work (data/free-work.ts) of looking at a leaf. */
const LEAF_WORK = 30;

/** Whether an array of these elements would behave like any Vector. */
function isAsAny(vector: Vector): boolean {
  if (vector.count >= CHUNK_SIZE) return false;
  return !mayBeUnhashed() || !vector.slots.some(mayLackHash);
}

/** Makes an array of a new vector, one that nothing else refers to yet. */
export function markAsArray(vector: Vector): Vector {
  if (!isAsAny(vector)) {
    arrays.set(vector, { number: ++arrayCounts().made, isCanonicalised: false, canonical: null });
  }
  return vector;
}

/** A new array of the same elements: the reference makes one whenever it lists those of a Set. */
export function copyAsArray(vector: Vector): Vector {
  return vector.count < CHUNK_SIZE ? vector : markAsArray(copyOf(vector));
}

function arrayState(vector: Vector): ArrayState | undefined {
  return vector.count < CHUNK_SIZE && !mayBeUnhashed() ? undefined : arrays.get(vector);
}

/** The entry of a map as a Vector. */
export function entryVector(key: Value, value: Value): Vector {
  const entry = Vector.of(key, value);
  if (!isAsAny(entry)) entries.set(entry, true);
  return entry;
}

/** Whether a Vector is the entry of a map, as far as that matters (T50). */
export function isEntry(vector: Vector): boolean {
  return mayBeUnhashed() && entries.get(vector) === true;
}

/** Whether the reference holds a Vector as an array, canonicalised or not. */
export function isArray(vector: Vector): boolean {
  return vector instanceof ArgumentView || arrayState(vector) !== undefined;
}

function isCanonicalised(state: ArrayState): boolean {
  return state.isCanonicalised || state.number <= arrayCounts().canonicalised;
}

/** The canonical Vector of an array, always the same object. */
function canonicalOf(array: Vector, state: ArrayState): Vector {
  state.isCanonicalised = true;
  state.canonical ??= copyOf(array);
  return state.canonical;
}

/** The same elements as a canonical Vector; the vector itself when it is no array. */
export function toCanonical(vector: Vector): Vector {
  canonicaliseView(vector);
  const state = arrayState(vector);
  return state === undefined ? refValueOfView(vector) : canonicalOf(vector, state);
}

/**
 * The value that a name or a collection keeps when it takes in `value`: that of its Ref, as the
 * reference's `getRef` gives it. For an array or a view (T37) that was canonicalised it is the
 * canonical Vector, else the value itself.
 */
export function refValue(value: Value): Value {
  if (!(value instanceof Vector)) return value;
  const state = arrays.isEmpty ? undefined : arrayState(value);
  if (state === undefined) return refValueOfView(value);
  return isCanonicalised(state) ? canonicalOf(value, state) : value;
}

/** `refValue` of each; the same JavaScript array when none can differ. */
export function refValues(values: Value[]): Value[] {
  return arrays.isEmpty && !hasCanonicalisedViews() ? values : values.map(refValue);
}

/** Notes that something is done to a vector for which the reference canonicalises an array. */
function canonicalise(vector: Vector): void {
  canonicaliseView(vector);
  const state = arrayState(vector);
  if (state !== undefined) state.isCanonicalised = true;
}

/** Whether there may be arrays or views: if not, nothing of this file or T37 makes a difference. */
export function hasArrays(): boolean {
  return !arrays.isEmpty || isUnsettled();
}

/** Cells whose encoding was needed in this run: all arrays in them are canonicalised. */
const encoded = new RunMemo<Cell, true>();

/**
 * Notes that the encoding of a value is needed, for its hash for example: all arrays in it are
 * canonicalised. A cell that has a hash was encoded before, with all that is in it. Each cell is
 * gone through once: code makes a few Vectors that hold one another any number of times.
 */
export function canonicaliseWithin(value: Value): void {
  if (!hasArrays() || !(value instanceof Cell)) return;
  const open: Cell[] = [value];
  for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
    if (cell instanceof Vector) canonicalise(cell);
    if (cell.hashCache !== null || cell.encodingCache !== null) continue;
    if (encoded.get(cell) === true) continue;
    encoded.set(cell, true);
    // First child first: a canonical Vector takes in those that were canonicalised before it.
    for (let i = cell.slotCount - 1; i >= 0; i--) {
      const slot = cell.slotAt(i);
      if (slot instanceof Cell) open.push(slot);
    }
  }
}

/**
 * Notes that the memory size of the whole State is asked for, at the end of a transaction: all
 * arrays made so far are canonicalised.
 */
export function canonicaliseAll(): void {
  const counts = arrayCounts();
  counts.canonicalised = counts.made;
}

/** The vector with one more element. */
export function appendedToVector(vector: Vector, value: Value): Vector {
  canonicalise(vector);
  return refValueOfView(vector).append(refValue(value));
}

/** Whether a vector is a range whose cells have not been built; the reference has copied it. */
function isUnbuilt(vector: Vector): boolean {
  return vector instanceof VectorView && vector.isUnbuilt;
}

function copyOf(vector: Vector): Vector {
  const { count, slots, prefix, isTree } = vector.built();
  return new Vector(count, slots, prefix, isTree);
}

/**
 * The elements start … end-1; null for some hand-made vectors (`Vector.sliceOrNil`).
 * @throws HostError when the cut runs along a leaf that is an array
 */
export function sliceOfVector(vector: Vector, start: Integer, end: Integer): Vector | null {
  if (arrayState(vector) !== undefined) {
    const part = vector.slice(start, end);
    if (part === vector) return part;
    return isUnbuilt(part) ? markAsArray(part) : markAsArray(copyOf(part));
  }
  const isWhole = start === 0 && end === vector.count;
  if (!isWhole || vector.isTree) checkLeaves(vector, start, end);
  const part = vector.sliceOrNil(start, end);
  return part === null ? null : partOfView(vector, part, Number(start));
}

/**
 * As sliceOfVector, of a List, whose vector holds the elements in reverse order.
 * @throws HostError as sliceOfVector
 */
export function sliceOfList(list: List, start: Integer, end: Integer): List {
  if (!arrayLeaves.isEmpty && (start !== 0 || end !== list.count)) {
    checkLeaves(list.vector, list.count - Number(end), list.count - Number(start));
  }
  return list.slice(start, end);
}

/**
 * All but the first element, null when there is none.
 * @throws HostError as sliceOfVector
 */
export function nextOfList(list: List): List | null {
  if (!arrayLeaves.isEmpty) checkLeaves(list.vector, 0, list.count - 1);
  return list.next();
}

/** @throws HostError when a cut that begins between two leaves meets one that is an array */
function checkLeaves(vector: Vector, start: Integer, end: Integer): void {
  if (arrayLeaves.isEmpty || vector.count > MAX_SMALL_COUNT) return;
  const from = Number(start);
  if (from % CHUNK_SIZE !== 0) return;
  const own = isUnbuilt(vector) ? vector.count % CHUNK_SIZE : vector.slots.length;
  const inLeaves = vector.isTree ? vector.count : vector.count - own;
  const to = Math.min(Number(end), inLeaves);
  if (to <= from) return;
  // Whether its cells have been built must make no difference to the work.
  doWork(((to - from) / CHUNK_SIZE) * LEAF_WORK);
  if (isUnbuilt(vector)) return;
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
 * @throws PanicError when there are too many to copy
 */
export function joinedVectors(vector: Vector, second: Vector | List): Vector {
  if (second.count === 0 || isTooLong(vector, second)) return toCanonical(vector);
  if (second.count > MAX_COPY_COUNT) throw new PanicError(`${second.count} elements to copy`);
  canonicalise(vector);
  const first = refValueOfView(vector);
  const behind =
    second instanceof List ? Vector.from(refValues(second.toArray())) : copyOfView(second);
  if (second.count < CHUNK_SIZE) {
    const joined = first.concat(behind);
    return arrayState(joined) === undefined ? joined : copyOf(joined);
  }
  const state = second instanceof List ? undefined : arrayState(second);
  const isOfArrays = second instanceof List || state !== undefined;
  if (!isOfArrays) {
    if (first.count % CHUNK_SIZE === 0) {
      checkLeaves(second, 0, second.count - (second.count % CHUNK_SIZE));
    }
    return first.concat(behind);
  }
  if (first.count === 0 && second.count === CHUNK_SIZE) {
    return state === undefined ? markAsArray(behind) : behind;
  }
  const joined = first.count === 0 ? Vector.from(behind.toArray()) : first.concat(behind);
  if (behind.count === CHUNK_SIZE && state !== undefined) {
    // A whole array is taken in as it is; of a longer one each leaf is an array of its own.
    if (isCanonicalised(state)) return joined;
    state.isCanonicalised = isPairing(first.count);
  }
  markLeaves(joined, Math.ceil(first.count / CHUNK_SIZE));
  return joined;
}

/** Whether the sum of two counts wraps around in the reference, which then appends nothing. */
function isTooLong(first: Vector, second: Vector | List): boolean {
  if (second.count <= MAX_COPY_COUNT && first.count <= MAX_COPY_COUNT) return false;
  const count = BigInt(first.countInteger) + BigInt(second.countInteger);
  return !first.isTree && count > MAX_COUNT;
}

/**
 * Whether a leaf behind so many elements becomes the second one of a new tree: it is canonicalised.
 */
function isPairing(count: number): boolean {
  return count % (CHUNK_SIZE * CHUNK_SIZE) === CHUNK_SIZE;
}

/**
 * Marks the leaves from number `from` on as arrays, but for the first two of a tree, which are
 * canonicalised when they are paired.
 */
function markLeaves(vector: Vector, from: number): void {
  const leaves = Math.floor(vector.count / CHUNK_SIZE);
  for (let i = from; i < leaves; i++) {
    const leaf = i % CHUNK_SIZE >= 2 ? leafAt(vector, i * CHUNK_SIZE) : null;
    if (leaf === null) continue;
    arrayLeaves.set(leaf, true);
    noteTraceable();
  }
}

/**
 * The vector with element i replaced. A leaf that is an array becomes a canonical one by it, even
 * if the element is the same.
 */
export function replacedInVector(vector: Vector, i: Integer, value: Value): Vector {
  canonicalise(vector);
  const own = refValueOfView(vector);
  const changed = own.assoc(i, refValue(value));
  if (changed !== own) return changed;
  if (arrayState(vector) !== undefined || vector.count < CHUNK_SIZE) return toCanonical(vector);
  if (arrayLeaves.isEmpty || vector.count > MAX_SMALL_COUNT) return vector;
  const leaf = leafAt(vector, Number(i));
  if (leaf === null || arrayLeaves.get(leaf) !== true) return vector;
  return vector.assoc(i, value === null ? true : null).assoc(i, value);
}

/** As replacedInVector, of a List, whose vector holds the elements in reverse order. */
export function replacedInList(list: List, i: Integer, value: Value): List {
  const { vector } = list;
  const changed = replacedInVector(vector, minus(minus(vector.countInteger, 1), i), value);
  return changed === vector ? list : List.reverseOf(changed);
}
