import { expect, test } from "bun:test";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { CODE } from "../../src/cvm/error-code.ts";
import { Constant } from "../../src/cvm/ops/constant.ts";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import type { Value } from "../../src/data/cell.ts";
import { hashBytes } from "../../src/data/encode.ts";
import { CVMString } from "../../src/data/string.ts";
import { Vector } from "../../src/data/vector.ts";
import { Invoke } from "../../src/state/transaction.ts";
import { applyTransaction } from "../../src/transition/apply-transaction.ts";
import { feesDistributed, feesDue, transactionJuice } from "../../src/transition/fees.ts";
import { balanceOf, invoke, smallState, transfer, USER } from "./small-network.ts";

test("the juice of a transaction's size (sheet 03 §11)", () => {
  expect(transactionJuice(invoke("(+ 1 2)"))).toBe(800);
  expect(transactionJuice(transfer(12, 1_000_000, 2))).toBe(740);
  expect(transactionJuice(invoke("(def x 1)", 3))).toBe(860);
  // W4: 39 bytes of its own and a branch of 203 + 64.
  const long = Invoke.of(Address.of(11), 1, CVMString.of("a".repeat(200)));
  expect(transactionJuice(long)).toBe(500 + 20 * 306);
});

const MAX = 2n ** 63n - 1n;

test("what a block distributes saturates from 64 bits on, and wraps just below", () => {
  expect(feesDistributed(581, 800, 10)).toBe(13_810);
  expect(feesDistributed(0, 10 ** 9, 10n ** 9n)).toBe(10n ** 18n);
  expect(feesDistributed(0, 2 ** 60, 8)).toBe(-(2n ** 63n));
  expect(feesDistributed(0, 2 ** 60, 16)).toBe(MAX);
  expect(feesDistributed(0, 2n ** 60n + 1n, 3)).toBe(3n * 2n ** 60n + 3n);
  expect(feesDistributed(5, MAX, 10)).toBe(-(2n ** 63n) + 49n);
  expect(feesDistributed(5, -1, 10)).toBe(-(2n ** 63n) + 49n);
});

test("what an account owes saturates from 63 bits on", () => {
  expect(feesDue(581, 800, 10)).toBe(13_810);
  expect(feesDue(0, 2 ** 60, 7)).toBe(7n * 2n ** 60n);
  expect(feesDue(0, 2 ** 60, 8)).toBe(MAX);
  expect(feesDue(10_000_000, MAX - 5n, 10)).toBe(MAX);
  expect(feesDue(0, -1, 10)).toBe(MAX);
  // A size of just below 2^64/20 wraps to next to nothing.
  expect(feesDue(581, -500, 10)).toBe(810);
});

/** A transaction with a value that holds a blob of 138 bytes 16^levels times. */
function sharing(levels: number): Invoke {
  let shared: Value = Blob.of(new Uint8Array(138));
  for (let i = 0; i < levels; i++) shared = Vector.from(new Array(16).fill(shared));
  return Invoke.of(Address.of(11), 1, shared);
}

test("the juice of an astronomical size wraps where the reference's does", () => {
  // Of each blob 205 bytes, and 594 of each vector; 39 of the transaction itself.
  let bytes = 205n;
  for (let levels = 1; levels <= 13; levels++) {
    bytes = 16n * bytes + 594n;
    const price = 20n * (bytes + 39n);
    const juice = price < 2n ** 64n ? 500n + price : 500n + MAX;
    expect(BigInt(transactionJuice(sharing(levels)))).toBe(BigInt.asIntN(64, juice));
  }
});

test("whose fee passes 2^63 pays all that it has, and has no effect", () => {
  const state = smallState();
  const sent = Invoke.of(Address.of(USER), 1, Constant.of(sharing(13).command));
  const juice = transactionJuice(sent);
  expect(feesDistributed(5, juice, 10)).toBeLessThan(-(2 ** 61));
  const { state: after, error } = applyTransaction(state, sent);
  expect(error?.code).toBe(CODE.JUICE);
  expect(balanceOf(after, USER)).toBe(0);
});

test("a transaction whose parts are shared many times costs more than there is", () => {
  let shared: Value = CVMString.of("a".repeat(200));
  for (let i = 0; i < 20; i++) shared = Vector.from(Array.from({ length: 16 }, () => shared));
  const tx = Invoke.of(Address.of(11), 1, shared);
  expect(feesDue(0, transactionJuice(tx), 10)).toBe(MAX);
});

/** Juice of the reference for a form that it has just read from text. */
const READ: readonly (readonly [form: string, juice: number])[] = [
  [hexOf(4096), 84_540],
  [hexOf(4097), 1400],
  [hexOf(16_384), 4620],
  [hexOf(16_385), 4680],
  [hexOf(20_481), 422_300],
  // A long one in which a Blob of a chunk and more is embedded.
  [hexOf(65_536 + 9000), 4680],
  [hexOf(65_536 + 16_384), 1_683_140],
  [`"${"a".repeat(65_536 + 9000)}"`, 1_532_780],
  [`(quote [${hexOf(9000)} {1 #{${hexOf(9000)}}}])`, 6980],
];

/** The same once its hash has been asked for. */
const HASHED: typeof READ = [
  [hexOf(4097), 84_660],
  [hexOf(16_384), 337_660],
  [hexOf(16_385), 337_720],
  [hexOf(65_536 + 9000), 1_532_780],
  [`(quote [${hexOf(9000)} {1 #{${hexOf(9000)}}}])`, 6980],
];

function hexOf(count: number): string {
  return `0x${"ab".repeat(count)}`;
}

test("T43: of some long Blobs in a form from text no more than the first cell is paid", () => {
  for (const [source, juice] of READ) {
    const form = readForm(source);
    const tx = Invoke.of(Address.of(12), 1, form);
    expect(transactionJuice(tx, form)).toBe(juice);
    expect(transactionJuice(tx)).toBeGreaterThan(80_000);
  }
});

test("T43: a form that is such a Blob is paid in full once its hash has been asked for", () => {
  for (const [source, juice] of HASHED) {
    const form = readForm(source);
    hashBytes(form);
    expect(transactionJuice(Invoke.of(Address.of(12), 1, form), form)).toBe(juice);
  }
});

test("T43: a form that is a million deep without a long Blob is paid for as it is", () => {
  const form = readForm(`${"'".repeat(1_000_000)}0x00`);
  const tx = Invoke.of(Address.of(12), 1, form);
  expect(transactionJuice(tx, form)).toBe(transactionJuice(tx));
});

test("T43: a branch that a form names twice is left out twice, and looked at once", () => {
  let form = readForm(`(quote [${hexOf(9000)} ${hexOf(200)}])`);
  const once = left(form);
  for (let i = 0; i < 40; i++) form = Vector.of(form, form, Blob.of(new Uint8Array(200)));
  expect(left(form)).toBe(once * 2 ** 40);

  function left(value: Value): number {
    const tx = Invoke.of(Address.of(12), 1, value);
    return (Number(transactionJuice(tx)) - Number(transactionJuice(tx, value))) / 20;
  }
});
