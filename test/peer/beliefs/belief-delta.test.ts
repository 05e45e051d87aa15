// What is sent of a Belief, and that it is enough: whoever has the one before has all of the new
// one.

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Blob } from "../../../src/data/blob.ts";
import { forEachBranch } from "../../../src/data/branches.ts";
import { Ref, type Slot } from "../../../src/data/cell.ts";
import { encodedLength, hashKey, slotHashKey } from "../../../src/data/encode.ts";
import { Index } from "../../../src/data/index-map.ts";
import { decodeMultiCell, joinCells } from "../../../src/data/multi-cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import {
  beliefDelta,
  deltaPayload,
  hasMoreBytes,
  newsPayload,
} from "../../../src/peer/beliefs/belief-delta.ts";
import type { HasGroup } from "../../../src/peer/beliefs/belief-groups.ts";
import { Belief } from "../../../src/state/belief.ts";
import { Block } from "../../../src/state/block.ts";
import { Order } from "../../../src/state/order.ts";
import { memoryStore } from "../../../src/store/memory-store.ts";
import { keyPair, transfer } from "../scene.ts";

/** Signed blocks of a transfer each; the n-th is made once. */
const made: SignedData[] = [];
function block(n: number): SignedData {
  while (made.length <= n) {
    const i = made.length;
    const transactions = Vector.of(transfer(1 + (i % 30), 1 + i));
    made.push(SignedData.sign(keyPair(i % 4), Block.of(1_000 + i, transactions)));
  }
  return made[n] as SignedData;
}

/** The Belief of peers whose Orders have so many blocks, all but the last few in common. */
function belief(orders: readonly { count: number; own: number; final: number; ts: number }[]) {
  let index = Index.EMPTY;
  for (const [i, { count, own, final, ts }] of orders.entries()) {
    const blocks = Array.from({ length: count }, (_, n) => block(n));
    for (let k = 0; k < own; k++) blocks.push(block(900 + 20 * i + k));
    const points = Vector.of(blocks.length, final, final, Math.min(final, count));
    const order = Order.of(ts, points, Vector.from(blocks));
    const signed = SignedData.sign(keyPair(i), order);
    index = index.assoc(Blob.of(keyPair(i).publicKey), signed) as Index;
  }
  return Belief.of(index);
}

/** Hash keys of all cells below a value that have one of their own. */
function closure(root: Belief): Map<string, number> {
  const found = new Map<string, number>();
  const stack: Slot[] = [root];
  while (stack.length > 0) {
    const slot = stack.pop() as Slot;
    const value = slot instanceof Ref ? slot.load() : slot;
    forEachBranch(value, (branch) => {
      const key = slotHashKey(branch);
      if (found.has(key)) return;
      found.set(key, encodedLength(branch instanceof Ref ? branch.load() : branch));
      stack.push(branch);
    });
  }
  return found;
}

function keysOf(from: ReturnType<typeof beliefDelta>): Set<string> {
  return new Set([...from.head.keys(), ...from.groups.flatMap(({ cells }) => [...cells.keys()])]);
}

function bytesOf({ top, head, groups }: ReturnType<typeof beliefDelta>): number {
  const cells = [...head.values(), ...groups.flatMap((group) => [...group.cells.values()])];
  return top.length + cells.reduce((sum, { length }) => sum + length, 0);
}

const arbitraryOrders = fc.array(
  fc.record({
    count: fc.integer({ min: 0, max: 300 }),
    own: fc.integer({ min: 0, max: 3 }),
    final: fc.integer({ min: 0, max: 40 }),
    ts: fc.integer({ min: 1, max: 1e6 }),
  }),
  { minLength: 1, maxLength: 5 },
);

