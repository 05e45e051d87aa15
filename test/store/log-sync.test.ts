// Writes for which the peer does not wait: durable once they are synced, and over when a sync
// fails.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, fstatSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CAD3_TABLE } from "../../src/data/decode.ts";
import { CVMString } from "../../src/data/string.ts";
import { CellStore } from "../../src/store/cell-store.ts";
import { LogSync } from "../../src/store/log-sync.ts";
import { SqliteBackend, STORE_FILE } from "../../src/store/sqlite-store.ts";
import { StoreError } from "../../src/store/store.ts";

let directory: string;
let log: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "convex-sync-"));
  log = join(directory, `${STORE_FILE}-wal`);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A disk on which syncs end when they are told to. */
class Disk {
  readonly fds: number[] = [];
  readonly #ends: PromiseWithResolvers<void>[] = [];

  readonly sync = (fd: number) => {
    this.fds.push(fd);
    const end = Promise.withResolvers<void>();
    this.#ends.push(end);
    return end.promise;
  };

  end(error?: Error): void {
    const end = this.#ends.shift();
    if (error === undefined) end?.resolve();
    else end?.reject(error);
  }
}

const root = (text: string) => ({ roots: [["v", CVMString.of(text)]] as const });

function isOver(promise: Promise<unknown>): Promise<boolean> {
  return Promise.race([promise.then(() => true), Bun.sleep(1).then(() => false)]);
}

test("what is written unsynced is read at once, and durable when its log is", async () => {
  const disk = new Disk();
  const backend = new SqliteBackend(directory, { sync: disk.sync });
  const store = new CellStore(backend, CAD3_TABLE);
  store.write(root("first"));
  expect(disk.fds).toEqual([]);
  store.writeUnsynced(root("second"));
  const second = store.root("v");
  const synced = store.synced();
  expect(fstatSync(disk.fds[0] as number).ino).toBe(statSync(log).ino);
  expect(await isOver(synced)).toBe(false);
  disk.end();
  await synced;
  store.close();
  const again = new CellStore(new SqliteBackend(directory), CAD3_TABLE);
  expect(again.root("v")).toBe(second);
  again.close();
});

test("SQLite itself syncs each write but the unsynced ones", () => {
  const backend = new SqliteBackend(directory);
  const store = new CellStore(backend, CAD3_TABLE);
  const mode = () => backend.tables.rows("PRAGMA synchronous")[0];
  const [NORMAL, FULL] = [[1], [2]];
  expect(mode()).toEqual(FULL);
  store.writeUnsynced(root("first"));
  expect(mode()).toEqual(NORMAL);
  store.write(root("second"));
  expect(mode()).toEqual(FULL);
  store.close();
});

test("how long a write took counts until it is synced", async () => {
  const disk = new Disk();
  const backend = new SqliteBackend(directory, { sync: disk.sync });
  const store = new CellStore(backend, CAD3_TABLE);
  const before = backend.writeTimes.count;
  store.writeUnsynced(root("first"));
  store.writeUnsynced(root("second"));
  const synced = store.synced();
  await Bun.sleep(5);
  expect(backend.writeTimes.count).toBe(before);
  disk.end();
  await synced;
  expect(backend.writeTimes.count).toBe(before + 1);
  expect(backend.writeTimes.takeLongest()).toBeGreaterThan(4);
  store.close();
});

test("what could not be written for lack of room does not count in how long the next write took", async () => {
  const gigabyte = 2 ** 30;
  let free = gigabyte;
  let now = 0;
  const room = { freeBytes: () => free, now: () => now };
  const backend = new SqliteBackend(directory, { ...room, sync: async () => {} });
  const store = new CellStore(backend, CAD3_TABLE);
  free = 0;
  now += 1_000;
  expect(() => store.writeUnsynced(root("first"))).toThrow(StoreError);
  await Bun.sleep(20);
  free = gigabyte;
  now += 1_000;
  const began = performance.now();
  store.writeUnsynced(root("first"));
  await store.synced();
  expect(backend.writeTimes.takeLongest()).toBeLessThanOrEqual(performance.now() - began);
  store.close();
});

test("after a sync that failed nothing is written, and the log is left as it is", async () => {
  const disk = new Disk();
  const backend = new SqliteBackend(directory, { sync: disk.sync });
  const store = new CellStore(backend, CAD3_TABLE);
  store.writeUnsynced(root("first"));
  const first = store.root("v");
  const synced = store.synced();
  disk.end(new Error("EIO: i/o error"));
  const failure = await synced.catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(StoreError);
  expect(failure).toMatchObject({ code: "DAMAGED", message: expect.stringContaining("EIO") });
  for (const write of [() => store.write(root("x")), () => store.writeUnsynced(root("x"))]) {
    expect(write).toThrow(failure as StoreError);
  }
  expect(await store.synced().catch((error: unknown) => error)).toBe(failure);
  expect(store.root("v")).toBe(first);
  const { size } = statSync(log);
  store.close();
  expect(statSync(log).size).toBe(size);
  // The disk of this test has kept it.
  const again = new CellStore(new SqliteBackend(directory), CAD3_TABLE);
  expect(again.root("v")).toBe(first);
  again.close();
});

test("a log that is closed while it is synced is closed behind that", async () => {
  const disk = new Disk();
  await Bun.write(log, "log");
  const sync = LogSync.of(log, disk.sync) as LogSync;
  const synced = sync.synced();
  sync.close();
  sync.close();
  const [fd] = disk.fds as [number];
  expect(fstatSync(fd).size).toBe(3);
  disk.end();
  await synced;
  expect(() => fstatSync(fd)).toThrow("EBADF");
});

test("where there is no log there is nothing to sync", () => {
  expect(existsSync(log)).toBe(false);
  expect(LogSync.of(log)).toBeNull();
});
