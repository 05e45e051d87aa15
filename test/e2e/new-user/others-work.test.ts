import { expect, test } from "bun:test";
import { machineWork, othersMs } from "./others-work.ts";

/** Two processors; user, nice, system, idle, iowait, irq, softirq, steal, guest, guest_nice. */
const STAT = `cpu  100 20 30 7000 800 4 5 6 90 10
cpu0 60 10 15 3500 400 2 3 3 45 5
cpu1 40 10 15 3500 400 2 2 3 45 5
intr 143482204 0 0
ctxt 373355354
`;

test("what a machine has worked is all that is not idle, and guests once", () => {
  expect(machineWork(STAT)).toEqual({ workedMs: 1_650, processors: 2 });
  expect(machineWork("")).toBeNull();
});

test("the others' part is what was not worked here, of each processor", () => {
  const [before, after] = [0, 1_000].map((workedMs) => ({ workedMs, processors: 2 }));
  const between = (ownMs: number) => othersMs(before ?? null, after ?? null, ownMs);
  expect([between(0), between(400), between(1_010)]).toEqual([500, 300, 0]);
  expect([othersMs(null, after ?? null, 0), othersMs(before ?? null, null, 0)]).toEqual([0, 0]);
});
