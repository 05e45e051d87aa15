// Copies of all that roots reach: children first, each once, in steps, and never damage.

import { expect, test } from "bun:test";
import { sha3Key } from "../../src/crypto/sha3.ts";
import { Blob } from "../../src/data/blob.ts";
import type { Cell } from "../../src/data/cell.ts";
import { CAD3_TABLE } from "../../src/data/decode.ts";
import { encoding, hashKey } from "../../src/data/encode.ts";
import { Vector } from "../../src/data/vector.ts";
import { ClosureCopy, namedCells } from "../../src/store/closure-copy.ts";
import { MemoryImage, memoryStore } from "../../src/store/memory-store.ts";

const leaf = (fill: number) => Blob.of(new Uint8Array(300).fill(fill));
// Five branches by hash: too long to be embedded.
const inner = Vector.of(leaf(1), leaf(2), leaf(1), leaf(2), leaf(1));
const root = Vector.of(inner, leaf(1), Vector.of(leaf(3)), 1);
const cells = [leaf(1), leaf(2), leaf(3), inner, root];

function scene() {
  const image = new MemoryImage();
  memoryStore(CAD3_TABLE, image).write({ roots: [["r", root]], cells: [leaf(9)] });
  const copied: string[] = [];
  const held = new Set<string>();
  const sink = {
    has: (hash: string) => held.has(hash),
    putCell: (hash: string) => {
      copied.push(hash);
      held.add(hash);
    },
  };
  const source = { cell: (hash: string) => image.cells.get(hash) ?? null };
  const copy = (...roots: Cell[]) => new ClosureCopy(source, sink, roots.map(hashKey));
  return { image, copied, held, copy };
}

test("each cell is copied once, behind all that it names", () => {
  const { copied, copy } = scene();
  const all = copy(root, leaf(9));
  expect(all.step(1_000)).toBe(true);
  expect(new Set(copied).size).toBe(copied.length);
  for (const cell of [...cells, leaf(9)]) expect(copied).toContain(hashKey(cell));
  for (const [i, hash] of copied.entries()) {
    const cell = [...cells, leaf(9)].find((each) => hashKey(each) === hash) as Cell;
    for (const named of namedCells(hash, encoding(cell))) {
      expect(copied.indexOf(named)).toBeLessThan(i);
    }
  }
  const bytes = [...cells, leaf(9)].reduce((sum, cell) => sum + encoding(cell).length, 0);
  expect(all.progress).toEqual({ cells: cells.length + 1, bytes });
});

test("a step copies as many as it may, and the last one says so", () => {
  const { copied, copy } = scene();
  const all = copy(root);
  for (let i = 1; i < cells.length; i++) {
    expect(all.step(1)).toBe(false);
    expect(copied.length).toBe(i);
  }
  expect(all.step(1)).toBe(true);
  expect([all.step(1), copied.length]).toEqual([true, cells.length]);
  const two = scene().copy(leaf(1), leaf(2));
  expect([two.step(1), two.step(1)]).toEqual([false, true]);
});

test("what is there already is passed over, with all it names", () => {
  const { copied, held, copy } = scene();
  held.add(hashKey(inner));
  copy(root).step(1_000);
  expect(copied).not.toContain(hashKey(leaf(2)));
  expect(copied).toContain(hashKey(leaf(1)));
});

test("a cell that is missing, changed or none at all ends the copy", () => {
  const { image, copy } = scene();
  const damaged = (cell: Cell, bytes: Uint8Array | null) => {
    const before = image.cells.get(hashKey(cell));
    if (bytes === null) image.cells.delete(hashKey(cell));
    else image.cells.set(hashKey(cell), { encoding: bytes, memorySize: -1 });
    expect(() => copy(root).step(1_000)).toThrow(bytes === null ? "is missing" : "that hash");
    if (before !== undefined) image.cells.set(hashKey(cell), before);
  };
  damaged(leaf(2), null);
  damaged(leaf(2), encoding(leaf(3)));
  const none = Uint8Array.of(0x31);
  expect(() => namedCells(sha3Key(none), none)).toThrow("can't be read");
});
