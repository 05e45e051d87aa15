// When what was let go is collected: at once stops the thread, so that a busy peer leaves it to the
// runtime.

import { afterAll, afterEach, expect, jest, spyOn, test } from "bun:test";
import { CollectionAtRest, CollectionWhenFull } from "../../src/store/cell-cache.ts";

const MEGABYTE = 2 ** 20;
const collected = spyOn(Bun, "gc").mockImplementation(() => {});
const used = spyOn(process, "cpuUsage");

afterAll(() => {
  collected.mockRestore();
  used.mockRestore();
});

afterEach(() => {
  collected.mockClear();
  jest.useRealTimers();
});

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** Lets two seconds pass in which the process has been busy for so many milliseconds. */
function pass(busyMs: number): void {
  used.mockImplementation(() => ({ user: busyMs * 1_000, system: 0 }));
  jest.advanceTimersByTime(2_000);
}

test("a heap that is much larger than the cache is collected at once", async () => {
  new CollectionAtRest().wish(-1_000 * MEGABYTE);
  await nextTurn();
  expect(collected).toHaveBeenCalledTimes(1);
});

test("a smaller heap is collected once, when the process has come to rest", async () => {
  jest.useFakeTimers();
  const collection = new CollectionAtRest();
  collection.wish(10_000 * MEGABYTE);
  collection.wish(10_000 * MEGABYTE);
  pass(1_500);
  pass(600);
  await nextTurn();
  expect(collected).toHaveBeenCalledTimes(0);
  pass(400);
  await nextTurn();
  expect(collected).toHaveBeenCalledTimes(1);
});

/** A heap that grows by 64 MB before each of so many collections that are wished for. */
function collectionsOf(wishes: number, isHeld: boolean): number {
  let size = 100 * MEGABYTE;
  let collections = 0;
  const collection = new CollectionWhenFull({
    size: () => size,
    collect: () => {
      collections++;
      if (!isHeld) size = 100 * MEGABYTE;
    },
  });
  for (let i = 0; i < wishes; i++) {
    size += 64 * MEGABYTE;
    collection.collect();
  }
  return collections;
}

test("what a reader lets go of is collected each time that the cache is full", () => {
  expect(collectionsOf(100, false)).toBe(100);
});

test("while a reader holds on to what it reads, only as its heap has grown by half", () => {
  expect(collectionsOf(100, true)).toBeLessThan(12);
});
