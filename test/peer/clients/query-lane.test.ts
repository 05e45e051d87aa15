// The lane of queries: who fills it leaves others their places.

import { expect, test } from "bun:test";
import type { Connection } from "../../../src/net/connection.ts";
import { QUERIES_AT_ONCE, QUERIES_OF_ONE_MIN } from "../../../src/peer/bounds.ts";
import { QueryLane } from "../../../src/peer/clients/query-lane.ts";
import { stillThere } from "../../in-memory.ts";
import { TestClock } from "../scene.ts";

const LIMIT = 200;

const connection = (spent: (ms: number) => void = () => {}) =>
  ({ isWritable: true, spent }) as Connection;
const endless = () => new Promise<void>(() => {});
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** How many of so many requests are taken. */
function added(lane: QueryLane, from: Connection, count: number): number {
  let taken = 0;
  for (let i = 0; i < count; i++) if (lane.add(from, endless)) taken++;
  return taken;
}

test("a full lane has room for a few requests of who has none in it, and for no more", async () => {
  const lane = new QueryLane(new TestClock(), LIMIT);
  const greedy = connection();
  expect(added(lane, greedy, QUERIES_AT_ONCE)).toBe(QUERIES_AT_ONCE);
  await turn();
  expect(added(lane, greedy, 2 * LIMIT)).toBe(LIMIT);
  expect(lane.waiting).toBe(LIMIT);
  const other = connection();
  expect(added(lane, other, 2 * QUERIES_OF_ONE_MIN)).toBe(QUERIES_OF_ONE_MIN);
  expect(added(lane, greedy, 1)).toBe(0);
  lane.remove(greedy);
  expect(added(lane, other, 1)).toBe(1);
  lane.remove(other);
  expect(lane.waiting).toBe(0);
});

test("the time that a job takes is told to the connection that has asked", async () => {
  const clock = new TestClock();
  const lane = new QueryLane(clock);
  const told: number[] = [];
  lane.add(
    connection((ms) => told.push(ms)),
    async () => clock.advance(300),
  );
  await turn();
  expect(told).toEqual([300]);
});

test("what was answered is let go, although more of the connection waits", async () => {
  const lane = new QueryLane(new TestClock());
  let isWritable = true;
  const from = {
    ...connection(),
    get isWritable() {
      return isWritable;
    },
  } as Connection;
  const held: WeakRef<() => Promise<void>>[] = [];
  let done = 0;
  for (let i = 0; i < 101; i++) {
    const job = async () => {
      done++;
      isWritable = done < 100;
    };
    held.push(new WeakRef(job));
    lane.add(from, job);
  }
  while (done < 100) await turn();
  expect(lane.waiting).toBe(1);
  expect(await stillThere(held)).toBeLessThan(10);
});
