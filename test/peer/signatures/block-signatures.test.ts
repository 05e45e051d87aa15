import { expect, test } from "bun:test";
import { hashKey } from "../../../src/data/encode.ts";
import { decodeMultiCell, encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import { print } from "../../../src/lang/printer.ts";
import { EXECUTE_BLOCKS_MS, EXECUTION_SLICE_MS } from "../../../src/peer/bounds.ts";
import { SYSTEM_CLOCK } from "../../../src/peer/clock.ts";
import { LocalExecutor } from "../../../src/peer/rounds/executor.ts";
import { checkBlockSignatures } from "../../../src/peer/signatures/block-signatures.ts";
import { CHECK_ASIDE, CHECK_IN_PLACE } from "../../../src/peer/signatures/signature-checks.ts";
import { Block } from "../../../src/state/block.ts";
import { EMERALD, MAX_TRANSACTIONS_PER_BLOCK } from "../../../src/state/constants.ts";
import { PROFILE_0_8_5 } from "../../../src/state/rules.ts";
import type { State } from "../../../src/state/state.ts";
import { STATE_TABLE } from "../../../src/state/state-table.ts";
import { applyBlock } from "../../../src/transition/apply-block.ts";
import { signCofactored } from "../../crypto/cofactored-signature.ts";
import { keyPair, OTHER, smallState, T0, transfer } from "../../transition/small-network.ts";

/** A block as it comes over the wire; the second transaction has a signature that is wrong. */
function receivedBlock(timestamp: number, firstSequence = 1): SignedData {
  const signed = [0, 0, 1].map((i) =>
    SignedData.sign(keyPair(1), transfer(OTHER, 5, firstSequence + i)),
  );
  const wrong = (signed[1] as SignedData).signature;
  wrong[3] = (wrong[3] as number) ^ 1;
  // In the first place, where its sequence is the next one and only the signature can refuse it.
  const transactions = Vector.from([signed[1], signed[0], signed[2]] as SignedData[]);
  const block = SignedData.sign(keyPair(1), Block.of(timestamp, transactions));
  return decodeMultiCell(encodeMultiCell(block), STATE_TABLE) as SignedData;
}

function verdicts(block: SignedData): (boolean | null)[] {
  const transactions = (block.value as Block).transactions as Vector;
  return transactions.toArray().map((signed) => (signed as SignedData).verified);
}

test("a signature accepted aside is known to be good, a refused one is decided exactly", async () => {
  const block = receivedBlock(T0 + 1);
  expect(verdicts(block)).toEqual([null, null, null]);
  await checkBlockSignatures([block.value], CHECK_ASIDE);
  expect(verdicts(block)).toEqual([null, true, true]);
  const applied = applyBlock(smallState(), block);
  expect(verdicts(block)).toEqual([false, true, true]);
  expect([0, 1, 2].map((i) => applied.result(i)?.isError)).toEqual([true, false, false]);
});

/** A block of transactions with signatures that are none, each with its own sequence. */
function forgedBlock(sequences: readonly number[], timestamp = T0 + 1): SignedData {
  const { publicKey } = keyPair(1);
  const bad = sequences.map((sequence, i) =>
    SignedData.of(publicKey, new Uint8Array(64).fill(1, 0, i), transfer(OTHER, 5, sequence)),
  );
  return SignedData.sign(keyPair(1), Block.of(timestamp, Vector.from(bad)));
}

test("a block full of bad signatures lets others have their turns", async () => {
  let turns = 0;
  let now = 0;
  // Each look at the clock takes a while: one transaction is longer than a slice.
  const clock = {
    ...SYSTEM_CLOCK,
    now: () => {
      now += EXECUTION_SLICE_MS + 1;
      return now;
    },
    soon: (task: () => void) => {
      turns++;
      setImmediate(task);
    },
  };
  const block = forgedBlock(new Array(60).fill(1));
  const executor = new LocalExecutor(PROFILE_0_8_5, clock, CHECK_ASIDE);
  let pauses = 0;
  const listener = { onBlock: () => {}, onPause: () => pauses++ };
  const [result] = await executor.execute(smallState(), [block], listener);
  expect(result && hashKey(result)).toBe(hashKey(applyBlock(smallState(), block)));
  expect(verdicts(block)).toEqual(new Array(60).fill(false));
  expect([turns, pauses]).toEqual([60, 60]);
});

test("signatures that the sequence makes no matter are not checked exactly", async () => {
  const block = forgedBlock([1, 2, 3, 1]);
  const executor = new LocalExecutor(PROFILE_0_8_5, SYSTEM_CLOCK, CHECK_ASIDE);
  const [result] = await executor.execute(smallState(), [block]);
  expect([0, 1, 2, 3].map((i) => print(result?.result(i)?.error ?? null))).toEqual([
    ":SIGNATURE",
    ":SEQUENCE",
    ":SEQUENCE",
    ":SIGNATURE",
  ]);
  expect(verdicts(block)).toEqual([false, null, null, false]);
});

test("no block is begun after the time of those executed together", async () => {
  let now = 0;
  const clock = { ...SYSTEM_CLOCK, now: () => now };
  const executor = new LocalExecutor(PROFILE_0_8_5, clock, CHECK_ASIDE);
  const blocks = [0, 1, 2, 3].map((i) => receivedBlock(T0 + 1 + i, 1 + 2 * i));
  const listener = { onBlock: () => (now += EXECUTE_BLOCKS_MS / 2 + 1), onPause: () => {} };
  const first = await executor.execute(smallState(), blocks, listener);
  expect(first.length).toBe(2);
  now = 0;
  const rest = await executor.execute(first.at(-1)?.state as State, blocks.slice(2), listener);
  const expected = await executor.execute(
    smallState(),
    [0, 1, 2, 3].map((i) => receivedBlock(T0 + 1 + i, 1 + 2 * i)),
  );
  expect([...first, ...rest].map(hashKey)).toEqual(expected.map(hashKey));
});

test("a block is executed by the exact check, whatever a peer takes in", async () => {
  const seed = new Uint8Array(32).fill(1);
  expect(keyPair(1).publicKey).toEqual(signCofactored(seed, null).publicKey as Uint8Array);
  const signed = signCofactored(seed, transfer(OTHER, 5, 1));
  const block = SignedData.sign(keyPair(1), Block.of(T0 + 1, Vector.of(signed)));
  for (const checks of [CHECK_ASIDE, CHECK_IN_PLACE]) {
    const received = decodeMultiCell(encodeMultiCell(block), STATE_TABLE) as SignedData;
    const executor = new LocalExecutor(PROFILE_0_8_5, SYSTEM_CLOCK, checks);
    const [result] = await executor.execute(smallState(), [received]);
    expect(result?.result(0)?.isError).toBe(false);
  }
});

test("an executor with checks aside gives the results of one without", async () => {
  const blocks = () => [0, 1, 2].map((i) => receivedBlock(T0 + 1 + i, 1 + 2 * i));
  const plain = new LocalExecutor(PROFILE_0_8_5, SYSTEM_CLOCK);
  const aside = new LocalExecutor(PROFILE_0_8_5, SYSTEM_CLOCK, CHECK_ASIDE);
  const expected = await plain.execute(smallState(), blocks());
  const results = await aside.execute(smallState(), blocks());
  expect(results.map(hashKey)).toEqual(expected.map(hashKey));
  expect(results[2]?.state.account(OTHER)?.balance).toBe(EMERALD + 30);
  expect(await aside.execute(smallState(), [])).toEqual([]);
});

test("a value that is no block, or a block too long to be applied, is left alone", async () => {
  const long = Vector.from(new Array(MAX_TRANSACTIONS_PER_BLOCK + 1).fill(receivedBlock(T0 + 1)));
  const block = Block.of(T0, long);
  await checkBlockSignatures([block], CHECK_ASIDE);
  expect((long.get(0) as SignedData).verified).toBeNull();
  await checkBlockSignatures([null], CHECK_ASIDE);
  await checkBlockSignatures([receivedBlock(T0 + 1).value], CHECK_IN_PLACE);
});
