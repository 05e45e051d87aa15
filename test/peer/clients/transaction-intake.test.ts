// Transactions between their arrival and the peer: order, turns, and bulk.

import { expect, test } from "bun:test";
import { SignedData } from "../../../src/data/signed.ts";
import type { Connection } from "../../../src/net/connection.ts";
import {
  INTAKE_BATCH_MAX,
  INTAKE_BATCH_MS,
  SIGNATURES_AT_ONCE,
  SUSPECT_MS,
} from "../../../src/peer/bounds.ts";
import { TransactionIntake } from "../../../src/peer/clients/transaction-intake.ts";
import { CHECK_ASIDE, CHECK_IN_PLACE } from "../../../src/peer/signatures/signature-checks.ts";
import { stillThere } from "../../in-memory.ts";
import { until } from "../../net/loopback.ts";
import { keyPair, TestClock, transfer } from "../scene.ts";

/** Connections are only told apart here. */
function connection(): Connection {
  return {} as Connection;
}

const SIGNED = transfer(1, 1);

/** Checks that end when they are told to. */
class Checks {
  readonly #begun: ((() => void) | null)[] = [];
  check = (_signed: SignedData, done: () => void): void => {
    this.#begun.push(done);
  };
  get begun(): number {
    return this.#begun.length;
  }
  finish(index: number): void {
    this.#begun[index]?.();
    this.#begun[index] = null;
  }
}

function scene() {
  const clock = new TestClock();
  const checks = new Checks();
  const intake = new TransactionIntake(clock, checks);
  const out: string[] = [];
  const add = (from: Connection, name: string) =>
    intake.add(from, SIGNED, () => {
      out.push(name);
    });
  return { clock, checks, intake, out, add };
}

test("a transaction that comes alone goes on as soon as it is checked", () => {
  const { checks, out, add } = scene();
  add(connection(), "a");
  expect(out).toEqual([]);
  checks.finish(0);
  expect(out).toEqual(["a"]);
});

test("transactions of one connection keep their order, and others do not wait for them", () => {
  const { checks, out, add, clock } = scene();
  const [one, two] = [connection(), connection()];
  add(one, "1a");
  add(one, "1b");
  add(two, "2a");
  checks.finish(2);
  clock.advance(INTAKE_BATCH_MS);
  checks.finish(1);
  expect(out).toEqual(["2a"]);
  checks.finish(0);
  expect(out).toEqual(["2a", "1a", "1b"]);
});

test("while more are checked they gather, but not for long", () => {
  const { checks, out, add, clock } = scene();
  const from = connection();
  for (let i = 0; i < 10; i++) add(from, `${i}`);
  for (let i = 0; i < 4; i++) checks.finish(i);
  expect(out).toEqual([]);
  clock.advance(INTAKE_BATCH_MS);
  checks.finish(4);
  expect(out).toEqual(["0", "1", "2", "3", "4"]);
  for (let i = 5; i < 10; i++) checks.finish(i);
  expect(out.length).toBe(10);
});

test("the number of checks at a time is bounded, and connections take turns", () => {
  const { checks, out, add } = scene();
  const [busy, rare] = [connection(), connection()];
  for (let i = 0; i < SIGNATURES_AT_ONCE + 100; i++) add(busy, "busy");
  add(rare, "rare");
  expect(checks.begun).toBe(SIGNATURES_AT_ONCE);
  checks.finish(0);
  checks.finish(1);
  expect(checks.begun).toBe(SIGNATURES_AT_ONCE + 2);
  for (let i = 2; i < SIGNATURES_AT_ONCE + 101; i++) checks.finish(i);
  expect(out.length).toBe(SIGNATURES_AT_ONCE + 101);
  expect(out.indexOf("rare")).toBeLessThan(SIGNATURES_AT_ONCE + 2);
});

test("after a bad signature those of its source are checked alone for a while", () => {
  const clock = new TestClock();
  const alone: boolean[] = [];
  const intake = new TransactionIntake(clock, {
    check: (_signed, done, isAlone = false) => {
      alone.push(isAlone);
      done();
    },
  });
  const [one, two] = [connection(), connection()];
  const bad = SignedData.of(keyPair(1).publicKey, new Uint8Array(64), SIGNED.value);
  const add = (from: Connection, signed: SignedData) => intake.add(from, signed, () => {});
  add(one, SIGNED);
  add(one, bad);
  add(one, SIGNED);
  add(two, SIGNED);
  expect(alone).toEqual([false, false, true, false]);
  clock.advance(SUSPECT_MS);
  add(one, SIGNED);
  expect(alone.at(-1)).toBe(false);
});

test("transactions whose checks end at once go on one by one, a full batch without waiting", () => {
  const { checks, out, add } = scene();
  const [slow, fast] = [connection(), connection()];
  add(slow, "slow");
  for (let i = 1; i <= INTAKE_BATCH_MAX + 1; i++) add(fast, String(i));
  for (let i = 1; i < INTAKE_BATCH_MAX; i++) checks.finish(i);
  expect(out).toEqual([]);
  checks.finish(INTAKE_BATCH_MAX);
  expect(out.length).toBe(INTAKE_BATCH_MAX);
});

test("the entries of a long run are dropped once they are done", () => {
  const intake = new TransactionIntake(new TestClock(), CHECK_IN_PLACE);
  const from = connection();
  let done = 0;
  for (let i = 0; i < 10_000; i++) {
    intake.add(from, SIGNED, () => {
      done++;
    });
  }
  expect(done).toBe(10_000);
  intake.remove(from);
});

test("what has gone on is let go, although others of its source are still checked", async () => {
  const { checks, clock, intake } = scene();
  const from = connection();
  const held: WeakRef<() => void>[] = [];
  let done = 0;
  for (let i = 0; i < 102; i++) {
    const submit = () => {
      done++;
    };
    held.push(new WeakRef(submit));
    intake.add(from, SIGNED, submit);
  }
  for (let i = 0; i < 100; i++) checks.finish(i);
  clock.advance(INTAKE_BATCH_MS);
  checks.finish(100);
  expect(done).toBe(101);
  expect(await stillThere(held)).toBeLessThan(10);
  checks.finish(101);
  expect(done).toBe(102);
});

test("checks on other threads leave their verdict, and only when it is good", async () => {
  const good = transfer(2, 1);
  const fresh = (signature: Uint8Array) =>
    SignedData.of(keyPair(2).publicKey, signature, good.value);
  const valid = fresh(good.signature);
  const zero = fresh(new Uint8Array(64));
  const short = fresh(new Uint8Array(3));
  let done = 0;
  for (const signed of [valid, zero, short, good]) {
    CHECK_ASIDE.check(signed, () => {
      done++;
    });
  }
  await until(() => done === 4);
  expect([valid.verified, zero.verified, short.verified]).toEqual([true, null, null]);
  expect([valid, zero, short].map((each) => each.isStrictlySigned())).toEqual([true, false, false]);
  expect(zero.isSigned()).toBe(false);
});
