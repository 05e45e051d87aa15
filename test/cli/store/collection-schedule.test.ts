// When a running peer has its store collected by itself.

import { expect, spyOn, test } from "bun:test";
import { statSync } from "node:fs";
import {
  CollectionSchedule,
  collectAside,
  GROWTH_MIN_BYTES,
  LOOK_MS,
} from "../../../src/cli/store/collection-schedule.ts";
import { StoreError } from "../../../src/store/store.ts";
import { SetClock, TestClock } from "../../peer/scene.ts";

const HOUR_MS = 3_600_000;
const GB = 2 ** 30;

class Scene {
  readonly clock = new TestClock();
  /** What the schedule has: its time of day can be set. */
  readonly setClock = new SetClock(this.clock);
  bytes = GB;
  collections = 0;
  /** Fails when the store can't be looked at. */
  look = () => {};
  readonly schedule: CollectionSchedule;

  constructor(everyMs: number | null, budgetBytes: number | null) {
    this.schedule = new CollectionSchedule(
      { everyMs, budgetBytes },
      this.setClock,
      () => {
        this.look();
        return this.bytes;
      },
      async () => {
        this.collections++;
        this.bytes = GB;
      },
    );
  }

  /** Lets time pass in the steps of the schedule. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += LOOK_MS) {
      this.clock.advance(LOOK_MS);
      await Bun.sleep(0);
    }
  }
}

test("a store that has grown is collected when the time has come", async () => {
  const scene = new Scene(HOUR_MS, null);
  await scene.pass(3 * HOUR_MS);
  expect(scene.collections).toBe(0);
  scene.bytes = GB + GROWTH_MIN_BYTES;
  await scene.pass(2 * LOOK_MS);
  // By a sixteenth only: reading all of it would give little back.
  expect(scene.collections).toBe(0);
  scene.bytes = 2 * GB;
  await scene.pass(2 * LOOK_MS);
  expect(scene.collections).toBe(1);
  scene.bytes = 2 * GB;
  await scene.pass(HOUR_MS / 2);
  expect(scene.collections).toBe(1);
  await scene.pass(HOUR_MS);
  expect(scene.collections).toBe(2);
});

test("a time of day that is set back or forward changes nothing", async () => {
  const scene = new Scene(HOUR_MS, null);
  scene.bytes = 2 * GB;
  scene.setClock.aheadMs = 2 * HOUR_MS;
  await scene.pass(2 * LOOK_MS);
  expect(scene.collections).toBe(0);
  // As of a machine that came up years ahead.
  scene.setClock.aheadMs = -24 * 365 * HOUR_MS;
  await scene.pass(HOUR_MS);
  expect(scene.collections).toBe(1);
});

test("beyond the budget it does not wait", async () => {
  const scene = new Scene(null, 3 * GB);
  scene.bytes = 2 * GB;
  await scene.pass(48 * HOUR_MS);
  expect(scene.collections).toBe(0);
  scene.bytes = 3 * GB + 1;
  await scene.pass(2 * LOOK_MS);
  expect(scene.collections).toBe(1);
});

test("after its end nothing is begun", async () => {
  const scene = new Scene(HOUR_MS, null);
  scene.bytes = 9 * GB;
  scene.schedule.stop();
  await scene.pass(2 * HOUR_MS);
  expect(scene.collections).toBe(0);
});

test("a machine that can't start the collection is no reason for the peer to end", async () => {
  const said = spyOn(process.stderr, "write").mockImplementation(() => true);
  try {
    // As an executable that was replaced, or removed, since the peer has started.
    await collectAside("/nowhere", ["/nowhere/convex-peer"]);
    expect(said.mock.calls.join()).toContain("The store was not collected: ENOENT");
    const failing = ["/bin/sh", "-c", "echo 'convex-peer: no room' >&2; exit 74"];
    await collectAside("/nowhere", failing);
    const line = String(said.mock.calls.at(-1)?.[0]);
    expect(JSON.parse(line)).toMatchObject({
      level: "warn",
      message: "The store was not collected: no room",
    });
  } finally {
    said.mockRestore();
  }
});

const closed = () => {
  statSync("/dev/null/store.db");
};
const notOpenedAgain = () => {
  throw new StoreError("IO", "it could not be opened in the place of the one before");
};

test.each([closed, notOpenedAgain])(
  "a store that can't be looked at is not due: %p",
  async (look) => {
    const scene = new Scene(HOUR_MS, null);
    scene.bytes = 2 * GB;
    scene.look = look;
    await scene.pass(2 * HOUR_MS);
    expect(scene.collections).toBe(0);
    scene.look = () => {};
    await scene.pass(2 * LOOK_MS);
    expect(scene.collections).toBe(1);
  },
);
