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

test("none begins after the stop, whatever still comes", async () => {
  const { work, loop } = loopOf(new TestClock());
  work.left = 1;
  loop.wake();
  loop.stop();
  await loop.settled();
  loop.wake();
  await new Promise<void>((resolve) => setImmediate(resolve));
  expect(work).toEqual({ left: 1, passes: 0 });
});
