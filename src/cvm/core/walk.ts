// hot: see test/bench. Walks the elements of structures that are no sequences, by position. The
// Vectors of a map's entries are remembered while a run goes on; in the reference a leaf holds
// them. `reduce` with a map as its function needs the hash of each, and hashing them anew took 3/4
// of a step.

import type { Value } from "../../data/cell.ts";
import { Index } from "../../data/index-map.ts";
import { CVMMap } from "../../data/map.ts";
import { RunMemo } from "../../data/run-memory.ts";
import { CVMSet } from "../../data/set.ts";
import type { Vector } from "../../data/vector.ts";
import { entryVector } from "../history/array-vectors.ts";
import { elementAt, type Structure, structureCount } from "./structures.ts";

/** The entries of leaves of maps. */
const entriesOfLeaves = new RunMemo<CVMMap, Vector[]>();
/** The own entries of cells of Indexes. */
const entriesOfCells = new RunMemo<Index, Vector>();

/**
 * The elements from position `from` on. Each leaf is looked up by position, as the reference does,
 * which shows when counts are not true.
 */
export function* elementsByPlace(source: Structure, from: number): Generator<Value> {
  const count = structureCount(source);
  if (source instanceof CVMMap || source instanceof CVMSet) {
    for (let i = from; i < count; ) {
      const { leaf, at, left } = source.placeAt(i);
      const elements = leaf instanceof CVMMap ? entriesOfLeaf(leaf) : leaf.toArray();
      const start = at / leaf.stride;
      const end = start + Math.min(left, count - i);
      for (let k = start; k < end; k++, i++) yield elements[k] as Value;
    }
  } else if (source instanceof Index) {
    for (let i = from; i < count; i++) yield entryOfCell(source.cellAt(i));
  } else {
    for (let i = from; i < count; i++) yield elementAt(source, i);
  }
}

function entriesOfLeaf(leaf: CVMMap): readonly Vector[] {
  let entries = entriesOfLeaves.get(leaf);
  if (entries === undefined) {
    entries = leaf.entries().map(([key, value]) => entryVector(key, value));
    entriesOfLeaves.set(leaf, entries);
  }
  return entries;
}

function entryOfCell(cell: Index): Vector {
  let entry = entriesOfCells.get(cell);
  if (entry === undefined) {
    entry = entryVector(cell.ownEntry[0], cell.ownEntry[1]);
    entriesOfCells.set(cell, entry);
  }
  return entry;
}
