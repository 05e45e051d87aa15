// Transactions that wait: how many bytes of them.

import { expect, test } from "bun:test";
import { Address } from "../../../src/data/address.ts";
import { Blob } from "../../../src/data/blob.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { TRANSACTION_LIMITS, Transactions } from "../../../src/peer/clients/transactions.ts";
import type { Result } from "../../../src/state/result.ts";
import { Invoke } from "../../../src/state/transaction.ts";
import { errorOf, keyPair, TestClock } from "../scene.ts";

const SECOND_MS = 1_000;
const LIMITS = { ...TRANSACTION_LIMITS, bytesMax: 200_000, bulkyBytesMax: 100_000 };

/** Of so many bytes and some. */
function invoke(sequence: number, bytes: number): SignedData {
  const form = Blob.of(new Uint8Array(bytes).fill(sequence));
  return SignedData.sign(keyPair(1), Invoke.of(Address.of(1), sequence, form));
}

function scene() {
  const clock = new TestClock();
  const waiting = new Transactions(clock, LIMITS);
  const codes: (string | null)[] = [];
  const add = (signed: SignedData) => {
    void waiting.add(signed).then((result: Result) => codes.push(errorOf(result)));
  };
  return { clock, waiting, codes, add };
}

test("bulky ones leave room for others, and come back to it when they are over", async () => {
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

test("one alone may be of any size", () => {
  const { waiting, add } = scene();
  add(invoke(1, 300_000));
  add(invoke(2, 1));
  expect(waiting.pending).toBe(1);
});
