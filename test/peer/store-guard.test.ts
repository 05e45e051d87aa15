import { expect, test } from "bun:test";
import { aside, guardedClock } from "../../src/peer/store-guard.ts";
import { StoreError } from "../../src/store/store.ts";
import { SetClock, TestClock } from "./scene.ts";

const FAILURE = new StoreError("IO", "the disk does not answer");

test("failures of the store in tasks and in work that nobody waits for are told, others thrown", async () => {
  const inner = new SetClock(new TestClock());
  const heard: unknown[] = [];
  const clock = guardedClock(inner, (error) => heard.push(error));
  const fail = () => {
    throw FAILURE;
  };
  clock.after(1, fail);
  clock.steady?.after(1, fail);
  clock.soon(fail);
  const cancel = clock.after(1, fail);
  cancel();
  aside(clock, Promise.reject(FAILURE));
  inner.steady.advance(1);
  while (heard.length < 4) await Bun.sleep(1);
  expect(heard).toEqual([FAILURE, FAILURE, FAILURE, FAILURE]);
  clock.after(1, () => {
    throw new TypeError("a mistake of ours");
  });
  expect(() => inner.steady.advance(1)).toThrow("a mistake of ours");
});
