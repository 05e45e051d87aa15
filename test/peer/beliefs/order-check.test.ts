// Orders share the blocks that are known: an Order of a long history must not load it.

import { expect, test } from "bun:test";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { Cell, CellSource } from "../../../src/data/cell.ts";
import { decode } from "../../../src/data/decode.ts";
import { encoding, hashBytes, hashKey } from "../../../src/data/encode.ts";
import { Vector } from "../../../src/data/vector.ts";
import { shareBlocks } from "../../../src/peer/beliefs/order-check.ts";
import { Order } from "../../../src/state/order.ts";

const BLOCKS = 20_000;
const NEW_BLOCKS = 40;

function cellsOf(root: Vector): Map<string, Cell> {
  const cells = new Map<string, Cell>();
  const open: Vector[] = [root];
  while (open.length > 0) {
    const v = open.pop() as Vector;
    cells.set(hashKey(v), v);
    for (let i = 0; i < v.slotCount; i++) {
      const part = v.slotAt(i);
      if (part instanceof Vector) open.push(part);
    }
  }
  return cells;
}

test("an Order shares the blocks that are known, and loads few cells of them", () => {
  const blocks = (count: number) =>
    Vector.from(Array.from({ length: count }, (_, i) => Blob.of(hashBytes(i))));
  const known = blocks(BLOCKS);
  const cells = cellsOf(known);
  let loads = 0;
  const source: CellSource = {
    cell: (key) => {
      loads++;
      return decode(encoding(cells.get(key) as Cell), CVM_TABLE, source) as Cell;
    },
    memorySize: () => -1,
  };
  const stored = decode(encoding(known), CVM_TABLE, source) as Vector;
  const order = Order.of(1, Vector.of(BLOCKS, 0, 0, 0), blocks(BLOCKS + NEW_BLOCKS));
  const before = order.blocks;
  shareBlocks(order, stored, BLOCKS);
  expect(order.blocks).not.toBe(before);
  expect(hashKey(order.blocks)).toBe(hashKey(before));
  expect(loads).toBeLessThanOrEqual(10);
});
