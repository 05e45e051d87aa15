// Backups in a bucket that others disturb: a second one at the same time, notes that are damaged, a
// manifest that is none, a full disk.

import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CAD3_TABLE } from "../../src/data/decode.ts";
import { CVMString } from "../../src/data/string.ts";
import { Vector } from "../../src/data/vector.ts";
import { type Bucket, backupToBucket, restoreFromBucket } from "../../src/store/bucket-backup.ts";
import { CellStore } from "../../src/store/cell-store.ts";
import { restoreTo, snapshot } from "../../src/store/file-backup.ts";
import { PartNotes } from "../../src/store/part-notes.ts";
import { openToAdd } from "../../src/store/sqlite-file.ts";
import { STORE_FILE, sqliteStore } from "../../src/store/sqlite-store.ts";
import { SqliteTables } from "../../src/store/sqlite-tables.ts";
import type { Store, StoreError } from "../../src/store/store.ts";
import { expectComplete } from "./closure.ts";

const OWNER = { genesis: "genesis", peer: "key" };

let folder: string;
let data: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "convex-bucket-"));
  data = join(folder, "data");
  store = sqliteStore(data, CAD3_TABLE);
  grow(5);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function grow(count: number): void {
  const large = (_: unknown, i: number) => CVMString.of(`element ${i} of ${count}`.padEnd(300));
  store.write({ roots: [["peer", Vector.from(Array.from({ length: count }, large))]] });
}

/** Objects in a folder. */
class FolderBucket implements Bucket {
  readonly address = "s3://folder";
  readonly #texts = new Map<string, string>();
  /** Called before a part is sent. */
  sending: () => Promise<void> = async () => {};

  async readText(name: string): Promise<string | null> {
    return this.#texts.get(name) ?? null;
  }
  async writeText(name: string, text: string): Promise<void> {
    this.#texts.set(name, text);
  }
  async upload(name: string, path: string): Promise<void> {
    await this.sending();
    copyFileSync(path, join(folder, name));
  }
  async download(name: string, path: string): Promise<void> {
    copyFileSync(join(folder, name), path);
  }
}

async function backup(bucket: Bucket, owner = OWNER) {
  const source = SqliteTables.toRead(join(data, STORE_FILE));
  try {
    return await backupToBucket(source, bucket, data, owner, async () => {});
  } finally {
    source.close();
  }
}

async function expectRestored(bucket: Bucket): Promise<void> {
  const path = join(folder, "restored.db");
  await restoreFromBucket(bucket, data, path, async () => {});
  const tables = SqliteTables.toRead(path);
  expect(tables.root("peer")).toBe(store.root("peer"));
  const restored = new CellStore(tables, CAD3_TABLE);
  expectComplete(restored, "peer");
  restored.close();
}

test("of two backups to one address at a time the second is refused, and the first is whole", async () => {
  const bucket = new FolderBucket();
  let refusal = "";
  bucket.sending = async () => {
    grow(7);
    refusal = await backup(bucket).then(
      () => "",
      (error) => `${error.code} ${error.message}`,
    );
    grow(5);
  };
  expect(await backup(bucket)).toMatchObject({ isWhole: true, parts: 1 });
  expect(refusal).toContain("BUSY Another backup to the same address is under way");
  await expectRestored(bucket);
});

test("notes that are damaged are begun anew, with a whole backup", async () => {
  const bucket = new FolderBucket();
  await backup(bucket);
  expect(await backup(bucket)).toMatchObject({ isWhole: false });
  const notes = readdirSync(data).find((name) => /^backup-.*\.db$/.test(name)) as string;
  await Bun.write(join(data, notes), "no database, but long enough for a header ".repeat(200));
  expect(await backup(bucket)).toMatchObject({ isWhole: true, parts: 1 });
  await expectRestored(bucket);
});

const note = (i: number) => String(i).padStart(32);

/** Notes in a file of their own. */
function notesOf(count: number): { notes: PartNotes; path: string } {
  const path = join(folder, "notes.db");
  const notes = PartNotes.open(path);
  for (let i = 0; i < count; i++) notes.add(note(i));
  notes.keep("first");
  notes.close();
  return { notes: PartNotes.open(path), path };
}

/** Damages all pages but the first. */
function damage(path: string): void {
  const bytes = readFileSync(path);
  expect(bytes.length).toBeGreaterThan(10 * 4096);
  writeFileSync(path, bytes.fill(0x5a, 4096));
}

test("notes that another backup has are neither read through nor thrown away", () => {
  const { notes, path } = notesOf(2_000);
  damage(path);
  const bytes = readFileSync(path);
  expect(() => PartNotes.open(path)).toThrow("Another backup to the same address is under way");
  expect(readFileSync(path)).toEqual(bytes);
  notes.close();
});

