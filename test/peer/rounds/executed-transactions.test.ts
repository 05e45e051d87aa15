// What those are told who wait for transactions that are in blocks of several peers.

import { describe, expect, test } from "bun:test";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { hashKey } from "../../../src/data/encode.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import { Transactions } from "../../../src/peer/clients/transactions.ts";
import { ExecutedTransactions } from "../../../src/peer/rounds/executed-transactions.ts";
import { Block } from "../../../src/state/block.ts";
import { INITIAL_TIMESTAMP } from "../../../src/state/constants.ts";
import { memoryStore } from "../../../src/store/memory-store.ts";
import { WHOLE_BLOCK } from "../../../src/store/store.ts";
import { applyBlock } from "../../../src/transition/apply-block.ts";
import { Cluster } from "../cluster.ts";
import { errorOf, keyPair, newState, TestClock, transfer } from "../scene.ts";

const USER = 5;
const NO_BLOCKS = () => null;
const first = transfer(USER, 1);
const second = transfer(USER, 2);

/** A block by a peer; a void one is older than anything that may be executed. */
function blockBy(peer: number, isVoid: boolean, ...transactions: SignedData[]): SignedData {
  const time = isVoid ? 0 : INITIAL_TIMESTAMP;
  return SignedData.sign(keyPair(peer), Block.of(time, Vector.from(transactions)));
}

/** What who waits for the second is told when peer 0 has executed these blocks. */
async function told(...blocks: readonly SignedData[]): Promise<string | null> {
  const waiting = new Transactions(new TestClock());
  const answers: (string | null)[] = [];
  void waiting.add(second).then((result) => answers.push(errorOf(result)));
  const executed = new ExecutedTransactions(
    memoryStore(CVM_TABLE),
    keyPair(0).publicKey,
    NO_BLOCKS,
  );
  let state = newState([1e14, 1e14]);
  blocks.forEach((block, i) => {
    const result = applyBlock(state, block);
    executed.add(block, result, i, waiting);
    state = result.state;
  });
  executed.deliver(waiting);
  await new Promise<void>((resolve) => setImmediate(resolve));
  return answers[0] ?? (answers.length === 0 ? "nothing" : null);
}

describe("a transaction that is in the blocks of two peers", () => {
  test("too early in another's is answered for by this peer's own", async () => {
    expect(await told(blockBy(1, false, second))).toBe("nothing");
    expect(await told(blockBy(1, false, second), blockBy(0, false, first, second))).toBeNull();
    expect(await told(blockBy(0, false, second))).toBe("SEQUENCE");
  });

  test("in another's that comes to nothing is answered for by this peer's own", async () => {
    expect(await told(blockBy(1, true, first, second))).toBe("nothing");
    const own = blockBy(0, false, first, second);
    expect(await told(blockBy(1, true, first, second), own)).toBeNull();
    expect(await told(blockBy(0, true, first, second))).toBe("PEER");
  });

  test("is answered for by the one in which it was executed", async () => {
    const other = blockBy(1, false, first, second);
    const own = blockBy(0, false, first, second);
    expect(await told(other, own)).toBeNull();
    expect(await told(own, other)).toBeNull();
    expect(await told(blockBy(0, false, second), other)).toBeNull();
  });

  test("is answered for when its sequence is used up by something else", async () => {
    const instead = transfer(USER, 2, 3);
    expect(await told(blockBy(1, false, first, instead, second))).toBe("SEQUENCE");
  });

  test("reaches its client as it was executed, though another peer has had it before", async () => {
    const cluster = new Cluster({ count: 4, delayMs: 5 });
    cluster.startAll();
    await cluster.run(3_000);
    for (let i = 0; i < 4; i++) {
      const warm = cluster.networked(i).peer.submit(transfer(10 + i, 1));
      await cluster.run(1_000);
      expect(errorOf(await warm)).toBeNull();
    }
    void cluster.networked(1).peer.submit(second);
    await cluster.run(10, 5);
    const { peer } = cluster.networked(0);
    const answers = [peer.submit(first), peer.submit(second)];
    await cluster.run(2_000);
    expect((await Promise.all(answers)).map(errorOf)).toEqual([null, null]);
    expect(peer.state().account(USER)?.sequence).toBe(2);
  });
});

test("a transaction that was executed stays where it was, however often it is repeated", () => {
  const store = memoryStore(CVM_TABLE);
  const blocks: SignedData[] = [];
  const blockAt = (position: number) => blocks[position] ?? null;
  const executed = new ExecutedTransactions(store, keyPair(0).publicKey, blockAt);
  const waiting = new Transactions(new TestClock());
  let state = newState([1e14, 1e14]);
  const add = (position: number, ...transactions: SignedData[]) => {
    const block = blockBy(1, false, ...transactions);
    const result = applyBlock(state, block);
    executed.add(block, result, position, waiting);
    blocks[position] = block;
    state = result.state;
  };
  const places = () => new Map(executed.positions).get(hashKey(first));
  add(0, second);
  expect(new Map(executed.positions).get(hashKey(second))).toEqual({ block: 0, index: 0 });
  add(1, second, first);
  expect(places()).toEqual({ block: 1, index: 1 });
  add(2, first);
  expect(places()).toEqual({ block: 1, index: 1 });
  store.write({ roots: [], positions: executed.positions });
  executed.deliver(waiting);
  add(3, first);
  expect(places()).toBeUndefined();
  // Another block stands there now: that one was taken back.
  blocks[1] = blockBy(1, true);
  add(4, first);
  expect(places()).toEqual({ block: 4, index: 0 });
});

test("what is signed in place of a block has a position and nothing more", () => {
  const executed = new ExecutedTransactions(
    memoryStore(CVM_TABLE),
    keyPair(0).publicKey,
    NO_BLOCKS,
  );
  const signed = SignedData.sign(keyPair(1), 42);
  const result = applyBlock(newState(), signed);
  executed.add(signed, result, 7, new Transactions(new TestClock()));
  expect(executed.positions).toEqual([[hashKey(signed), { block: 7, index: WHOLE_BLOCK }]]);
});
