import { expect, test } from "bun:test";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import type { Value } from "../../src/data/cell.ts";
import { CVMString } from "../../src/data/string.ts";
import { Vector } from "../../src/data/vector.ts";
import { Invoke } from "../../src/state/transaction.ts";
import { juiceFees, totalJuice, transactionJuice } from "../../src/transition/fees.ts";
import { invoke, transfer } from "./small-network.ts";

test("the juice of a transaction's size (sheet 03 §11)", () => {
  expect(transactionJuice(invoke("(+ 1 2)"))).toBe(800);
  expect(transactionJuice(transfer(12, 1_000_000, 2))).toBe(740);
  expect(transactionJuice(invoke("(def x 1)", 3))).toBe(860);
  // W4: 39 bytes of its own and a branch of 203 + 64.
  const long = Invoke.of(Address.of(11), 1, CVMString.of("a".repeat(200)));
  expect(transactionJuice(long)).toBe(500 + 20 * 306);
});

test("fees saturate from 64 bits on, and wrap just below", () => {
  expect(juiceFees(1381, 10)).toBe(13_810);
  expect(juiceFees(0, 10)).toBe(0);
  expect(juiceFees(10 ** 9, 10n ** 9n)).toBe(10n ** 18n);
  expect(juiceFees(2 ** 60, 8)).toBe(-(2n ** 63n));
  expect(juiceFees(2 ** 60, 16)).toBe(2n ** 63n - 1n);
  expect(juiceFees(2n ** 63n - 1n, 10)).toBe(2n ** 63n - 1n);
  expect(juiceFees(2n ** 60n + 1n, 3)).toBe(3n * 2n ** 60n + 3n);
  expect(totalJuice(2n ** 63n - 2n, 10_000_000)).toBe(2n ** 63n - 1n);
  expect(juiceFees(100, -1)).toBe(2n ** 63n - 1n);
});

/** A transaction with a value that holds a blob of 138 bytes 16^levels times. */
function sharing(levels: number): Invoke {
  let shared: Value = Blob.of(new Uint8Array(138));
  for (let i = 0; i < levels; i++) shared = Vector.from(new Array(16).fill(shared));
  return Invoke.of(Address.of(11), 1, shared);
}

test("the juice of an astronomical size is exact", () => {
  // Of each blob 205 bytes, and 594 of each vector; 39 of the transaction itself.
  let bytes = 205n;
  for (let levels = 1; levels <= 13; levels++) {
    bytes = 16n * bytes + 594n;
    const juice = 500n + 20n * (bytes + 39n);
    const exact = juice < 2n ** 63n ? juice : 2n ** 63n - 1n;
    expect(BigInt(transactionJuice(sharing(levels)))).toBe(exact);
  }
});

test("a transaction whose parts are shared many times costs more than there is", () => {
  let shared: Value = CVMString.of("a".repeat(200));
  for (let i = 0; i < 20; i++) shared = Vector.from(Array.from({ length: 16 }, () => shared));
  const tx = Invoke.of(Address.of(11), 1, shared);
  expect(juiceFees(transactionJuice(tx), 10)).toBe(2n ** 63n - 1n);
});