test("damage of the notes is said to be theirs, and what to do", () => {
  // More than SQLite keeps in memory.
  const count = 100_000;
  const { notes, path } = notesOf(count);
  damage(path);
  let said = "";
  try {
    for (let i = 0; i < count; i++) notes.has(note(i));
  } catch (error) {
    said = `${(error as StoreError).code} ${(error as Error).message}`;
  }
  expect(said).toContain(`DAMAGED The notes ${path} of what the backup holds are damaged.`);
  expect(said).toContain("Delete this file, and back up again");
  notes.close();
});

test("a manifest that is no manifest is said to be none", async () => {
  const bucket = new FolderBucket();
  for (const text of ["null", "7", "[]", "{"]) {
    await bucket.writeText("manifest.json", text);
    await expect(backup(bucket)).rejects.toThrow("The manifest of the backup s3://folder");
  }
});

test("a manifest of another version is not read", async () => {
  const bucket = new FolderBucket();
  for (const manifest of [{ version: 2, genesis: "genesis", parts: [] }, { version: 1 }]) {
    await bucket.writeText("manifest.json", JSON.stringify(manifest));
    await expect(backup(bucket)).rejects.toThrow("this release reads 1");
  }
});

test("a later backup brings what is new, and both are restored", async () => {
  const bucket = new FolderBucket();
  const first = await backup(bucket);
  grow(9);
  const second = await backup(bucket);
  expect(second).toMatchObject({ isWhole: false, parts: 2 });
  expect(second.cells).toBe(10);
  expect((await backup(bucket)).cells).toBe(0);
  expect(first.cells).toBe(6);
  const left = readdirSync(data).filter((name) => name.includes(".part"));
  expect(left).toEqual([]);
  await expectRestored(bucket);
  expect(existsSync(join(folder, "restoring.parts"))).toBe(false);
});

test("what a backup that was killed has left is in nobody's way", async () => {
  const bucket = new FolderBucket();
  const label = createHash("sha256").update(bucket.address).digest("hex").slice(0, 16);
  writeFileSync(join(data, `backup-${label}.part`), "no database ".repeat(1_000));
  expect(await backup(bucket)).toMatchObject({ isWhole: true, parts: 1 });
  await expectRestored(bucket);
});

test("a store in which there is nothing yet has no backup", async () => {
  const empty = join(folder, "empty");
  sqliteStore(empty, CAD3_TABLE).close();
  const source = SqliteTables.toRead(join(empty, STORE_FILE));
  const made = backupToBucket(source, new FolderBucket(), empty, OWNER, async () => {});
  await expect(made).rejects.toThrow("is empty: there is nothing to keep a copy of");
  source.close();
});

test("a target that is full is named, and is no fault of the program", async () => {
  const positions = Array.from({ length: 5_000 }, (_, i) => {
    const hash = String(i).padStart(32);
    return [hash, { block: i, index: -1 }] as const;
  });
  store.write({ roots: [], positions });
  const source = SqliteTables.toRead(join(data, STORE_FILE));
  mkdirSync(join(folder, "small"));
  const path = join(folder, "small", "target.db");
  const target = new SqliteTables(openToAdd(path), path);
  target.database.run("PRAGMA max_page_count = 20");
  expect(() => snapshot(source, target)).toThrow(`There is no space left for the store ${path}`);
  target.close();
  source.close();
});

test("damaged positions of a backup are said to be its damage", async () => {
  const path = join(folder, "damaged.db");
  const target = new SqliteTables(openToAdd(path), path);
  const source = SqliteTables.toRead(join(data, STORE_FILE));
  snapshot(source, target);
  target.close();
  source.close();
  const file = new Database(path);
  file.run("INSERT INTO roots VALUES ('peer', zeroblob(32))");
  const sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'positions'";
  const page = Number(file.prepare(sql).values()[0]?.[0]);
  file.close();
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.fill(0x5a, (page - 1) * 4096, page * 4096));
  const damaged = SqliteTables.toRead(path);
  const made = join(folder, "made.db");
  const restored = restoreTo(damaged, [damaged], made, async () => {});
  await expect(restored).rejects.toThrow(`The backup ${path} is damaged`);
  damaged.close();
});

test("a bucket keeps the backup of the peer that it was begun for", async () => {
  const bucket = new FolderBucket();
  await backup(bucket);
  const before = await bucket.readText("manifest.json");
  const other = backup(bucket, { ...OWNER, peer: "another key" });
  await expect(other).rejects.toThrow("is of peer key, not of another key");
  expect(await bucket.readText("manifest.json")).toBe(before);
  // As an earlier release wrote it.
  const { key: _key, ...older } = JSON.parse(before ?? "");
  await bucket.writeText("manifest.json", JSON.stringify(older));
  await backup(bucket, { ...OWNER, peer: "another key" });
  await expectRestored(bucket);
});
