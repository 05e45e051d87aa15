// When neighbours are asked: those that tell of themselves seldom, the others soon; and no look in
// between.

import { expect, test } from "bun:test";
import { NoReplyError } from "../../../src/net/pending-requests.ts";
import type { BeliefIntake } from "../../../src/peer/beliefs/belief-intake.ts";
import { Polling } from "../../../src/peer/beliefs/polling.ts";
import type { Neighbour, RemoteStatus } from "../../../src/peer/connections/neighbour.ts";
import { COMPARE_EVERY_MS, POLL_BUSY_MS } from "../../../src/peer/network-bounds.ts";
import { TestClock } from "../scene.ts";

class CountingClock extends TestClock {
  appointments = 0;
  override after(delayMs: number, task: () => void): () => void {
    this.appointments++;
    return super.after(delayMs, task);
  }
}

const NOTHING_SAID: RemoteStatus = {
  belief: "",
  state: "",
  genesis: "",
  peer: "",
  points: [0, 0, 0, 0],
};

function scene<C extends TestClock>(clock: C, status: RemoteStatus | null = null) {
  const fetched: string[] = [];
  const intake = {
    poll: async (_sender: unknown, beliefKey: string) => fetched.push(beliefKey) > 0,
  };
  const said: RemoteStatus[] = [];
  const neighbour = {
    isOpen: true,
    isPolled: false,
    pushedAtMs: clock.now(),
    polledAtMs: clock.now(),
    timedAtMs: clock.now(),
    polledBelief: null,
    isIncomplete: false,
    asked: 0,
    async askStatus() {
      this.asked++;
      return status;
    },
    async askTime() {},
  };
  const polling = new Polling({
    clock,
    intake: intake as unknown as BeliefIntake,
    neighbours: () => [neighbour as unknown as Neighbour],
    isBusy: () => true,
    onStatus: (_neighbour, status) => said.push(status),
  });
  return { clock, neighbour, polling, said, fetched };
}

/** Lets time pass, with what goes on in promises. */
async function pass(clock: TestClock, ms: number): Promise<void> {
  for (let i = 0; i < ms / 10; i++) {
    clock.advance(10);
    for (let k = 0; k < 5; k++) await Promise.resolve();
  }
}

test("a neighbour that tells of itself is not looked at every few milliseconds", async () => {
  const { clock, neighbour, polling } = scene(new CountingClock());
  for (let ms = 0; ms < COMPARE_EVERY_MS - 100; ms += 100) {
    neighbour.pushedAtMs = clock.now();
    polling.plan();
    await pass(clock, 100);
  }
  expect(neighbour.asked).toBe(0);
  expect(clock.appointments).toBeLessThan(20);
  await pass(clock, 200);
  expect(neighbour.asked).toBe(1);
  polling.stop();
  expect(clock.timers).toBe(0);
});

test("a neighbour that has fallen silent is asked again and again while blocks wait", async () => {
  const { clock, neighbour, polling } = scene(new CountingClock());
  polling.plan();
  await pass(clock, 990);
  expect(neighbour.asked).toBe(0);
  await pass(clock, 200);
  expect(neighbour.asked).toBeGreaterThan(100 / POLL_BUSY_MS);
  polling.stop();
});

/**
 * A clock on which time passes whenever somebody looks, as it does for a process that has to wait
 * its turn.
 */
class LateClock extends TestClock {
  readonly delays: number[] = [];
  override now(): number {
    this.advance(2 * POLL_BUSY_MS);
    return super.now();
  }
  override after(delayMs: number, task: () => void): () => void {
    this.delays.push(delayMs);
    return super.after(delayMs, task);
  }
}

test("an appointment is never in the past, however late the process is", async () => {
  const clock = new LateClock();
  const { neighbour, polling } = scene(clock);
  for (const silentMs of [0, 500, 2_000, 10_000]) {
    neighbour.pushedAtMs = clock.now() - silentMs;
    polling.plan();
    await pass(clock, 20);
  }
  polling.stop();
  expect(clock.delays.length).toBeGreaterThan(1);
  for (const delayMs of clock.delays) expect(delayMs).toBeGreaterThanOrEqual(0);
});

class ShiftedClock extends TestClock {
  aheadMs = 0;
  override now(): number {
    return super.now() + this.aheadMs;
  }
}

test("a neighbour is asked although the clock was set back to before it was asked last", async () => {
  const clock = new ShiftedClock();
  clock.aheadMs = 600_000;
  const { neighbour, polling } = scene(clock);
  clock.aheadMs = 0;
  polling.plan();
  await pass(clock, 100);
  expect(neighbour.asked).toBeGreaterThan(0);
  neighbour.pushedAtMs = clock.now();
  const { asked } = neighbour;
  await pass(clock, 500);
  expect(neighbour.asked).toBeLessThanOrEqual(asked + 1);
  polling.stop();
});

test("the status of a neighbour that has closed with its answer is not noted", async () => {
  const { clock, neighbour, polling, said } = scene(new TestClock(), NOTHING_SAID);
  neighbour.askStatus = async () => {
    neighbour.isOpen = false;
    return NOTHING_SAID;
  };
  polling.plan();
  await pass(clock, COMPARE_EVERY_MS);
  expect(neighbour.polledAtMs).toBeGreaterThan(clock.now() - COMPARE_EVERY_MS);
  expect(said).toEqual([]);
  polling.stop();
});

test("a Belief is fetched once, also when the clock was asked for in vain as it was news", async () => {
  const { clock, neighbour, polling, fetched } = scene(new TestClock(), {
    ...NOTHING_SAID,
    belief: "b",
  });
  neighbour.pushedAtMs = Number.NEGATIVE_INFINITY;
  neighbour.timedAtMs = Number.NEGATIVE_INFINITY;
  neighbour.askTime = () => Promise.reject(new NoReplyError("TIMEOUT", "it knows no PING"));
  polling.plan();
  await pass(clock, COMPARE_EVERY_MS / 2);
  expect(neighbour.asked).toBeGreaterThan(2);
  expect(fetched).toEqual(["b"]);
  polling.stop();
});
