// When the results of an execution count: if nobody has dropped it, and the history still fits.

import { beforeEach, expect, test } from "bun:test";
import { keyPairSigner, PeerHistory } from "../../../src/consensus/peer-history.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import { Execution } from "../../../src/peer/rounds/execution.ts";
import type { Executor } from "../../../src/peer/rounds/executor.ts";
import { ALONE } from "../../../src/peer/rounds/participation.ts";
import { Standing } from "../../../src/peer/rounds/standing.ts";
import { Block } from "../../../src/state/block.ts";
import { BlockResult } from "../../../src/state/block-result.ts";
import { keyPair, newState, TestClock } from "../scene.ts";

const state = newState();
const block = (time: number) => SignedData.sign(keyPair(0), Block.of(time, Vector.EMPTY));
const BLOCKS = [block(1), block(2)];
const from = PeerHistory.create(keyPairSigner(keyPair(0)), state).proposeBlocks(BLOCKS);
const RESULTS = BLOCKS.map(() => BlockResult.of(state, null));

let ends: ((results: readonly BlockResult[] | Error) => void)[];
let execution: Execution;
let told: number;

beforeEach(() => {
  ends = [];
  told = 0;
  const executor: Executor = {
    execute: (_state, _blocks, listener) => {
      listener?.onPause();
      return new Promise((resolve, reject) => {
        ends.push((results) =>
          results instanceof Error ? reject(results) : resolve([...results]),
        );
      });
    },
  };
  const standing = new Standing(new TestClock(), keyPair(0).publicKey, ALONE);
  execution = new Execution(executor, standing, () => told++);
});

/** The last run comes to its end. */
async function end(results: readonly BlockResult[] | Error = RESULTS): Promise<void> {
  ends.at(-1)?.(results);
  await new Promise<void>((resolve) => setImmediate(resolve));
}

test("results are taken once, when execution is over", async () => {
  await execution.begin(from, BLOCKS);
  expect([execution.isRunning, execution.isOver, execution.take(from)]).toEqual([
    true,
    false,
    null,
  ]);
  await end();
  expect([execution.isRunning, execution.isOver, told]).toEqual([false, true, 1]);
  expect(execution.take(from)).toEqual({ blocks: BLOCKS, results: RESULTS });
  expect([execution.isUnderWay, execution.take(from)]).toEqual([false, null]);
});

test("results of a run that was dropped are not taken, whether it was over or not", async () => {
  for (const isOver of [false, true]) {
    await execution.begin(from, BLOCKS);
    if (isOver) await end();
    execution.drop();
    expect(execution.isUnderWay).toBe(!isOver);
    await end();
    expect([execution.isUnderWay, execution.take(from)]).toEqual([false, null]);
    await execution.begin(from, BLOCKS);
    await end();
    expect(execution.take(from)?.results.length).toBe(2);
  }
  execution.drop();
  await execution.begin(from, BLOCKS);
  await end();
  expect(execution.take(from)).not.toBeNull();
});

test("results of blocks that the Order has no more are not taken", async () => {
  const other = PeerHistory.create(keyPairSigner(keyPair(0)), state);
  for (const now of [
    other.proposeBlocks([block(1), block(3)]),
    other.proposeBlocks([block(1)]),
    from.with({ position: 1 }),
    from.with({ state: newState() }),
  ]) {
    await execution.begin(from, BLOCKS);
    await end();
    expect([execution.take(now), execution.isUnderWay]).toEqual([null, false]);
  }
  await execution.begin(from, BLOCKS);
  await end(RESULTS.slice(1));
  expect(execution.take(other.proposeBlocks([block(1), block(3)]))?.blocks).toEqual([
    BLOCKS[0] as SignedData,
  ]);
});

test("an error of execution is thrown when its results are taken, and a next run can begin", async () => {
  await execution.begin(from, BLOCKS);
  await end(new Error("fault"));
  expect(() => execution.take(from)).toThrow("fault");
  expect(execution.isUnderWay).toBe(false);
});

test("idle resolves when execution is over, at once where none runs", async () => {
  await execution.idle();
  await execution.begin(from, BLOCKS);
  let isIdle = false;
  void execution.idle().then(() => {
    isIdle = true;
  });
  await Promise.resolve();
  expect(isIdle).toBe(false);
  await end();
  expect(isIdle).toBe(true);
});
