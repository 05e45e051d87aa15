// A block that comes from the store can hold more than fits in memory: what is loaded of its
// transactions is not kept there.

import { expect, test } from "bun:test";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import { CHUNK_LENGTH } from "../../src/data/blob-shape.ts";
import { forEachBranch } from "../../src/data/branches.ts";
import { Cell, Ref, type Value } from "../../src/data/cell.ts";
import { hashKey } from "../../src/data/encode.ts";
import { List } from "../../src/data/list.ts";
import { SignedData } from "../../src/data/signed.ts";
import { CVMSymbol } from "../../src/data/symbol.ts";
import { Vector } from "../../src/data/vector.ts";
import { print } from "../../src/lang/printer.ts";
import type { Block } from "../../src/state/block.ts";
import type { Result } from "../../src/state/result.ts";
import { Call, Invoke } from "../../src/state/transaction.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { applyBlock } from "../../src/transition/apply-block.ts";
import { inFreshCells } from "../../src/transition/fresh-cells.ts";
import { blockOf, keyPair, sign, smallState, USER } from "./small-network.ts";

const USER_ADDRESS = Address.of(USER);
const long = (byte: number) => Blob.of(new Uint8Array(1_000).fill(byte));

/** Counts blobs that are branches of the transaction, and touches each. */
function counting(sequence: number): Invoke {
  const vector = Vector.from([1, 2, 3].map((i) => long(10 * sequence + i)));
  const counted = readForm("(#%reduce (fn [n _] (#%inc n)) 0)") as List;
  const quoted = List.of(CVMSymbol.of("quote"), vector);
  return Invoke.of(USER_ADDRESS, sequence, List.from([...counted.toArray(), quoted]));
}

/** The same block as it comes from a store. */
function stored(block: SignedData): SignedData {
  const store = memoryStore(CVM_TABLE);
  store.write({ roots: [["block", block]] });
  store.forget();
  return store.cell(hashKey(block)) as SignedData;
}

/** How many branches below a value are in memory. */
function loadedBelow(value: Value): number {
  let count = 0;
  forEachBranch(value, (branch) => {
    if (branch instanceof Cell) count += 1 + loadedBelow(branch);
  });
  return count;
}

const transactionsOf = (block: SignedData) => (block.value as Block).listed() as SignedData[];
const printed = (results: Vector | null) =>
  results?.toArray().map((each) => print((each as Result).error ?? (each as Result).result));

test("nothing that a transaction has touched stays in memory", () => {
  const block = blockOf(5, [sign(counting(1)), sign(counting(2))]);
  const kept = stored(block);
  const { state, results } = applyBlock(smallState(), kept);
  expect(printed(results)).toEqual(["3", "3"]);
  expect(transactionsOf(kept).map(loadedBelow)).toEqual([0, 0]);
  expect(transactionsOf(kept).map(({ verified }) => verified)).toEqual([true, true]);
  const inMemory = applyBlock(smallState(), block);
  expect(hashKey(state)).toBe(hashKey(inMemory.state));
  expect(hashKey(results as Vector)).toBe(hashKey(inMemory.results as Vector));
});

test("what Results alone hold of transactions takes room", () => {
  let deep: Value = 1;
  for (let i = 0; i < 40; i++) deep = Vector.of(deep);
  const leaf = Vector.from(new Array<Value>(16).fill(deep));
  const giving = (sequence: number) => {
    const branches = Array.from({ length: 70 }, (_, i) => leaf.assoc(0, 100 * sequence + i));
    const literal = List.of(CVMSymbol.of("quote"), Vector.from(branches));
    const form = readForm("(do (#%reduce (fn [n _] (#%inc n)) 0 literal) literal)") as List;
    const fill = (part: Value): Value => {
      if (part instanceof List) return List.from(part.toArray().map(fill));
      return part instanceof CVMSymbol && part.name === "literal" ? literal : part;
    };
    return sign(Invoke.of(USER_ADDRESS, sequence, fill(form)));
  };
  const block = stored(
    blockOf(
      5,
      Array.from({ length: 20 }, (_, i) => giving(i + 1)),
    ),
  );
  const { results } = applyBlock(smallState(), block);
  expect(printed(results)?.at(-1)).toBe('"The value is too large to be kept"');
});

test("what was found out about a signature before counts", () => {
  const { publicKey } = keyPair(1);
  const forged = SignedData.of(publicKey, new Uint8Array(64), counting(1));
  const kept = stored(blockOf(5, [forged]));
  const [signed] = transactionsOf(kept) as [SignedData];
  signed.setVerified(true);
  expect(printed(applyBlock(smallState(), kept).results)).toEqual(["3"]);
});

test("a block in cells of its own keeps those that hold a Call, and others for a while", () => {
  const call = new Call([USER_ADDRESS, 3, USER_ADDRESS, 0, CVMSymbol.of("f"), Vector.of(long(7))]);
  const holding = Vector.of(call, Blob.of(new Uint8Array(120)));
  const invoke = (command: Value) => sign(Invoke.of(USER_ADDRESS, 1, command));
  const commands = [holding, long(8), Blob.of(differingChunks(2 ** 26))];
  const block = blockOf(5, commands.map(invoke)).value as Block;
  const [held, passing, large] = inFreshCells(block).listed() as SignedData[];
  const refs = [branchOf(held), branchOf(passing)];
  const first = refs.map((ref) => ref.load());
  const isKept = () => refs.map((ref, i) => ref.load() === first[i]);
  expect(isKept()).toEqual([true, true]);
  loadAll(large as SignedData);
  expect(isKept()).toEqual([true, false]);
});

/** Of which no two chunks are one cell. */
function differingChunks(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < length; i += CHUNK_LENGTH) view.setUint32(i, i);
  return bytes;
}

function branchOf(signed: SignedData | undefined): Ref {
  let ref: Ref | null = null;
  if (signed !== undefined) {
    forEachBranch(signed, (slot) => {
      if (slot instanceof Ref) ref = slot;
    });
  }
  return ref ?? expect.unreachable();
}

function loadAll(cell: Cell): void {
  forEachBranch(cell, (slot) => {
    const value = slot instanceof Ref ? slot.load() : slot;
    if (value instanceof Cell) loadAll(value);
  });
}
