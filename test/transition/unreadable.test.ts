// T48: what code makes of what a hand made, and others could never read. Entries in no order are
// kept, and read again by who has written them. Where the bytes don't give the cell back, a State
// that holds it is not taken, and a Result that does is kept without it.

import { expect, test } from "bun:test";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { CODE } from "../../src/cvm/error-code.ts";
import { Blob } from "../../src/data/blob.ts";
import type { Slot, Value } from "../../src/data/cell.ts";
import { decode } from "../../src/data/decode.ts";
import { encoding, hashKey } from "../../src/data/encode.ts";
import { BadFormatError } from "../../src/data/errors.ts";
import { INDEX_DIGITS, Index } from "../../src/data/index-map.ts";
import { CVMMap } from "../../src/data/map.ts";
import { CVMSet } from "../../src/data/set.ts";
import { CVMSymbol } from "../../src/data/symbol.ts";
import { Vector } from "../../src/data/vector.ts";
import { print } from "../../src/lang/printer.ts";
import type { Result } from "../../src/state/result.ts";
import type { State } from "../../src/state/state.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { applyBlock } from "../../src/transition/apply-block.ts";
import { testGenesis } from "../genesis/test-genesis.ts";
import { filled, quoted } from "../interop/programs/damaged-calls.ts";
import { signedBlocks } from "../interop/programs/network.ts";

const NUMBERS = Array.from({ length: 16 }, (_, i) => i);

const numbers = CVMMap.from(NUMBERS.map((i) => [i, i]));
/** With its children the other way round. */
const MAP = numbers.make(16, numbers.slots.toReversed(), numbers.shift, numbers.mask, null);
const set = CVMSet.from(NUMBERS);
/** With its first child in the place of the last one, too. */
const SET = set.make(16, set.slots.with(-1, set.slots[0] as Slot), set.shift, set.mask, null);
const single = (hex: string) => new Index(1, true, [Blob.fromHex(hex), 1], INDEX_DIGITS, 0);
const inner = new Index(2, false, [single("1234"), single("f0")], 0, 0x8002);
/** Counts fewer than it holds. */
const INDEX = new Index(2, false, [single("00"), inner, single("ab")], 0, 0x209);
/** Has an empty child under the digit 1. */
const EMPTY_CHILD = new Index(3, true, [Blob.fromHex(""), 0, single("0012"), Index.EMPTY], 0, 0b11);
const leaf = Vector.from(NUMBERS);
/** Counts 48 in three children, one of which counts 32. */
const VECTOR = new Vector(48, [leaf, leaf, Vector.from([...NUMBERS, ...NUMBERS])], null, true);
const MORE = `(concat % [${NUMBERS.join(" ")}])`;

const UNREADABLE: [string, Value][] = [
  ["(slice % 1 2)", INDEX],
  // The child for the digit 1 is put beside the empty one.
  ["(assoc % 0x1234 1)", EMPTY_CHILD],
  [MORE, VECTOR],
];
const OUT_OF_ORDER: [string, Value][] = [
  ["(slice % 0 15)", MAP],
  ["[(slice % 0 15)]", MAP],
  ["(disj % 0)", SET],
];
const RESULTS: [string, Value][] = UNREADABLE.flatMap(([form, value]) => [
  [form, value],
  [`[${form}]`, value],
  [`(fail ${form} 1)`, value],
  [`(fail :X ${form})`, value],
  [`(do (log ${form}) 1)`, value],
]);

/** Block after block of one transaction each. */
function applied(state: State, form: string, value: Value) {
  const command = filled(readForm(form), { "%": () => quoted(value) });
  const [block] = signedBlocks([[command]], state);
  const { state: after, results } = applyBlock(state, block as never);
  return { after, result: results?.get(0) as Result };
}

test.each(RESULTS)("%s is no part of a Result", (form, value) => {
  const genesis = testGenesis();
  const { after, result } = applied(genesis, form, value);
  expect(result.error).not.toBe(CODE.PEER);
  expect(print(result.result)).toBe('"The value could never be read again"');
  expect(after.account(12)?.sequence).toBe(1);
  const store = memoryStore(CVM_TABLE);
  store.write({ roots: [["result", result]] });
  store.forget();
  expect(store.cell(hashKey(result))).not.toBeNull();
});

test("parts of Vectors are readable beside what is not, before they are written", () => {
  const parts = `(slice [${[...NUMBERS, ...NUMBERS, ...NUMBERS].join(" ")}] 1 40)`;
  const form = `(do (slice % 1 2) (def q (reverse ${parts})) ${parts})`;
  const { after, result } = applied(testGenesis(), form, INDEX);
  expect(result.error).toBeNull();
  expect(result.result).toBeInstanceOf(Vector);
  const defined = after.account(12)?.definition(CVMSymbol.of("q")) ?? null;
  expect(print(defined)).toStartWith("(7 6 5");
});

test.each(UNREADABLE)("(def q %s) voids its Block", (form, value) => {
  const genesis = testGenesis();
  const { after, result } = applied(genesis, `(def q ${form})`, value);
  expect(result.error).toBe(CODE.PEER);
  expect(hashKey(after)).toBe(hashKey(genesis));
});

test.each(OUT_OF_ORDER)("(def q %s) lasts, and is read again", (form, value) => {
  const kept = applied(testGenesis(), `(def q ${form})`, value).after;
  const store = memoryStore(CVM_TABLE);
  store.write({ roots: [["state", kept]] });
  store.forget();
  const read = store.cell(hashKey(kept)) as State;
  expect(read).not.toBe(kept);
  for (const question of [
    "(count q)",
    "(str q)",
    "(hash (encoding q))",
    "(= q q)",
    "(into q q)",
    "(first q)",
    "(def r [q])",
  ]) {
    const now = applied(kept, question, null);
    const again = applied(read, question, null);
    expect(now.result.error).toBeNull();
    expect(hashKey(again.result)).toBe(hashKey(now.result));
    expect(hashKey(again.after)).toBe(hashKey(now.after));
  }
});

test("others are not given what is out of order", () => {
  const { result } = applied(testGenesis(), "(slice % 0 15)", MAP);
  expect(() => decode(encoding(result.result), CVM_TABLE)).toThrow(BadFormatError);
});

test("what is made on the way and does not last voids nothing", () => {
  const genesis = testGenesis();
  const { after, result } = applied(genesis, `(do (def q (count ${MORE})) q)`, VECTOR);
  expect(result.result).toBe(64);
  expect(after.account(12)?.sequence).toBe(1);
});
