import { expect, test } from "bun:test";
import { SignedData } from "../../../src/data/signed.ts";
import {
  SIGNATURE_GATHER_MAX,
  SIGNATURE_GATHER_MS,
  TOGETHER_MIN,
} from "../../../src/peer/bounds.ts";
import { CHECK_ASIDE, GatheredChecks } from "../../../src/peer/signatures/signature-checks.ts";
import { until } from "../../net/loopback.ts";
import { OTHER, transfer } from "../../transition/small-network.ts";
import { TestClock } from "../scene.ts";
import { received, verdicts } from "./received.ts";

test("many good signatures are decided together, at once", () => {
  const all = received(TOGETHER_MIN);
  let isDone = false;
  CHECK_ASIDE.checkAll(all, () => {
    isDone = true;
  });
  expect(isDone).toBe(true);
  expect(verdicts(all)).toEqual(all.map(() => true));
});

test("a bad signature among good ones is found, and harms no other", async () => {
  const all = received(20, [7]);
  await new Promise<void>((resolve) => CHECK_ASIDE.checkAll(all, resolve));
  expect(verdicts(all)).toEqual(all.map((_, i) => (i === 7 ? null : true)));
  expect(all[7]?.isSigned()).toBe(false);
});

test("data without a key is left undecided", async () => {
  const keyless = SignedData.of(null, new Uint8Array(64), transfer(OTHER, 1, 1));
  const all = [...received(20), keyless];
  await new Promise<void>((resolve) => CHECK_ASIDE.checkAll(all, resolve));
  expect(verdicts(all)).toEqual([...new Array(20).fill(true), null]);
});

/** Has as many come as make a check of many worth it, and the time pass in which they came. */
async function comeThick(checks: GatheredChecks, clock: TestClock): Promise<void> {
  let done = 0;
  for (const signed of received(TOGETHER_MIN)) checks.check(signed, () => done++);
  await until(() => done === TOGETHER_MIN);
  clock.advance(SIGNATURE_GATHER_MS);
}

test("a few signatures that come soon after each other do not wait", async () => {
  const clock = new TestClock();
  const checks = new GatheredChecks(clock);
  for (const signed of received(TOGETHER_MIN - 1)) {
    let isDone = false;
    checks.check(signed, () => {
      isDone = true;
    });
    await until(() => isDone);
  }
});

test("when many come the first does not wait, and those behind it are gathered", async () => {
  const clock = new TestClock();
  const checks = new GatheredChecks(clock);
  await comeThick(checks, clock);
  const all = received(40);
  let done = 0;
  const check = (signed: SignedData) => checks.check(signed, () => done++);
  check(all[0] as SignedData);
  await until(() => done === 1);
  for (const signed of all.slice(1)) check(signed);
  expect(done).toBe(1);
  clock.advance(SIGNATURE_GATHER_MS);
  expect(done).toBe(40);
  expect(verdicts(all)).toEqual(all.map(() => true));
});

test("the number of signatures that gather is bounded", () => {
  const checks = new GatheredChecks(new TestClock());
  let done = 0;
  for (const signed of received(SIGNATURE_GATHER_MAX)) checks.check(signed, () => done++);
  expect(done).toBe(SIGNATURE_GATHER_MAX);
});
