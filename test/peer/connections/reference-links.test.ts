// A peer among such as use their connections as the reference's do (sheet 04 §8.3, §15.1): they
// push Beliefs on those that they have opened, without cells that they take the receiver to have,
// and answer data requests only on those that were opened to them.

import { expect, test } from "bun:test";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { isBranch } from "../../../src/data/branches.ts";
import { Cell, type Value } from "../../../src/data/cell.ts";
import { encoding } from "../../../src/data/encode.ts";
import { decodeMultiCell, joinCells } from "../../../src/data/multi-cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import { MESSAGE_TAG } from "../../../src/net/message.ts";
import { POLL_IDLE_MS } from "../../../src/peer/network-bounds.ts";
import { Belief } from "../../../src/state/belief.ts";
import type { Result } from "../../../src/state/result.ts";
import { memoryStore } from "../../../src/store/memory-store.ts";
import { Cluster } from "../cluster.ts";
import { errorOf, transfer } from "../scene.ts";

/** The cells of a Belief down to its signed Orders, without what they hold. */
function withoutOrders(belief: Belief): Uint8Array {
  const cells: Uint8Array[] = [];
  const stack: Cell[] = [belief];
  while (stack.length > 0) {
    const cell = stack.pop() as Cell;
    if (cell !== belief && isBranch(cell)) cells.push(encoding(cell));
    if (cell instanceof SignedData) continue;
    for (let i = 0; i < cell.slotCount; i++) {
      const slot = cell.slotAt(i);
      if (slot instanceof Cell) stack.push(slot);
    }
  }
  return joinCells(encoding(belief), cells);
}

function isRequest(value: Value, tag: Value): boolean {
  return value instanceof Vector && value.count > 0 && value.get(0) === tag;
}

/** Peer 0 beside three like the reference's, and what it has asked them. */
function scene() {
  const asked = { inVain: 0, data: 0, status: 0 };
  let isAnswering = true;
  const filter = (payload: Uint8Array, to: number, isDialled: boolean): Uint8Array | null => {
    const value = decodeMultiCell(payload.slice(), CVM_TABLE, memoryStore(CVM_TABLE));
    if (to === 0) {
      return value instanceof Belief && !isDialled ? withoutOrders(value) : payload;
    }
    if (isRequest(value, MESSAGE_TAG.STATUS)) asked.status++;
    if (!isRequest(value, MESSAGE_TAG.DATA_REQUEST)) return payload;
    if (isDialled) asked.inVain++;
    else asked.data++;
    return isDialled || !isAnswering ? null : payload;
  };
  const cluster = new Cluster({ count: 4, filter });
  const answer = (will: boolean) => {
    isAnswering = will;
  };
  return { cluster, asked, answer };
}

/** The others are there when peer 0 comes, so that it has connections of its own to them. */
async function ready(cluster: Cluster): Promise<void> {
  for (const i of [1, 2, 3, 0]) cluster.start(i);
  await cluster.until(() => isReady(cluster), 10_000);
}

function isReady(cluster: Cluster): boolean {
  return cluster.running.every(({ peer }) => peer.obstacle() === null);
}

/** A transaction every so often, sent by peer 1. */
async function load(cluster: Cluster, first: number, count: number): Promise<Promise<Result>[]> {
  const results: Promise<Result>[] = [];
  for (let i = first; i < first + count; i++) {
    results.push(cluster.networked(1).peer.submit(transfer(2, i)));
    await cluster.run(100);
  }
  return results;
}

test("a peer asks for the cells that a pushed Belief lacks where its sender answers", async () => {
  const { cluster, asked } = scene();
  await ready(cluster);
  const results = await load(cluster, 1, 20);
  await cluster.until(() => cluster.agrees(20), 5_000);
  expect((await Promise.all(results)).map(errorOf)).toEqual(new Array(20).fill(null));
  expect(asked.data).toBeGreaterThan(0);
  expect(asked.inVain).toBe(0);
  expect(cluster.faults).toEqual([]);
});

test("a peer goes on asking for the status while the pushed Beliefs can't be understood", async () => {
  const { cluster, asked, answer } = scene();
  await ready(cluster);
  await cluster.run(2_000);
  answer(false);
  asked.status = 0;
  await load(cluster, 1, 50);
  const seconds = 5;
  const due = (3 * seconds * 1_000) / POLL_IDLE_MS;
  expect(asked.status).toBeGreaterThan(due / 2);
  answer(true);
  await cluster.until(() => cluster.agrees(50) && isReady(cluster), 30_000);
  expect(cluster.faults).toEqual([]);
});

test("a peer fetches what a named host believes that proves no key, though nothing happens there", async () => {
  const filter = (payload: Uint8Array, to: number): Uint8Array | null => {
    const value = decodeMultiCell(payload.slice(), CVM_TABLE, memoryStore(CVM_TABLE));
    const isKept = to === 0 ? !(value instanceof Belief) : !isRequest(value, MESSAGE_TAG.CHALLENGE);
    return isKept ? payload : null;
  };
  const named = (i: number) => (i === 0 ? [1] : []);
  const cluster = new Cluster({ count: 2, stakes: [0, 1e14], named, filter });
  cluster.start(1);
  for (let i = 1; i <= 3; i++) {
    expect(errorOf(await cluster.networked(1).peer.submit(transfer(2, i)))).toBeNull();
  }
  cluster.start(0);
  await cluster.until(() => cluster.agrees(3), 20_000);
  expect(cluster.networked(0).peer.staleness()).toBeNull();
});
