// Whatever page of a store or backup is damaged: a failure that can be told, or all is right.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CAD3_TABLE } from "../../src/data/decode.ts";
import { hashKey } from "../../src/data/encode.ts";
import { CVMString } from "../../src/data/string.ts";
import { Vector } from "../../src/data/vector.ts";
import { CellStore } from "../../src/store/cell-store.ts";
import { Collection, finishBuild } from "../../src/store/collection.ts";
import { backupToFile, restoreTo } from "../../src/store/file-backup.ts";
import { BUILD_FILE, STORE_FILE, sqliteStore } from "../../src/store/sqlite-store.ts";
import { SqliteTables } from "../../src/store/sqlite-tables.ts";
import { StoreError } from "../../src/store/store.ts";
import { StoreCheck } from "../../src/store/store-check.ts";

const PAGE = 4096;
/** What damage leaves of a page: its kind. */
const KEPT = 8;
const FILE_HEADER = 100;
const pause = async () => {};
const element = (i: number) => CVMString.of(`element ${i}`.padEnd(300));
const ELEMENTS = Array.from({ length: 30 }, (_, i) => element(i));
const CELLS = 32;
const ROOT = hashKey(Vector.from(ELEMENTS));

let folder: string;
let sound: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "convex-pages-"));
  const store = sqliteStore(folder, CAD3_TABLE);
  const positions = ELEMENTS.map((each, i) => [hashKey(each), { block: i, index: -1 }] as const);
  store.write({ roots: [["v", Vector.from(ELEMENTS)]], meta: [["m", "n"]], positions });
  store.close();
  sound = join(folder, "sound.db");
  copyFileSync(join(folder, STORE_FILE), sound);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Null, or the failure. @throws what is none of the store's */
async function failureOf(work: () => Promise<void>): Promise<StoreError | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
}

async function withTables<T>(path: string, work: (tables: SqliteTables) => Promise<T>) {
  const tables = SqliteTables.toRead(path);
  try {
    return await work(tables);
  } finally {
    tables.close();
  }
}

/**
 * Reads all, and holds it against what was written. SQLite may not find a cell or position in
 * garbage: what such a page held can be absent, but never be anything else.
 */
async function readAll(path: string, mayLack: boolean): Promise<void> {
  await withTables(path, async (tables) => {
    const store = new CellStore(tables, CAD3_TABLE);
    const held = <T>(found: T | null, expected: T) => {
      if (found !== null || !mayLack) expect(found).toEqual(expected);
    };
    expect(store.root("v")).toBe(ROOT);
    expect(store.meta("m")).toBe("n");
    expect(tables.metas()).toContainEqual(["m", "n"]);
    for (const [i, each] of ELEMENTS.entries()) {
      held(store.cell(hashKey(each))?.toString() ?? null, each.toString());
      held(store.position(hashKey(each)), { block: i, index: -1 });
    }
    const counts = [
      tables.countCells(),
      tables.countTransactions(),
      tables.countPositionsBefore(7),
    ];
    if (!mayLack) expect(counts).toEqual([CELLS, 0, 7]);
  });
}

/** What a collection makes holds all, too. */
async function collect(path: string): Promise<void> {
  const built = join(folder, BUILD_FILE);
  const collection = new Collection(path, built);
  try {
    expect(collection.sourceCells).toBeGreaterThanOrEqual(0);
    await collection.rounds(pause);
    await collection.finish("token", pause);
  } finally {
    collection.close();
  }
  await withTables(path, async (tables) => finishBuild(tables, built, new Map(), "token"));
  await readMade(built);
}

/** What was made without a failure is right. */
async function readMade(path: string): Promise<void> {
  expect(await failureOf(() => readAll(path, false))).toBeNull();
}

async function findings(path: string): Promise<void> {
  await withTables(path, async (tables) => {
    const figures = await new StoreCheck(tables).run(pause);
    if (figures.findings.length > 0) throw new StoreError("DAMAGED", figures.findings.join());
  });
}

async function restore(path: string): Promise<void> {
  const made = join(folder, "made.db");
  rmSync(made, { force: true });
  await withTables(path, (tables) => restoreTo(tables, [tables], made, pause));
  await readMade(made);
}

async function backup(path: string, to: string): Promise<void> {
  await withTables(path, (tables) => backupToFile(tables, to, () => {}, pause));
}

async function backupOf(path: string): Promise<void> {
  const to = join(folder, "backup-of-damaged");
  rmSync(to, { force: true });
  await backup(path, to);
  await readMade(to);
}

/** Has all who read work on a file with a page of garbage. */
async function readDamaged(path: string): Promise<void> {
  const old = join(folder, "backup");
  copyFileSync(path, old);
  await failureOf(() => readAll(path, true));
  await failureOf(() => collect(path));
  await failureOf(() => restore(path));
  await failureOf(() => backupOf(path));
  await failureOf(() => backup(sound, old));
}

test.each([0, 0x0d, 0x5a])("a page of %p is a StoreError to all who read", async (garbage) => {
  const bytes = readFileSync(sound);
  const path = join(folder, "damaged.db");
  let found = 0;
  for (let page = 0; page < bytes.length / PAGE; page++) {
    const damaged = Buffer.from(bytes);
    const from = page * PAGE + KEPT + (page === 0 ? FILE_HEADER : 0);
    damaged.fill(garbage, from, (page + 1) * PAGE);
    writeFileSync(path, damaged);
    if ((await failureOf(() => findings(path))) !== null) found++;
    await readDamaged(path);
  }
  // The rest are free.
  expect(found).toBeGreaterThan(bytes.length / PAGE / 2);
});
