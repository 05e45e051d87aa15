// What is pending is found until all of it is in the tables, the later of two positions first.

import { expect, test } from "bun:test";
import { BatchContent } from "../../src/store/batch.ts";
import { PendingBatches } from "../../src/store/pending-batches.ts";

function content(cells: readonly string[], positions: Readonly<Record<string, number>> = {}) {
  const batch = new BatchContent();
  for (const name of cells) {
    batch.addCell(name, { encoding: Uint8Array.of(name.length), memorySize: name.length });
  }
  for (const [name, block] of Object.entries(positions)) {
    batch.positions.set(name, { block, index: 0 });
  }
  return batch;
}

function names(pending: PendingBatches): string[] {
  return [...pending.cells()].map(([name]) => name);
}

test("what is being folded is found beside what came since, and goes when it is done", () => {
  const pending = new PendingBatches();
  expect([names(pending), [...pending.positions()]]).toEqual([[], []]);
  pending.add(content(["a"], { t: 1 }));
  expect(pending.beginFolding().size).toBe(2);
  pending.add(content(["bb"], { t: 2 }));
  expect(names(pending)).toEqual(["a", "bb"]);
  expect([...pending.positions()].map(([, { block }]) => block)).toEqual([1, 2]);
  expect(["a", "bb", "c"].map((name) => pending.has(name))).toEqual([true, true, false]);
  expect(["a", "bb", "c"].map((name) => pending.memorySize(name))).toEqual([1, 2, null]);
  expect([pending.position("t")?.block, pending.position("u")]).toEqual([2, null]);
  pending.endFolding();
  expect([names(pending), pending.has("a"), pending.folding]).toEqual([["bb"], false, null]);
  pending.beginFolding();
  pending.clear();
  expect([names(pending), pending.folding, pending.recent.size]).toEqual([[], null, 0]);
});

test("a cell that is given away does not hold on to its batch", () => {
  const pending = new PendingBatches();
  pending.add(content(["a"]));
  const given = pending.cell("a");
  given?.encoding.fill(9);
  expect(pending.cell("a")?.encoding).toEqual(Uint8Array.of(1));
  expect(pending.cell("b")).toBeNull();
});
