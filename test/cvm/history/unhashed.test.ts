// T50: BlockResults that code holds. The answers are those of the reference.

import { describe, expect, test } from "bun:test";
import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Address } from "../../../src/data/address.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { Value } from "../../../src/data/cell.ts";
import { hashKey } from "../../../src/data/encode.ts";
import { decodeMultiCell, encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { DenseRecord } from "../../../src/data/record.ts";
import type { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import { print } from "../../../src/lang/printer.ts";
import { BLOCK_RESULT_TAG } from "../../../src/state/block-result.ts";
import { PROFILE_0_8_5 } from "../../../src/state/rules.ts";
import type { State } from "../../../src/state/state.ts";
import { Invoke, type Transaction } from "../../../src/state/transaction.ts";
import { memoryStore } from "../../../src/store/memory-store.ts";
import { applyBlock } from "../../../src/transition/apply-block.ts";
import { applyTransaction } from "../../../src/transition/apply-transaction.ts";
import { testGenesis } from "../../genesis/test-genesis.ts";
import { filled, quoted } from "../../interop/programs/damaged-calls.ts";
import { block, smallState, USER } from "../../transition/small-network.ts";

/** Embedded ones as `a` and `b`, and branches as `c` and `d`; bound to `x` and `y` where asked. */
const results: Readonly<Record<string, () => Value>> = Object.fromEntries(
  Object.entries({
    a: Vector.of(1, 2),
    b: Vector.of(1, 3),
    c: Vector.of(Blob.of(new Uint8Array(136)), 2),
    d: Vector.of(Blob.of(new Uint8Array(136)), 3),
  }).map(([name, fields]) => [name, () => quoted(new DenseRecord(BLOCK_RESULT_TAG, fields))]),
);

/** What a form with them gives, as it comes in a message. */
function answer(source: string): string {
  const tx = Invoke.of(Address.of(12), 1, filled(readForm(source), results));
  const decoded = decodeMultiCell(encodeMultiCell(tx), CVM_TABLE) as Transaction;
  const { value } = applyTransaction(testGenesis(), decoded, PROFILE_0_8_5, "decoded");
  return print(value) ?? "";
}

describe("BlockResults", () => {
  test.each([
    ["(= a b)", "true"],
    ["(= a c)", "true"],
    ["(= c d)", "false"],
    ["(= [a] [b])", "false"],
    ["(get (hash-map a 1) b)", "1"],
    ["(get (hash-map a 1 2 3) b)", "1"],
    ["(contains-key? #{a 1} b)", "true"],
    ["(contains-key? #{a 1} c)", "false"],
    ["(count (disj #{a} b))", "0"],
    ["(count (dissoc (hash-map a 1 2 3) b))", "1"],
    ["(count (conj #{a} b))", "2"],
    ["(count (hash-map a 1 b 2))", "1"],
    ["(count (hash-map a 1 2 3 b 2))", "2"],
    ["(let [x a y b] #{x 1} (= x y))", "true"],
    ["(let [x a y b] #{x 1} #{y 1} (= x y))", "false"],
    ["(let [x a y b] (= {1 x} {1 y}) (= x y))", "false"],
    ["(= (get (assoc {1 a} 1 c) 1) c)", "true"],
    ["(= (count (encoding (get (assoc {1 a} 1 c) 1))) (count (encoding a)))", "true"],
    ["(= (count (encoding (get (conj {1 a} [1 c]) 1))) (count (encoding a)))", "true"],
    ["(= (count (encoding (get (merge {1 a} {1 c}) 1))) (count (encoding a)))", "true"],
    ["(do (def q a) (def q c) (= (count (encoding q)) (count (encoding a))))", "true"],
  ])("%s is %s", (source, expected) => {
    expect(answer(source)).toBe(expected);
  });
});

test("hashes are remembered for a block, whatever the State has in memory", () => {
  const invoke = (source: string, sequence: number): Invoke =>
    Invoke.of(Address.of(USER), sequence, filled(readForm(source), results));
  const received = (signed: SignedData): SignedData =>
    decodeMultiCell(encodeMultiCell(signed), CVM_TABLE) as SignedData;
  const first = received(block(1000, invoke("(def m a)", 1), invoke("(#%hash-set m 1)", 2)));
  const next = received(block(2000, invoke("(let [y b] (#%hash-set y 1) (#%= m y))", 3)));
  const { state } = applyBlock(smallState(), first);
  const store = memoryStore(CVM_TABLE);
  store.write({ roots: [["state", state]] });
  store.forget();
  const again = store.cell(hashKey(state)) as State;
  const given = [state, again].map((before) => applyBlock(before, next).result(0)?.result);
  expect(given).toEqual([true, true]);
});
