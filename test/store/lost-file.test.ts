// A log whose file is gone, or has lost its content, holds what the peer wrote last: nobody who
// opens the store may let SQLite remove it. A store whose files are removed while it is open takes
// nothing more, which would be lost with them.

import { afterAll, expect, test } from "bun:test";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { formatOf, openToRead } from "../../src/store/sqlite-file.ts";
import { SqliteBackend, STORE_FILE, sqliteStore } from "../../src/store/sqlite-store.ts";
import { STORE_VERSION, StoreError } from "../../src/store/store.ts";

const folder = mkdtempSync(join(tmpdir(), "convex-lost-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

const LOG = `${STORE_FILE}-wal`;

/** What a killed peer leaves: its file, and a log with all that it wrote. */
function killed(name: string): string {
  const [live, place] = [join(folder, `${name}-live`), join(folder, name)];
  mkdirSync(live);
  mkdirSync(place);
  const store = sqliteStore(live, CVM_TABLE);
  store.write({ roots: [], meta: [["told", "yes"]] });
  for (const file of [STORE_FILE, LOG]) cpSync(join(live, file), join(place, file));
  store.close();
  expect(statSync(join(place, LOG)).size).toBeGreaterThan(0);
  return place;
}

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof StoreError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "not refused";
}

test("an empty file beside its log is damage, and the log stays", () => {
  const place = killed("empty");
  const path = join(place, STORE_FILE);
  const before = readFileSync(join(place, LOG));
  truncateSync(path);
  const said = `DAMAGED: The store ${path} is empty, but its log ${path}-wal is not`;
  expect(refusal(() => openToRead(path))).toStartWith(said);
  expect(refusal(() => sqliteStore(place, CVM_TABLE))).toStartWith(said);
  expect(formatOf(path)).toBeNull();
  expect(readFileSync(join(place, LOG))).toEqual(before);
  expect(statSync(path).size).toBe(0);
});

test("a log that was left behind by a file moved away waits for it", () => {
  const place = killed("moved");
  const path = join(place, STORE_FILE);
  const before = readFileSync(join(place, LOG));
  cpSync(path, join(folder, "away.db"));
  rmSync(path);
  const said = `DAMAGED: The store ${path} is gone, but its log ${path}-wal is there`;
  expect(refusal(() => sqliteStore(place, CVM_TABLE))).toStartWith(said);
  expect(existsSync(path)).toBe(false);
  expect(readFileSync(join(place, LOG))).toEqual(before);
  // Put back, it has all that was written.
  cpSync(join(folder, "away.db"), path);
  const store = sqliteStore(place, CVM_TABLE);
  expect(store.meta("told")).toBe("yes");
  store.close();
});

test("what a start leaves that was killed as it made the file is begun with", () => {
  for (const [name, log] of [
    ["no-log", null],
    ["empty-log", ""],
  ] as const) {
    const place = join(folder, name);
    mkdirSync(place);
    writeFileSync(join(place, STORE_FILE), "");
    if (log !== null) writeFileSync(join(place, LOG), log);
    sqliteStore(place, CVM_TABLE).close();
    expect(formatOf(join(place, STORE_FILE))).toBe(STORE_VERSION);
  }
});

test("a lock that something else has written to is named itself, not the store", () => {
  const place = killed("locked");
  const lock = join(place, "store.lock");
  writeFileSync(lock, "garbage".repeat(1000));
  const said = refusal(() => sqliteStore(place, CVM_TABLE));
  expect(said).toStartWith(`FOREIGN: ${lock} is no lock of a store`);
  expect(said).toContain("remove it while no peer runs");
  rmSync(lock);
  sqliteStore(place, CVM_TABLE).close();
  expect(readdirSync(place)).toContain(STORE_FILE);
});

test.each([STORE_FILE, LOG])("while %s is not in its place nothing is written", (name) => {
  const place = mkdtempSync(join(folder, "open-"));
  let nowMs = 0;
  const backend = new SqliteBackend(place, { now: () => nowMs });
  const write = () => backend.transaction((w) => w.putMeta("told", String(nowMs)));
  write();
  const path = join(place, name);
  for (const change of ["moved", "another"]) {
    nowMs += 1_000;
    write();
    renameSync(path, join(place, "away"));
    if (change === "another") writeFileSync(path, "");
    nowMs += 1_000;
    const said = `IO: ${path} was removed or replaced while this peer has it open`;
    for (let i = 0; i < 2; i++) expect(refusal(write)).toStartWith(said);
    expect(refusal(() => backend.lackOfRoom())).toStartWith(said);
    expect(backend.meta("told")).toBe(String(nowMs - 1_000));
    renameSync(join(place, "away"), path);
    write();
    expect(backend.lackOfRoom()).toBe(null);
  }
  backend.close();
});

test("a data directory that was moved away is named, and taken when it is back", () => {
  const place = join(folder, "whole");
  let nowMs = 0;
  const backend = new SqliteBackend(place, { now: () => nowMs });
  const write = () => backend.transaction((w) => w.putMeta("told", "yes"));
  write();
  renameSync(place, `${place}-away`);
  nowMs += 1_000;
  expect(refusal(write)).toStartWith(`IO: The data directory ${place} is gone`);
  renameSync(`${place}-away`, place);
  write();
  backend.close();
});
