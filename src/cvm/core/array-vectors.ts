// T34, numbered on from sheet 02: the reference keeps what is made of arguments, of the elements of a
// Set, or of keys and values as an array, and a piece of 16 elements of one (or of any List) that
// `concat` or `into` puts behind a Vector stays an array inside of the tree. The bytes are those of
// any Vector. But whatever cuts that tree along its leaves, `slice` and `concat` and the `next` of a
// List, throws, and the Block is void. Found by comparing programs of six such calls: 524 of 20,000.
// Arrays are known by the object, for as long as a transaction runs; what was decoded has none.

import type { Integer, Value } from "../../data/cell.ts";
import { doWork, RunMemo } from "../../data/free-work.ts";
import { List } from "../../data/list.ts";
import { Vector, VectorView } from "../../data/vector.ts";
import { CHUNK_SIZE, MAX_SMALL_COUNT } from "../../data/vector-shape.ts";
import { leafAt } from "../../data/vector-tree.ts";
import { HostError } from "../../state/host-error.ts";

/**
 * Vectors that are arrays as a whole, with whether the Vector that they stand for has been asked for:
 * one of 16 elements is no array inside of a tree then. Those of fewer behave like any Vector.
 */
const arrays = new RunMemo<Vector, "array" | "asked">();
/** Leaves that are arrays inside of a tree. */
const arrayLeaves = new RunMemo<Vector, true>();

/** Units of work (data/free-work.ts) of looking at a leaf. */
const LEAF_WORK = 30;

/** Takes a vector that nobody else has for an array. */
export function arrayOf(vector: Vector): Vector {
  if (vector.count >= CHUNK_SIZE) arrays.set(vector, "array");
  return vector;
}

function isArray(vector: Vector): boolean {
  return vector.count >= CHUNK_SIZE && arrays.get(vector) !== undefined;
}

/** The same elements, not as an array. */
export function withoutArray(vector: Vector): Vector {
  return isAsked(vector) ? copyOf(vector) : vector;
}

/** Notes that something is done to a vector for which an array is turned into one; whether it is an array. */
function isAsked(vector: Vector): boolean {
  if (!isArray(vector)) return false;
  arrays.set(vector, "asked");
  return true;
}

/** The vector with one more element. */
export function appendedToVector(vector: Vector, value: Value): Vector {
  if (vector.count === CHUNK_SIZE) isAsked(vector);
  return vector.append(value);
}

/** Whether this is a range whose cells have not been built. */
function isUnbuilt(vector: Vector): boolean {
  return vector instanceof VectorView && vector.isUnbuilt;
}

function copyOf(vector: Vector): Vector {
  const { count, slots, prefix, isTree } = vector.built();
  return new Vector(count, slots, prefix, isTree);
}

/** The elements start … end-1. @throws HostError when that cuts along a leaf that is an array */
export function sliceOfVector(vector: Vector, start: Integer, end: Integer): Vector {
  if (isArray(vector)) {
    const part = vector.slice(start, end);
    return part === vector || isUnbuilt(part) ? arrayOf(part) : arrayOf(copyOf(part));
  }
  const isWhole = start === 0 && end === vector.count;
  if (!isWhole || vector.isTree) checkLeaves(vector, start, end);
  return vector.slice(start, end);
}

/** As sliceOfVector, of a List: its elements are kept in reverse order. */
export function sliceOfList(list: List, start: Integer, end: Integer): List {
  if (!arrayLeaves.isEmpty && (start !== 0 || end !== list.count)) {
    checkLeaves(list.vector, list.count - Number(end), list.count - Number(start));
  }
  return list.slice(start, end);
}

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
    if (arrayLeaves.get(leafAt(vector, at)) === true) {
      throw new HostError("VectorArray cannot be cast to VectorLeaf");
    }
  }
}

/**
 * A vector with the elements of a sequence behind its own.
 * @throws HostError when that cuts the sequence along a leaf that is an array
 */
export function joinedVectors(first: Vector, second: Vector | List): Vector {
  if (isAsked(first) && second.count === 0) return copyOf(first);
  if (second.count === 0) return first;
  const behind = second instanceof List ? Vector.from(second.toArray()) : second;
  if (second.count < CHUNK_SIZE) return first.concat(behind);
  const isOfArrays = second instanceof List || isArray(second);
  if (!isOfArrays) {
    if (first.count % CHUNK_SIZE === 0) {
      checkLeaves(second, 0, second.count - (second.count % CHUNK_SIZE));
    }
    return first.concat(behind);
  }
  if (first.count === 0 && second.count === CHUNK_SIZE) return arrayOf(behind);
  const joined = first.count === 0 ? Vector.from(behind.toArray()) : first.concat(behind);
  if (behind.count === CHUNK_SIZE && arrays.get(behind) === "asked") return joined;
  markLeaves(joined, Math.ceil(first.count / CHUNK_SIZE));
  return joined;
}

/** Marks the leaves from one on; what pairs the first two leaves of a tree makes no arrays of them. */
function markLeaves(vector: Vector, from: number): void {
  const leaves = Math.floor(vector.count / CHUNK_SIZE);
  for (let i = from; i < leaves; i++) {
    if (i % CHUNK_SIZE >= 2) arrayLeaves.set(leafAt(vector, i * CHUNK_SIZE), true);
  }
}

/** The vector with element i replaced, which makes a leaf of an array even by the same element. */
export function replacedInVector(vector: Vector, i: Integer, value: Value): Vector {
  const changed = vector.assoc(i, value);
  if (isAsked(vector)) return changed === vector ? copyOf(vector) : changed;
  if (changed !== vector) return changed;
  if (arrayLeaves.isEmpty || vector.count > MAX_SMALL_COUNT) return vector;
  if (arrayLeaves.get(leafAt(vector, Number(i))) !== true) return vector;
  return vector.assoc(i, value === null ? true : null).assoc(i, value);
}
