// What peers send is read by the time that it takes and by their stake: one of little is not read
// for a while after much, on whatever connections it says it, and all others are.

import { expect, test } from "bun:test";
import { keyOf } from "../../../src/crypto/sha3.ts";
import type { Neighbour } from "../../../src/peer/connections/neighbour.ts";
import { ReadingDebts } from "../../../src/peer/connections/reading-debts.ts";
import { LOOK_COUNTS_MAX_MS, READING_TERMS } from "../../../src/peer/network-bounds.ts";
import { MINIMUM_EFFECTIVE_STAKE } from "../../../src/state/constants.ts";
import { keyPair, newState, TestClock } from "../scene.ts";

const HOUR_MS = 3_600_000;
const { burst, perSecond, leastPerSecond } = READING_TERMS;

function scene() {
  const clock = new TestClock();
  const state = newState([1000 * MINIMUM_EFFECTIVE_STAKE, MINIMUM_EFFECTIVE_STAKE]);
  const pauses: [Neighbour, number][] = [];
  const debts = new ReadingDebts({
    clock,
    state: () => state,
    pause: (neighbour, ms) => pauses.push([neighbour, ms]),
  });
  return { clock, debts, pauses };
}

const neighbour = (i: number | null) =>
  ({ key: i === null ? null : keyOf(keyPair(i).publicKey) }) as Neighbour;

test("a peer of little stake is not read for as long as it has cost too much", () => {
  const { clock, debts, pauses } = scene();
  const all = [neighbour(1), neighbour(1)];
  const [first, second] = all as [Neighbour, Neighbour];
  const spend = (ms: number) => debts.add(first, ms, () => all);
  spend(burst - 1);
  expect(pauses).toEqual([]);
  spend(101);
  const ms = (100 / leastPerSecond) * 1_000 + 1;
  expect(pauses).toEqual([
    [first, ms],
    [second, ms],
  ]);
  // One that was being read; and a further connection is not listened to any sooner.
  spend(1);
  const late = neighbour(1);
  debts.proved(late);
  expect(pauses.slice(2)).toEqual([[late, ms + 1_000 / leastPerSecond]]);
  clock.advance(pauses[2]?.[1] as number);
  debts.proved(neighbour(1));
  expect(pauses).toHaveLength(3);
  // Then it costs as much again as has fallen due.
  spend(leastPerSecond);
  expect(pauses.slice(3).map(([who]) => who)).toEqual(all);
});

test("one of much stake costs more, and nothing is held against who has proved no key", () => {
  const { clock, debts, pauses } = scene();
  const [much, nobody] = [neighbour(0), neighbour(null)];
  for (let tenth = 0; tenth < 100; tenth++) {
    debts.add(much, 0.09 * perSecond, () => [much]);
    debts.add(nobody, burst, () => [nobody]);
    debts.proved(nobody);
    clock.advance(100);
  }
  expect(pauses).toEqual([]);
});

test("what an hour has passed over, for which the machine stood still, is not held against anybody", () => {
  const { debts, pauses } = scene();
  const [much, little] = [neighbour(0), neighbour(1)];
  for (const each of [much, little]) debts.add(each, HOUR_MS, () => [each]);
  const excessMs = LOOK_COUNTS_MAX_MS - burst;
  expect(pauses.map(([, ms]) => Math.round(ms / 1_000))).toEqual([
    Math.round(excessMs / perSecond),
    Math.round(excessMs / leastPerSecond),
  ]);
});
