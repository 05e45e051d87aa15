// What a store counts of its writes.

import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteBackend } from "../../src/store/sqlite-store.ts";
import { WRITE_BUCKETS, WriteTimes } from "../../src/store/write-times.ts";

test("a write counts in the first bucket whose bound it does not pass", () => {
  const times = new WriteTimes();
  for (const ms of [0, 1, 1.5, 500, 10_000, 10_001]) times.add(ms);
  expect(times.buckets).toEqual([2, 1, 0, 0, 1, 0, 1, 1]);
  expect(times.buckets).toHaveLength(WRITE_BUCKETS.length + 1);
  expect(times.count).toBe(6);
  expect(times.seconds).toBeCloseTo(20.5035, 9);
});

test("the longest write is handed over once", () => {
  const times = new WriteTimes();
  expect(times.takeLongest()).toBe(0);
  for (const ms of [3, 7, 5]) times.add(ms);
  expect(times.takeLongest()).toBe(7);
  expect(times.takeLongest()).toBe(0);
  times.add(2);
  expect(times.takeLongest()).toBe(2);
});

test("each transaction of a store on disk is counted, one that fails is not", () => {
  const directory = mkdtempSync(join(tmpdir(), "write-times-"));
  const backend = new SqliteBackend(directory);
  try {
    backend.transaction((w) => w.putMeta("a", "1"));
    backend.transaction((w) => {
      w.putMeta("a", "2");
      Bun.sleepSync(3);
    });
    const failing = () => {
      throw new Error("no");
    };
    expect(() => backend.transaction(failing)).toThrow("no");
    expect(backend.writeTimes.count).toBe(2);
    expect(backend.writeTimes.takeLongest()).toBeGreaterThanOrEqual(3);
  } finally {
    backend.close();
    rmSync(directory, { recursive: true });
  }
});
