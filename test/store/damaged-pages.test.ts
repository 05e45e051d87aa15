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
import { Collection } from "../../src/store/collection.ts";
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
const ELEMENTS = Array.from({ length: 60 }, (_, i) => element(i));

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

/** Reads all, and holds it against what was written. */
async function readAll(path: string): Promise<void> {
  await withTables(path, async (tables) => {
    const store = new CellStore(tables, CAD3_TABLE);
    const root = store.root("v");
    if (root !== null) expect((store.cell(root) as Vector | null)?.count ?? 60).toBe(60);
    tables.countCells();
    tables.countTransactions();
    tables.countPositionsBefore(7);
    tables.metas();
  });
}

async function collect(path: string): Promise<void> {
  const collection = new Collection(path, join(folder, BUILD_FILE));
  try {
    expect(collection.sourceCells).toBeGreaterThanOrEqual(0);
    await collection.rounds(pause);
    await collection.finish("token", pause);
  } finally {
    collection.close();
  }
}

async function findings(path: string): Promise<void> {
  await withTables(path, async (tables) => {
    const figures = await new StoreCheck(tables).run(pause);
    if (figures.findings.length > 0) throw new StoreError("DAMAGED", figures.findings.join());
  });
}

test("a page of garbage is a StoreError to all who read", async () => {
  const bytes = readFileSync(sound);
  const path = join(folder, "damaged.db");
  let found = 0;
  for (let page = 0; page < bytes.length / PAGE; page++) {
    const damaged = Buffer.from(bytes);
    const from = page * PAGE + KEPT + (page === 0 ? FILE_HEADER : 0);
    damaged.fill(0x5a, from, (page + 1) * PAGE);
    for (const name of [path, join(folder, "backup")]) writeFileSync(name, damaged);
    if ((await failureOf(() => findings(path))) !== null) found++;
    await failureOf(() => readAll(path));
    await failureOf(() => collect(path));
    rmSync(join(folder, "made.db"), { force: true });
    await failureOf(() =>
      withTables(path, async (tables) => {
        await restoreTo(tables, [tables], join(folder, "made.db"), pause);
      }),
    );
    await failureOf(() =>
      withTables(sound, async (tables) => {
        await backupToFile(tables, join(folder, "backup"), () => {}, pause);
      }),
    );
  }
  // The rest are free.
  expect(found).toBeGreaterThan(bytes.length / PAGE / 2);
});
