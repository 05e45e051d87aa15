// Batches: what is written stands in them before it is in the tables, and is found in every state
// between.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha3Key } from "../../src/crypto/sha3.ts";
import { CAD3_TABLE } from "../../src/data/decode.ts";
import { CVMString } from "../../src/data/string.ts";
import { Vector } from "../../src/data/vector.ts";
import { BatchContent, decodeBatch, encodeBatch } from "../../src/store/batch.ts";
import { CellStore } from "../../src/store/cell-store.ts";
import { SqliteBackend, STORE_FILE } from "../../src/store/sqlite-store.ts";
import { SqliteTables } from "../../src/store/sqlite-tables.ts";
import { StoreError } from "../../src/store/store.ts";
import { expectComplete } from "./closure.ts";

const WRITES = 60;
const FOLD = { entries: 40, bytes: 1_000_000, slice: 9, direct: 100_000 };

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "convex-batch-"));
  path = join(directory, STORE_FILE);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function sample(): BatchContent {
  const content = new BatchContent();
  for (const [i, size] of [-1, 0, 7, 2 ** 40].entries()) {
    const encoding = new Uint8Array(i * 37).fill(i);
    content.addCell(sha3Key(encoding), { encoding, memorySize: size });
  }
  content.positions.set(sha3Key(new Uint8Array(1)), { block: 2 ** 40, index: -1 });
  content.positions.set(sha3Key(new Uint8Array(2)), { block: 0, index: 1_023 });
  return content;
}

describe("a batch as bytes", () => {
  test("gives back what was put in", () => {
    const content = sample();
    const before = [...content.cells].map(([key, cell]) => [key, { ...cell }]);
    const read = decodeBatch(encodeBatch(content), "store");
    expect([...read.cells]).toEqual(before as never);
    expect([...content.cells]).toEqual(before as never);
    expect([...read.positions]).toEqual([...content.positions]);
    expect(read.cellBytes).toBe(content.cellBytes);
  });

  test("is refused with any bit of it flipped, and cut off anywhere", () => {
    const bytes = encodeBatch(sample());
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(() => decodeBatch(damaged, "store")).toThrow(StoreError);
    }
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeBatch(bytes.slice(0, length), "store")).toThrow("is damaged");
    }
  });
});

function rootOf(i: number): Vector {
  return Vector.from(Array.from({ length: 3 }, (_, k) => CVMString.of(`${i} ${k}`.padEnd(170))));
}

const FIRST = sha3Key(new Uint8Array([1]));

/** Writes a root of its own name, and again and again one position. */
function write(store: CellStore, i: number): void {
  const own = [sha3Key(new Uint8Array([2, i])), { block: i, index: 0 }] as const;
  const positions = [own, [FIRST, { block: i, index: 1 }] as const];
  store.write({ roots: [[`root ${i}`, rootOf(i)]], positions });
}

function expectAll(store: CellStore, count: number): void {
  store.forget();
  for (let i = 0; i < count; i++) {
    expectComplete(store, `root ${i}`);
    expect(store.position(sha3Key(new Uint8Array([2, i])))).toEqual({ block: i, index: 0 });
  }
  expect(store.position(FIRST)).toEqual({ block: count - 1, index: 1 });
}

test("everything is found before, during and after folds, by the writer and by a reader beside", () => {
  const backend = new SqliteBackend(directory, { fold: FOLD });
  const store = new CellStore(backend, CAD3_TABLE);
  write(store, 0);
  const tables = SqliteTables.toRead(path);
  const reader = new CellStore(tables, CAD3_TABLE);
  let foldings = 0;
  for (let i = 1; i < WRITES; i++) {
    write(store, i);
    if (backend.tables.pending.folding !== null) foldings++;
    expectAll(store, i + 1);
    expectAll(reader, i + 1);
    // A reader that looked last before several folds.
    if (i % 20 === 0) expect(tables.countTransactions()).toBe(i + 2);
  }
  expect(foldings).toBeGreaterThan(10);
  const { pending } = backend.tables;
  expect(pending.recent.size + (pending.folding?.size ?? 0)).toBeLessThan(2 * FOLD.entries);
  backend.fold();
  expect([pending.recent.size, pending.folding]).toEqual([0, null]);
  expectAll(store, WRITES);
  expectAll(reader, WRITES);
  expect(tables.rows("SELECT count(*) FROM batches")).toEqual([[0]]);
  expect(tables.countCells()).toBe(backend.tables.countCells());
  reader.close();
  store.close();
});

test("an orderly stop leaves nothing in batches, a kill all of it", () => {
  const killed = new SqliteBackend(directory);
  write(new CellStore(killed, CAD3_TABLE), 0);
  const beside = SqliteTables.toRead(path);
  expect(beside.rows("SELECT count(*) FROM batches")).toEqual([[1]]);
  expect(beside.rows("SELECT count(*) FROM cells")).toEqual([[0]]);
  beside.close();
  killed.close();
  const stopped = SqliteTables.toRead(path);
  expect(stopped.rows("SELECT count(*) FROM batches")).toEqual([[0]]);
  expectAll(new CellStore(stopped, CAD3_TABLE), 1);
  stopped.close();
});

test("a reader beside is not misled by a writer that was started anew", () => {
  const first = new SqliteBackend(directory);
  write(new CellStore(first, CAD3_TABLE), 0);
  const reader = new CellStore(SqliteTables.toRead(path), CAD3_TABLE);
  expectAll(reader, 1);
  first.close();
  const second = new SqliteBackend(directory);
  write(new CellStore(second, CAD3_TABLE), 1);
  expectAll(reader, 2);
  reader.close();
  second.close();
});

test("a large write goes to the table at once", () => {
  const backend = new SqliteBackend(directory, { fold: { ...FOLD, direct: 10 } });
  const store = new CellStore(backend, CAD3_TABLE);
  write(store, 0);
  expect(backend.tables.pending.recent.cells.size).toBe(0);
  expectAll(store, 1);
  store.close();
});

test("cells of a failed write are in no batch, and a fold that failed goes on", () => {
  // Enough for the batches, not for the tables beside them.
  const backend = new SqliteBackend(directory, { fold: FOLD, pagesMax: 24 });
  const store = new CellStore(backend, CAD3_TABLE);
  let written = 0;
  let error: unknown = null;
  while (error === null) {
    try {
      write(store, written);
      written++;
    } catch (thrown) {
      error = thrown;
    }
  }
  expect((error as StoreError).code).toBe("FULL");
  expectAll(store, written);
  backend.tables.database.run("PRAGMA max_page_count = 100000");
  write(store, written);
  expectAll(store, written + 1);
  backend.fold();
  expectAll(store, written + 1);
  store.close();
});
