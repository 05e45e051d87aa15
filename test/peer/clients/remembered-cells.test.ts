import { expect, test } from "bun:test";
import { Blob } from "../../../src/data/blob.ts";
import type { CellSource } from "../../../src/data/cell.ts";
import { CAD3_TABLE } from "../../../src/data/decode.ts";
import { hashKey } from "../../../src/data/encode.ts";
import { Vector } from "../../../src/data/vector.ts";
import { RememberedCells } from "../../../src/peer/clients/remembered-cells.ts";
import { memoryStore } from "../../../src/store/memory-store.ts";

function blob(fill: number): Blob {
  return Blob.of(new Uint8Array(1000).fill(fill));
}

/** Of one of them, by data/footprint.ts. */
const BYTES = 8_124;

test("the oldest give way when there are too many bytes", () => {
  const cells = new RememberedCells(memoryStore(CAD3_TABLE), 5 * BYTES);
  for (let i = 0; i < 10; i++) cells.remember(Vector.of(blob(i)));
  expect(cells.bytes).toBeLessThanOrEqual(5 * BYTES);
  expect(cells.cell(hashKey(blob(9)))).not.toBeNull();
  expect(cells.cell(hashKey(blob(0)))).toBeNull();
});

test("a cell that is remembered again counts once, and as the newest", () => {
  const cells = new RememberedCells(memoryStore(CAD3_TABLE), 3.5 * BYTES);
  cells.remember(blob(1));
  cells.remember(blob(2));
  const { bytes } = cells;
  cells.remember(blob(1));
  expect(cells.bytes).toBe(bytes);
  cells.remember(blob(3));
  cells.remember(blob(4));
  expect(cells.cell(hashKey(blob(1)))).not.toBeNull();
  expect(cells.cell(hashKey(blob(2)))).toBeNull();
});

test("memory sizes and held cells are those of the source behind, but for its own", () => {
  const store = memoryStore(CAD3_TABLE);
  const behind: CellSource = {
    cell: (hash) => store.cell(hash),
    held: (hash) => (hash === "held" ? blob(7) : null),
    memorySize: () => 77,
  };
  const cells = new RememberedCells(store, 5 * BYTES, behind);
  expect(cells.memorySize(hashKey(blob(1)))).toBe(77);
  cells.remember(blob(1));
  expect(cells.memorySize(hashKey(blob(1)))).toBe(-1);
  expect([cells.held("held"), cells.held("other")]).toEqual([blob(7), null]);
  const bare = new RememberedCells(store, 5 * BYTES, { cell: () => null, memorySize: () => -1 });
  expect(bare.held("held")).toBeNull();
});

test("a cell that the store holds is not remembered, but found there", () => {
  const store = memoryStore(CAD3_TABLE);
  const stored = Vector.of(blob(1), blob(2));
  store.write({ roots: [["v", stored]] });
  const cells = new RememberedCells(store);
  cells.remember(Vector.of(stored, blob(3)));
  expect(cells.bytes).toBeLessThan(1.5 * BYTES);
  expect(cells.cell(hashKey(blob(2)))).not.toBeNull();
});
