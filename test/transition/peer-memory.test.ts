// Every peer computes the same, whatever it has in memory.

import { describe, expect, test } from "bun:test";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { Blob } from "../../src/data/blob.ts";
import type { Value } from "../../src/data/cell.ts";
import { popcount } from "../../src/data/hash-digits.ts";
import { CVMMap } from "../../src/data/map.ts";
import { DenseRecord } from "../../src/data/record.ts";
import { Vector } from "../../src/data/vector.ts";
import { BLOCK_RESULT_TAG } from "../../src/state/block-result.ts";
import { CaseRandom } from "../fuzz/random.ts";
import { testGenesis } from "../genesis/test-genesis.ts";
import type { Case } from "../interop/programs/case.ts";
import { filled, quoted } from "../interop/programs/damaged-calls.ts";
import { KINDS } from "../interop/programs/kinds.ts";
import { blockMessages } from "../interop/programs/network.ts";
import { outcomes, WAYS } from "./peer-memory.ts";

const genesis = testGenesis();

function expectSame(messages: readonly Uint8Array[], isWorkCounted = false): void {
  const [first, ...others] = Object.entries(WAYS).map(([name, way]) => {
    return [name, outcomes(messages, genesis, way, isWorkCounted)] as const;
  });
  for (const [name, ends] of others) expect([name, ends]).toEqual([name, first?.[1] ?? []]);
}

const blockResult = (...fields: Value[]) =>
  quoted(new DenseRecord(BLOCK_RESULT_TAG, Vector.of(...fields)));
const LONG = new Uint8Array(136);

/** Cells that compare without traces (T34, T50). */
const bytes = (...all: number[]) => Blob.of(new Uint8Array(all));
const keys = Array.from({ length: 24 }, (_, i) => bytes(i));
const map = CVMMap.from(keys.map((key, i) => [key, bytes(i, i)]));
const [firstChild, ...middle] = map.slots.slice(0, -1) as CVMMap[];
const lastChild = map.slots.at(-1) as CVMMap;
const repeated = CVMMap.from(
  (firstChild as CVMMap).keys().map((key) => [Blob.of((key as Blob).toBytes()), 99]),
);
/** Has the keys of its first child in its last one, too. */
const TWICE = map.make(
  map.count - lastChild.count + repeated.count,
  map.slots.with(-1, repeated),
  map.shift,
  map.mask,
  null,
);
/** So many of its keys that 15 are left. */
const REST = Vector.from(middle.flatMap((child) => child.keys()).slice(0, TWICE.count - 15));
const FREE_DIGIT =
  Array.from({ length: 16 }, (_, d) => d).find((d) => (map.mask & (1 << d)) === 0) ?? 0;
/** Has an empty child. */
const HOLLOW = map.make(
  map.count,
  map.slots.toSpliced(popcount(map.mask & ((1 << FREE_DIGIT) - 1)), 0, CVMMap.EMPTY),
  map.shift,
  map.mask | (1 << FREE_DIGIT),
  null,
);

const PARTS = {
  a: () => blockResult(1, 2),
  b: () => blockResult(1, 3),
  c: () => blockResult(Blob.of(LONG), 2),
  pad: () => Blob.of(new Uint8Array(110)),
  twice: () => quoted(TWICE),
  hollow: () => quoted(HOLLOW),
  rest: () => quoted(REST),
  key: () => keys[0] as Blob,
};

/** Forms of Blocks after one another, of one transaction each. */
const BY_HAND: readonly (readonly string[])[] = [
  ["(def v (conj [] c))", "(= v (conj [] a))"],
  ["(def v {1 c})", "(= v {1 a})"],
  ["(def v (list c))", "(= v (list a))"],
  ["(def v (syntax c {}))", "(= v (syntax a {}))"],
  [
    "(def p (conj [] (conj [] pad pad a) (conj [] pad pad a)))",
    "(let [y b] (hash-set (nth (first p) 2)) (hash-set y) (= (nth (second p) 2) y))",
  ],
  [
    "(do (def p (conj [] pad pad a)) (def q p))",
    "(let [y b] (hash-set (nth p 2)) (hash-set y) (= (nth q 2) y))",
  ],
  [
    "(def m (reduce dissoc twice rest))",
    "(def e (vec m))",
    "(map (fn [x] [(get m (first x)) (dissoc m (first x)) (assoc m (first x) 5)]) e)",
  ],
  ["(do (def m hollow) (def w (get m key)))", "(def r (assoc m key w))"],
];

describe("by hand", () => {
  test.each(BY_HAND.map((forms) => [forms.join(" "), forms] as const))("%s", (_, forms) => {
    expectSame(
      blockMessages(
        forms.map((form) => [filled(readForm(form), PARTS)]),
        genesis,
      ),
    );
  });
});

/** Kinds in which it matters which object something is: their Blocks are begun once more. */
const OF_OBJECTS = ["block-results", "calls"];

/** Kinds of generated programs (test/interop/programs), and how many of each. */
const GENERATED: readonly (readonly [kind: string, count: number])[] = [
  ["block-results", 12],
  ["stored", 2],
  ["calls", 4],
  ["vector-blocks", 3],
  ["accounts", 2],
  ["histories", 2],
];
const SEED = 20261130;

describe("generated", () => {
  test.each(GENERATED)("%s", (kind, count) => {
    const generate = KINDS[kind] as (typeof KINDS)[string];
    const random = new CaseRandom(SEED);
    for (let i = 0; i < count; i++) {
      expectSame(messagesOf(generate(random, 7 * i, genesis)), !OF_OBJECTS.includes(kind));
    }
  });
});

function messagesOf(each: Case): readonly Uint8Array[] {
  if (each.kind === "blocks") return blockMessages(each.blocks, genesis);
  return each.kind === "signed" || each.kind === "reread" ? each.messages : expect.unreachable();
}
