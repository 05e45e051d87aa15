import { expect, test } from "bun:test";
import { PassLoop } from "../../../src/peer/rounds/pass-loop.ts";
import { TestClock } from "../scene.ts";

function loopOf(clock: TestClock) {
  const work = { left: 0, passes: 0 };
  const loop = new PassLoop(clock, {
    hasWork: () => work.left > 0,
    pass: async () => {
      work.left--;
      work.passes++;
    },
    nextWorkMs: () => null,
  });
  return { work, loop };
}

test("passes run until there is nothing left to do", async () => {
  const { work, loop } = loopOf(new TestClock());
  work.left = 3;
  loop.wake();
  await loop.settled();
  expect(work).toEqual({ left: 0, passes: 3 });
});

test("no pass begins after the stop, whatever still comes", async () => {
  const { work, loop } = loopOf(new TestClock());
  work.left = 1;
  loop.wake();
  loop.stop();
  await loop.settled();
  loop.wake();
  await new Promise<void>((resolve) => setImmediate(resolve));
  expect(work).toEqual({ left: 1, passes: 0 });
});

test("passes come one at a time, however often the loop is woken", async () => {
  const clock = new TestClock();
  let under = 0;
  let most = 0;
  let left = 3;
  const loop: PassLoop = new PassLoop(clock, {
    hasWork: () => left > 0,
    pass: async () => {
      left--;
      most = Math.max(most, ++under);
      loop.wake();
      await new Promise<void>((resolve) => setImmediate(resolve));
      under--;
    },
    nextWorkMs: () => null,
  });
  for (let i = 0; i < 3; i++) loop.wake();
  await loop.settled();
  expect([left, most]).toEqual([0, 1]);
});

test("the loop looks again by itself at the earliest time at which there may be work", async () => {
  const clock = new TestClock();
  let nextMs: number | null = 500;
  let looks = 0;
  const loop = new PassLoop(clock, {
    hasWork: () => {
      looks++;
      return false;
    },
    pass: async () => {},
    nextWorkMs: () => nextMs,
  });
  const woken = async () => {
    loop.wake();
    await loop.settled();
  };
  await woken();
  nextMs = 900;
  await woken();
  expect([looks, clock.timers]).toEqual([2, 1]);
  nextMs = 100;
  await woken();
  nextMs = null;
  expect([looks, clock.timers]).toEqual([3, 1]);
  clock.advance(99);
  await loop.settled();
  expect(looks).toBe(3);
  clock.advance(1);
  await loop.settled();
  expect([looks, clock.timers]).toEqual([4, 0]);
  nextMs = 0;
  await woken();
  loop.stop();
  expect(clock.timers).toBe(0);
});
