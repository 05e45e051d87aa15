// The lane of queries: in order, with turns for others, bounded, and none lost to another's
// failure.

import { expect, test } from "bun:test";
import { SYSTEM_CLOCK } from "../../src/peer/clock.ts";
import { LANE_MAX, LaneFullError, WorkLane } from "../../src/rest/work-lane.ts";
import { LoopTurns } from "./loop-turns.ts";

function busy(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test("jobs run one after another, in the order they came", async () => {
  const lane = new WorkLane(SYSTEM_CLOCK);
  const done: number[] = [];
  const jobs = Array.from({ length: 20 }, (_, i) =>
    lane.run(async () => {
      await Promise.resolve();
      done.push(i);
      return i;
    }),
  );
  expect(await Promise.all(jobs)).toEqual(done);
  expect(done).toEqual(Array.from({ length: 20 }, (_, i) => i));
});

test("others get their turn between long jobs", async () => {
  const lane = new WorkLane(SYSTEM_CLOCK);
  const turns = new LoopTurns();
  await Promise.all(Array.from({ length: 10 }, () => lane.run(async () => busy(6))));
  turns.end();
  expect(turns.count).toBeGreaterThanOrEqual(8);
});

test("what came with the same events is answered together, with or without a promise", async () => {
  const lane = new WorkLane(SYSTEM_CLOCK);
  const order: string[] = [];
  const jobs = [1, 2, 3].map((i) =>
    lane
      .run(() => {
        order.push(`run ${i}`);
        return i;
      })
      .then(() => order.push(`answer ${i}`)),
  );
  expect(order).toEqual([]);
  await Promise.all(jobs);
  expect(order).toEqual(["run 1", "run 2", "run 3", "answer 1", "answer 2", "answer 3"]);
  const failing = lane.run(() => {
    throw new Error("no");
  });
  expect(failing).rejects.toThrow("no");
  expect(await lane.run(() => "yes")).toBe("yes");
});

test("a job that fails is its caller's alone", async () => {
  const lane = new WorkLane(SYSTEM_CLOCK);
  const failing = lane.run(async () => {
    throw new Error("no");
  });
  const next = lane.run(async () => "yes");
  expect(failing).rejects.toThrow("no");
  expect(await next).toBe("yes");
  expect(await lane.run(async () => 1)).toBe(1);
});

test("a full lane refuses", async () => {
  const lane = new WorkLane(SYSTEM_CLOCK);
  const waiting = Array.from({ length: LANE_MAX }, () => lane.run(async () => {}));
  expect(lane.waiting).toBe(LANE_MAX);
  expect(lane.run(async () => {})).rejects.toBeInstanceOf(LaneFullError);
  await Promise.all(waiting);
  expect(lane.waiting).toBe(0);
});

test("turns alternate with slices of queries, and other events come in between", async () => {
  const lane = new WorkLane(SYSTEM_CLOCK);
  const order: string[] = [];
  const done = [1, 2].flatMap((i) => [
    lane.run(() => {
      busy(6);
      order.push(`query ${i}`);
    }),
    lane.turn().then(() => {
      order.push(`turn ${i}`);
      setImmediate(() => order.push(`after ${i}`));
    }),
  ]);
  await Promise.all(done);
  await new Promise((resolve) => setImmediate(resolve));
  const at = (what: string) => order.indexOf(what);
  expect(order.filter((what) => !what.startsWith("after"))).toEqual([
    "turn 1",
    "query 1",
    "turn 2",
    "query 2",
  ]);
  expect(at("after 1")).toBeLessThan(at("turn 2"));
});

test("a full lane still gives turns", async () => {
  const lane = new WorkLane(SYSTEM_CLOCK);
  const waiting = Array.from({ length: LANE_MAX }, () => lane.run(async () => {}));
  await lane.turn();
  await Promise.all(waiting);
});
