// A store whose file is replaced while another process begins to read it: both go on with a whole
// one.

import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CAD3_TABLE } from "../../src/data/decode.ts";
import { CVMString } from "../../src/data/string.ts";
import { Vector } from "../../src/data/vector.ts";
import { CellStore } from "../../src/store/cell-store.ts";
import { Collection } from "../../src/store/collection.ts";
import { BUILD_FILE, SqliteBackend, STORE_FILE } from "../../src/store/sqlite-store.ts";
import { SqliteTables } from "../../src/store/sqlite-tables.ts";
import { StoreError } from "../../src/store/store.ts";
import { StoreUpkeep } from "../../src/store/store-upkeep.ts";
import { expectComplete } from "./closure.ts";

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "convex-replace-"));
  file = join(directory, STORE_FILE);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A process of its own, once it has said that it has begun. */
async function begun(code: string): Promise<Bun.Subprocess<"ignore", "pipe", "inherit">> {
  const child = Bun.spawn([process.execPath, "-e", code], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const reader = child.stdout.getReader();
  await reader.read();
  reader.releaseLock();
  return child;
}

function storeWith(folder: string, value: string): SqliteBackend {
  mkdirSync(folder, { recursive: true });
  const backend = new SqliteBackend(folder);
  backend.transaction((w) => w.putMeta("which", value));
  return backend;
}

test("a process that begins to read the copy is waited for", async () => {
  const backend = storeWith(directory, "before");
  const copy = join(directory, "copy.db");
  backend.tables.database.run("VACUUM INTO ?1", [copy]);
  const reader = await begun(`
    import { Database } from "bun:sqlite";
    const file = new Database(${JSON.stringify(copy)}, { readonly: true });
    file.run("BEGIN");
    file.prepare("SELECT * FROM meta").values();
    console.log("reads");
    await Bun.sleep(300);
    file.run("COMMIT");`);
  backend.replaceFile(copy)?.close();
  backend.transaction((w) => w.putMeta("which", "after"));
  expect(backend.meta("which")).toBe("after");
  await reader.exited;
  backend.close();
});

test("a reader waits until the other file is in place", async () => {
  storeWith(directory, "before").close();
  const other = join(directory, "other");
  storeWith(other, "after").close();
  const replacer = await begun(`
    import { Database } from "bun:sqlite";
    import { renameSync } from "node:fs";
    const file = new Database(${JSON.stringify(file)});
    file.run("PRAGMA journal_mode = DELETE");
    file.close();
    console.log("replaces");
    await Bun.sleep(60);
    renameSync(${JSON.stringify(join(other, STORE_FILE))}, ${JSON.stringify(file)});`);
  const tables = SqliteTables.toRead(file);
  expect(tables.meta("which")).toBe("after");
  tables.close();
  await replacer.exited;
});

test("a store that no peer has opened can be read", () => {
  storeWith(directory, "before").close();
  const restored = new Database(file);
  restored.run("PRAGMA journal_mode = DELETE");
  restored.close();
  const tables = SqliteTables.toRead(file);
  expect(tables.meta("which")).toBe("before");
  tables.close();
});

test("a store whose owner was killed as another file was to take its place can be read", async () => {
  storeWith(directory, "before").close();
  // Without its log, and in a commit: the cache holds two pages, so that those on the disk are new.
  const killed = `
    import { Database } from "bun:sqlite";
    const file = new Database(${JSON.stringify(file)});
    for (const sql of ["PRAGMA journal_mode = DELETE", "PRAGMA cache_size = 2", "BEGIN",
      "UPDATE meta SET value = 'half'", "CREATE TABLE spill AS SELECT zeroblob(99999)"]) file.run(sql);
    process.kill(process.pid, "SIGKILL");`;
  await Bun.spawn([process.execPath, "-e", killed]).exited;
  expect(existsSync(`${file}-journal`)).toBe(true);
  const tables = SqliteTables.toRead(file);
  expect(tables.meta("which")).toBe("before");
  tables.close();
});

/** A store with one root, a copy of it beside, and who puts it in its place. */
async function collected() {
  const backend = new SqliteBackend(directory);
  const store = new CellStore(backend, CAD3_TABLE);
  const upkeep = new StoreUpkeep(backend, store);
  const large = (text: string) => Vector.from([CVMString.of(text.padEnd(500))]);
  const [first, second] = [large("first"), large("second")];
  for (const root of [first, second]) store.write({ roots: [["v", root]] });
  const copy = join(directory, BUILD_FILE);
  const collection = new Collection(join(directory, STORE_FILE), copy);
  await collection.rounds(async () => {});
  await collection.finish(upkeep.noteRecent(), async () => {});
  return { backend, store, upkeep, copy, first };
}

test("a copy that is gone, or is not of this store, never takes its place", async () => {
  const { backend, store, upkeep, copy } = await collected();
  // Who has built it has waited for too long, and cleans up.
  rmSync(copy);
  expect(() => upkeep.adopt()).toThrow("does not belong to this store");
  expect(existsSync(copy)).toBe(false);
  expect(() => backend.replaceFile(copy)).toThrow("does not belong to this store");
  expectComplete(store, "v");
  store.close();
});

test("an exchange that fails leaves the store as it was, and what it has not is written again", async () => {
  const { backend, store, upkeep, first } = await collected();
  const previous = join(directory, "store.old.db");
  mkdirSync(previous);
  writeFileSync(join(previous, "file"), "");
  expect(() => upkeep.adopt()).toThrow(StoreError);
  expectComplete(store, "v");
  // As a disk does that fails behind the exchange: of what was collected nothing is there.
  const { database } = backend.tables;
  backend.fold();
  database.run("DELETE FROM cells WHERE instr(encoding, CAST('first' AS BLOB)) > 0");
  store.write({ roots: [["v", first]] });
  expectComplete(store, "v");
  rmSync(previous, { recursive: true });
  store.close();
});

test("a folder that is gone is a StoreError", async () => {
  const { store, first } = await collected();
  rmSync(directory, { recursive: true });
  await Bun.sleep(260);
  expect(() => store.write({ roots: [["w", first]] })).toThrow(StoreError);
  store.close();
});
