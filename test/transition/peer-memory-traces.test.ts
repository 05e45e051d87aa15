// What a peer has in memory decides neither what comparing and replacing leave traces of (T34, T37,
// T39, T50), nor whether cells without an encoding are looked at too early (T48).

import { expect, test } from "bun:test";
import { toHex } from "../../src/crypto/hex.ts";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import type { Value } from "../../src/data/cell.ts";
import { hashBytes } from "../../src/data/encode.ts";
import { INDEX_DIGITS, Index } from "../../src/data/index-map.ts";
import { CVMMap } from "../../src/data/map.ts";
import { DenseRecord } from "../../src/data/record.ts";
import { CVMString } from "../../src/data/string.ts";
import { Vector } from "../../src/data/vector.ts";
import type { AccountStatus } from "../../src/state/account-status.ts";
import { BLOCK_RESULT_TAG } from "../../src/state/block-result.ts";
import { Invoke, MULTI_MODE, Multi } from "../../src/state/transaction.ts";
import { applyTransaction } from "../../src/transition/apply-transaction.ts";
import { testGenesis } from "../genesis/test-genesis.ts";
import { filled, quoted } from "../interop/programs/damaged-calls.ts";
import { CONTROLLER } from "../interop/programs/network.ts";
import { expectSame } from "./same-outcome.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i).join(" ");
const blob = (byte: number, length = 30) => Blob.of(new Uint8Array(length).fill(byte));
/** A branch. */
const branch = Vector.from(Array.from({ length: 16 }, (_, i) => blob(i)));
/** A BlockResult that is a branch. */
const blockResult = new DenseRecord(BLOCK_RESULT_TAG, Vector.of(blob(0, 136), 2));
const genesis = testGenesis();
const GENESIS_HASH = toHex(hashBytes(genesis));

/** Whether an array that was compared with `v` was canonicalised shows when it is cut (T34). */
const compared = (other: string) =>
  `(let [x (vector ${numbers(16)}) b (conj [] ${numbers(32)})]
     (= v ${other})
     (count (slice (concat b x) 0 48)))`;

test.each([
  ["(conj [] r)", "(conj [] x)"],
  ["(list r)", "(list x)"],
  ["{1 r}", "{1 x}"],
  ["(syntax r {})", "(syntax x {})"],
])("an array beside a BlockResult that is a branch: (= %s %s)", (held, other) => {
  expectSame([`(def v ${held})`, compared(other)], { r: blockResult });
});

const FORTY_EIGHT = new Array(48).fill("p").join(" ");

test("an element of a List that is replaced by what equals it", () => {
  const block = `(let [all (into (list) (vector ${FORTY_EIGHT}))
                       changed (assoc all 5 (first q))]
                   (count (next changed)))`;
  const ends = expectSame(["(do (def p x) (def q [x 1]))", block], { x: branch });
  // The leaf that is an array becomes a canonical one by that: the List can be cut.
  expect(ends[1]?.slice(0, 64)).not.toBe(ends[0]?.slice(0, 64) ?? "");
});

/** An entry of it alone has no encoding. */
const single = (key: Value) => new Index(1, true, [key, 1], INDEX_DIGITS, 0);
const bytes = (hex: string) => Blob.fromHex(hex) as Blob;
const COUNTS_FEWER = new Index(
  2,
  false,
  [
    single(bytes("00")),
    new Index(2, false, [single(bytes("1234")), single(bytes("f0"))], 0, 0x8002),
    single(bytes("ab")),
  ],
  0,
  0x209,
);

test("what has no encoding is sought under keys that are branches", () => {
  const ends = expectSame(["(def m map)", "(reduce m (slice fewer 1 2) [1 2])"], {
    map: CVMMap.from([[branch, 1]]),
    fewer: COUNTS_FEWER,
  });
  expect(ends[1]?.slice(0, 64)).not.toBe(ends[0]?.slice(0, 64) ?? "");
});

test("what has no encoding is defined for a while, in any transaction of a Block", () => {
  const define = "(do (def a (slice fewer 1 2)) (undef a))";
  const ends = expectSame([[define, "(def b 1)", define]], { fewer: COUNTS_FEWER });
  expect(ends[0]?.slice(0, 64)).not.toBe(GENESIS_HASH);
  const ranges = `(do (next [${numbers(40)}]) (slice fewer 1 2))`;
  expect(expectSame([ranges], { fewer: COUNTS_FEWER })[0]?.slice(0, 64)).not.toBe(GENESIS_HASH);
});

/** Of the text of an Index so much that the print limit ends within its key. */
const LIMIT = 65_507;

test.each([0, 2])("the LongBlob that becomes the key of an entry (%d)", (more) => {
  expectSame(
    [
      "(do (def p (index 0x000000000000000a x)) (def q [x 1]))",
      "(def r (str [pad (assoc p (blob #10) (first q))]))",
    ],
    { x: branch, pad: CVMString.of("x".repeat(LIMIT + more)) },
  );
});

test("a range of a range beside arrays, defined or not", () => {
  const block = `(let [base (concat (conj [] ${numbers(32)}) (vector ${numbers(64)}))
                       part (slice base 1 90)
                       inner (slice part 15 63)]
                   (def kept inner)
                   (count (slice inner 0 32)))`;
  const ends = expectSame(["(def before 1)", block], {});
  expect(ends[1]?.slice(0, 64)).not.toBe(ends[0]?.slice(0, 64) ?? "");
});

test("what has no encoding is the value of a child of a Multi", () => {
  const { sequence } = genesis.account(CONTROLLER) as AccountStatus;
  const form = filled(readForm("(slice fewer 1 2)"), { fewer: () => quoted(COUNTS_FEWER) });
  const origin = Address.of(CONTROLLER);
  const child = Invoke.of(origin, 0, form);
  const tx = Multi.of(origin, (sequence as number) + 1, MULTI_MODE.ANY, Vector.of(child));
  expect(applyTransaction(genesis, tx).error).toBeNull();
});