describe("the delta between two Beliefs", () => {
  test("brings all that is new", () => {
    fc.assert(
      fc.property(arbitraryOrders, arbitraryOrders, (before, after) => {
        const bounded = (orders: typeof before) =>
          orders.map((order) => ({ ...order, final: Math.min(order.final, order.count) }));
        const known = belief(bounded(before));
        const next = belief(bounded(after));
        const has = new Set([...closure(known).keys(), ...keysOf(beliefDelta(next, known, 0))]);
        for (const key of closure(next).keys()) expect(has.has(key)).toBe(true);
      }),
      { numRuns: 150, seed: 5 },
    );
  });

  test("from nothing is the whole Belief, or its end", () => {
    const next = belief([{ count: 280, own: 2, final: 270, ts: 5 }]);
    const whole = beliefDelta(next, null, 0);
    expect(keysOf(whole)).toEqual(new Set(closure(next).keys()));
    const end = beliefDelta(next, null, 270);
    expect(bytesOf(end)).toBeLessThan(bytesOf(whole) / 8);
    const blocks = end.groups.filter(({ key }) => made.some((signed) => hashKey(signed) === key));
    expect(blocks.length).toBe(12);
  });

  test("finds out that it is large without encoding all of its blocks", () => {
    const next = belief([{ count: 280, own: 0, final: 270, ts: 5 }]);
    const whole = beliefDelta(next, null, 0);
    const asked: string[] = [];
    const groups = whole.groups.map((group) => ({
      id: group.id,
      key: group.key,
      blockOf: group.blockOf,
      get cells() {
        asked.push(group.key);
        return group.cells;
      },
    }));
    const watched = { top: whole.top, head: whole.head, groups };
    const total = bytesOf(whole);
    expect([hasMoreBytes(watched, total - 1), hasMoreBytes(watched, total)]).toEqual([true, false]);
    asked.length = 0;
    expect(hasMoreBytes(watched, total / 10)).toBe(true);
    expect(asked.length).toBeLessThan(groups.length / 5);
  });

  test("is small when little has changed, however long the Orders are", () => {
    const order = { count: 600, own: 0, final: 590, ts: 5 };
    const known = belief([order, order, order]);
    const next = belief([{ ...order, count: 601, ts: 6 }, order, order]);
    const delta = beliefDelta(next, known, 0);
    expect(bytesOf(delta)).toBeLessThan(4_000);
    const head = deltaPayload(delta, () => true);
    expect(head).toEqual(joinCells(delta.top, [...delta.head.values()]));
  });

  test("gives each receiver the message that one for it alone would give, and equal ones once", () => {
    const order = { count: 20, own: 1, final: 18, ts: 5 };
    const known = belief([order, order, order]);
    const next = belief([{ ...order, own: 2, ts: 6 }, { ...order, count: 21, ts: 7 }, order]);
    const shared = beliefDelta(next, known, 0);
    const keys = shared.groups.map(({ key }) => key);
    expect(keys.length).toBeGreaterThan(3);
    for (let mask = 0; mask < 2 ** keys.length; mask++) {
      const has: HasGroup = ({ key }) => (mask & (1 << keys.indexOf(key))) !== 0;
      const alone = beliefDelta(next, known, 0);
      expect(newsPayload(shared, has)).toEqual(newsPayload(alone, has));
      expect(deltaPayload(shared, has)).toEqual(deltaPayload(alone, has));
    }
    const none = () => false;
    expect(deltaPayload(shared, none)).toBe(deltaPayload(shared, none));
    expect(newsPayload(shared, () => true)).toBeNull();
  });

  test("can be read down to the signed Orders by who has kept nothing of the Beliefs before", () => {
    fc.assert(
      fc.property(arbitraryOrders, arbitraryOrders, (before, after) => {
        const next = belief(after);
        const delta = beliefDelta(next, belief(before), 0);
        const payload = deltaPayload(delta, () => true);
        const read = decodeMultiCell(payload, CVM_TABLE, memoryStore(CVM_TABLE)) as Belief;
        for (const [, signed] of read.orders.entries()) expect(signed).toBeInstanceOf(SignedData);
      }),
      { numRuns: 50, seed: 6 },
    );
  });
});
