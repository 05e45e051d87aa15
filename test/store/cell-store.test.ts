// What a store makes of bytes that are no cells, and of cells that have been collected.

import { describe, expect, test } from "bun:test";
import { sha3Key } from "../../src/crypto/sha3.ts";
import { Blob } from "../../src/data/blob.ts";
import { type Cell, MissingDataError, Ref } from "../../src/data/cell.ts";
import { CAD3_TABLE } from "../../src/data/decode.ts";
import { hashKey } from "../../src/data/encode.ts";
import { memorySize } from "../../src/data/memory-size.ts";
import { Vector } from "../../src/data/vector.ts";
import type { Backend } from "../../src/store/backend.ts";
import { CellStore } from "../../src/store/cell-store.ts";
import { MemoryBackend, MemoryImage } from "../../src/store/memory-store.ts";

const long = (fill: number) => Blob.of(new Uint8Array(300).fill(fill));

function storeOf(image: MemoryImage, changes: Partial<Backend> = {}): CellStore {
  return new CellStore(Object.assign(new MemoryBackend(image), changes), CAD3_TABLE);
}

describe("bytes that have their hash are damage all the same", () => {
  test.each([
    ["that are no cell", [0x31], "can't be read"],
    ["of what is no cell of its own", [0x11, 0x05], "is no cell of its own"],
    ["with something behind the cell", [0x80, 0x00, 0x00], "can't be read"],
  ])("%s", (_, bytes, reason) => {
    const encoding = Uint8Array.from(bytes);
    const image = new MemoryImage();
    image.cells.set(sha3Key(encoding), { encoding, memorySize: -1 });
    expect(() => storeOf(image).cell(sha3Key(encoding))).toThrow(reason);
  });

  test("but a failure of the backend is its own", () => {
    const failing = storeOf(new MemoryImage(), {
      cell: () => {
        throw new TypeError("ours");
      },
    });
    expect(() => failing.cell("x".repeat(32))).toThrow("ours");
  });
});

test("a memory size that numbers can't hold exactly is not kept", () => {
  const image = new MemoryImage();
  const cell = Vector.of(long(1));
  memorySize(cell);
  cell.memoryCache = 2 ** 53;
  const known = Vector.of(long(2));
  memorySize(known);
  storeOf(image).write({ roots: [["a", cell]], cells: [known] });
  expect(image.cells.get(hashKey(cell))?.memorySize).toBe(-1);
  expect(image.cells.get(hashKey(known))?.memorySize).toBe(known.memoryCache);
});

test("a named value that is stored already is not put again", () => {
  const image = new MemoryImage();
  const store = storeOf(image);
  store.write({ roots: [["a", Vector.of(1)]] });
  const put: string[] = [];
  const counting = storeOf(image, {
    transaction: (body) =>
      body({
        putCell: (hash) => put.push(hash),
        putRoot: () => {},
        putMeta: () => {},
        putPosition: () => {},
      }),
  });
  counting.write({ roots: [["b", Vector.of(1)]], cells: [Vector.of(2)] });
  expect(put).toEqual([hashKey(Vector.of(2))]);
});

describe("after a collection", () => {
  const [kept, gone] = [Vector.of(long(1)), Vector.of(long(2))];

  /** A store that has forgotten one of two cells, which are read already. */
  function collected() {
    const before = new MemoryImage();
    storeOf(before).write({ roots: [], cells: [kept, gone] });
    const image = before.copy();
    const store = storeOf(image);
    const read = [kept, gone].map((each) => store.cell(hashKey(each)) as Vector);
    for (const cell of [gone, long(2)]) image.cells.delete(hashKey(cell));
    return { before, store, read: read as [Vector, Vector] };
  }

  test("nothing that was read before counts as stored", () => {
    const { store, read } = collected();
    expect(read.map((cell) => store.holdsCell(cell))).toEqual([true, true]);
    store.beginGeneration(null);
    expect(read.map((cell) => store.holdsCell(cell))).toEqual([false, false]);
    expect(store.heldBytes).toBe(0);
    expect([store.cell(hashKey(kept)) === null, store.cell(hashKey(gone))]).toEqual([false, null]);
  });

  test("what was collected can be read on for a while, and is written again", () => {
    const { before, store, read } = collected();
    store.beginGeneration(new MemoryBackend(before));
    const again = store.cell(hashKey(gone)) as Cell;
    expect([store.has(hashKey(gone)), store.holdsCell(again)]).toEqual([false, false]);
    expect(store.memorySize(hashKey(gone))).toBe(store.memorySize(hashKey(kept)));
    store.write({ roots: [["again", read[1]]] });
    store.endPrevious();
    expect((store.cell(hashKey(gone)) as Vector).get(0)).toBeInstanceOf(Blob);
  });

  test("a cell that names what is gone can't be written", () => {
    const { store, read } = collected();
    store.beginGeneration(null);
    expect(() => store.write({ roots: [["again", read[1]]] })).toThrow(MissingDataError);
  });

  test("a Ref is held that the store has by now, wherever it came from", () => {
    const { store } = collected();
    const ref = (cell: Cell) => new Ref(hashKey(cell), null);
    expect([store.holdsRef(ref(kept)), store.holdsRef(ref(gone))]).toEqual([true, false]);
  });
});
