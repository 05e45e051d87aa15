// Transactions that wait: how much memory they may take.

import { expect, test } from "bun:test";
import { Address } from "../../../src/data/address.ts";
import { Blob } from "../../../src/data/blob.ts";
import { List } from "../../../src/data/list.ts";
import { storedBytes } from "../../../src/data/memory-size.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import { print } from "../../../src/lang/printer.ts";
import { WAITERS_PER_TRANSACTION_MAX } from "../../../src/peer/bounds.ts";
import { TRANSACTION_LIMITS, Transactions } from "../../../src/peer/clients/transactions.ts";
import type { Result } from "../../../src/state/result.ts";
import { Invoke } from "../../../src/state/transaction.ts";
import { errorOf, keyPair, TestClock } from "../scene.ts";

const SECOND_MS = 1_000;
/** A byte of a blob counts for some eight in memory. */
const LIMITS = { ...TRANSACTION_LIMITS, bytesMax: 1_600_000, bulkyBytesMax: 800_000 };

/** Of so many bytes and some. */
function invoke(sequence: number, bytes: number): SignedData {
  const form = Blob.of(new Uint8Array(bytes).fill(sequence));
  return SignedData.sign(keyPair(1), Invoke.of(Address.of(1), sequence, form));
}

function scene(limits = LIMITS) {
  const clock = new TestClock();
  const waiting = new Transactions(clock, limits);
  const codes: (string | null)[] = [];
  const add = (signed: SignedData) => {
    void waiting.add(signed).then((result: Result) => codes.push(errorOf(result)));
  };
  return { clock, waiting, codes, add };
}

test("bulky transactions leave room for others, and are taken again when earlier ones are over", async () => {
  const { clock, waiting, codes, add } = scene();
  for (let i = 1; i <= 5; i++) add(invoke(i, 40_000));
  await Promise.resolve();
  expect(waiting.pending).toBe(2);
  expect(codes).toEqual(["LOAD", "LOAD", "LOAD"]);
  for (let i = 6; i <= 30; i++) add(invoke(i, 10_000));
  expect(waiting.pending).toBeGreaterThan(10);
  expect(waiting.pending).toBeLessThan(2 + 12);
  clock.advance(TRANSACTION_LIMITS.timeoutMs + SECOND_MS);
  expect(waiting.pending).toBe(0);
  for (let i = 1; i <= 2; i++) add(invoke(i, 40_000));
  expect(waiting.pending).toBe(2);
});

test("no more wait for a block than the queue has room for", async () => {
  const { waiting, codes, add } = scene({ ...LIMITS, queueMax: 2 });
  for (let i = 1; i <= 3; i++) add(invoke(i, 1));
  await Promise.resolve();
  expect([waiting.queued, codes]).toEqual([2, ["LOAD"]]);
  waiting.take(2);
  add(invoke(4, 1));
  expect([waiting.queued, waiting.pending]).toEqual([1, 3]);
});

test("no more transactions wait for their Result than the bound", async () => {
  const { waiting, codes, add } = scene({ ...LIMITS, pendingMax: 2 });
  for (let i = 1; i <= 2; i++) add(invoke(i, 1));
  waiting.take(2);
  add(invoke(3, 1));
  await Promise.resolve();
  expect([waiting.pending, codes]).toEqual([2, ["LOAD"]]);
});

test("no more clients wait for one transaction than the bound", async () => {
  const { codes, add } = scene();
  for (let i = 0; i < WAITERS_PER_TRANSACTION_MAX + 2; i++) add(invoke(1, 1));
  await Promise.resolve();
  expect(codes).toEqual(["LOAD", "LOAD"]);
});

test("a block takes as many as fit, and one of any size", () => {
  const { waiting, add } = scene();
  for (let i = 1; i <= 4; i++) add(invoke(i, 20_000));
  const sizes = (bytesMax: number) => waiting.take(10, bytesMax).length;
  expect([sizes(400_000), sizes(1), sizes(400_000), sizes(400_000)]).toEqual([2, 1, 1, 0]);
});

test("a client whose time is up is told whether its transaction is in a block", async () => {
  const { clock, waiting } = scene();
  const results = [1, 2].map((i) => waiting.add(invoke(i, 1)));
  waiting.take(1);
  clock.advance(SECOND_MS);
  const later = waiting.add(invoke(3, 1));
  clock.advance(TRANSACTION_LIMITS.timeoutMs - SECOND_MS);
  const texts = (await Promise.all(results)).map(({ result }) => print(result));
  expect(texts).toEqual([
    '"The transaction is in a block that is not final yet"',
    '"The transaction got into no block in time and was dropped"',
  ]);
  expect([waiting.queued, waiting.pending]).toEqual([1, 1]);
  clock.advance(SECOND_MS);
  expect(errorOf(await later)).toBe("TIMEOUT");
  expect([waiting.queued, waiting.pending]).toEqual([0, 0]);
});

test("small cells count for what they take in memory, not for their bytes", async () => {
  const { waiting, codes, add } = scene();
  const empty = Array.from({ length: 16 }, () => List.of(List.of(List.of())));
  const form = Vector.from(Array.from({ length: 50 }, (_, i) => Vector.of(i, ...empty.slice(1))));
  const signed = SignedData.sign(keyPair(1), Invoke.of(Address.of(1), 1, form));
  expect(Number(storedBytes(signed))).toBeLessThan(10_000);
  add(invoke(2, 1));
  add(signed);
  expect(waiting.pending).toBe(2);
  const again = SignedData.sign(keyPair(1), Invoke.of(Address.of(1), 3, form));
  const dense = { ...LIMITS, bytesMax: 400_000, bulkyBytesMax: 400_000 };
  const narrow = scene(dense);
  for (const each of [signed, again]) {
    narrow.add(each);
    await Promise.resolve();
  }
  expect([codes, narrow.codes]).toEqual([[], ["LOAD"]]);
});

test("a transaction alone may be of any size", () => {
  const { waiting, add } = scene();
  add(invoke(1, 300_000));
  add(invoke(2, 1));
  expect(waiting.pending).toBe(1);
});
