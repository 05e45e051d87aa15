// What a burst of messages leaves in memory is collected when there is time for it, and no more
// often than is worth it.

import { expect, test } from "bun:test";
import {
  CALM_LOOKS,
  COLLECTION_PAUSE_MS,
  HIGH_BYTES,
  MemoryWatch,
  SHORT_PAUSE_MS,
  VERY_HIGH_BYTES,
  WATCH_MS,
} from "../../../src/cli/start/memory-watch.ts";

const LOOKS_OF_PAUSE = COLLECTION_PAUSE_MS / WATCH_MS;
/** Large, and not very large, when there were half of HIGH_BYTES before. */
const LARGE_BYTES = VERY_HIGH_BYTES - 1;

/** A process of which the test says how much memory and time it takes. */
class Scene {
  residentBytes = HIGH_BYTES / 2;
  collections = 0;
  #processorTime = 0;
  readonly #watch = new MemoryWatch({
    resident: () => this.residentBytes,
    processorTime: () => this.#processorTime,
    collect: () => {
      this.collections++;
    },
  });

  /** @param share of a processor that is used between two looks */
  look(times = 1, share = 0): void {
    for (let i = 0; i < times; i++) {
      this.#processorTime += share * WATCH_MS * 1_000;
      this.#watch.look();
    }
  }
}

test("what a burst has left is collected once it is over", () => {
  const scene = new Scene();
  scene.look();
  scene.residentBytes = LARGE_BYTES;
  scene.look(5, 0.9);
  expect(scene.collections).toBe(0);
  scene.look(1, 0.1);
  expect(scene.collections).toBe(1);
});

test("what makes a process very large is collected while it is busy, and again soon", () => {
  const scene = new Scene();
  scene.look();
  scene.residentBytes = VERY_HIGH_BYTES + 1;
  scene.look(1, 0.9);
  expect(scene.collections).toBe(1);
  scene.look(1, 0.9);
  scene.residentBytes *= 1.3;
  scene.look(SHORT_PAUSE_MS / WATCH_MS - 2, 0.9);
  expect(scene.collections).toBe(1);
  scene.look(1, 0.9);
  expect(scene.collections).toBe(2);
});

test("a very large process that has come to rest is collected once, grown or not", () => {
  const scene = new Scene();
  scene.residentBytes = VERY_HIGH_BYTES + 1;
  scene.look(COLLECTION_PAUSE_MS / WATCH_MS, 0.9);
  expect(scene.collections).toBe(0);
  scene.look(CALM_LOOKS - 1);
  scene.look(1, 0.9);
  scene.look(CALM_LOOKS - 1);
  expect(scene.collections).toBe(0);
  scene.look();
  expect(scene.collections).toBe(1);
  scene.look(COLLECTION_PAUSE_MS / WATCH_MS);
  expect(scene.collections).toBe(1);
});

test("a process that is not large, or has not grown, is left alone", () => {
  const scene = new Scene();
  scene.look();
  scene.residentBytes = HIGH_BYTES;
  scene.look(100);
  const large = new Scene();
  large.residentBytes = 4 * HIGH_BYTES;
  large.look(100);
  large.residentBytes *= 1.04;
  large.look(100);
  large.residentBytes *= 1.1;
  large.look(1, 0.9);
  expect([scene.collections, large.collections]).toEqual([0, 0]);
  large.look();
  expect(large.collections).toBe(1);
});

test("what stays after a collection counts from then on, and the next one is not soon", () => {
  const scene = new Scene();
  scene.look();
  scene.residentBytes = LARGE_BYTES;
  scene.look(2 * LOOKS_OF_PAUSE);
  expect(scene.collections).toBe(1);
  scene.residentBytes = HIGH_BYTES / 2;
  scene.look();
  scene.residentBytes = LARGE_BYTES;
  scene.look();
  expect(scene.collections).toBe(2);
  scene.residentBytes = HIGH_BYTES / 2;
  scene.look();
  scene.residentBytes = LARGE_BYTES;
  scene.look(LOOKS_OF_PAUSE - 2);
  expect(scene.collections).toBe(2);
  scene.look();
  expect(scene.collections).toBe(3);
});
