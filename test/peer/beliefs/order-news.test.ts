// What Orders bring in new blocks: how much of it is gone through in memory, and how much of it
// others take, goes by the stake of who has signed them.

import { expect, setDefaultTimeout, test } from "bun:test";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { Cell } from "../../../src/data/cell.ts";
import { footprint } from "../../../src/data/footprint.ts";
import { Index } from "../../../src/data/index-map.ts";
import { decodeMultiCell, encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import {
  BLOCK_AHEAD_MAX_MS,
  BLOCKS_AT_ONCE,
  FETCH_TERMS,
  LITTLE_NEWS_MEMORY_MAX,
  MISSING_WAIT_MS,
  ORDER_NEWS_MEMORY_MAX,
  OWN_BLOCKS_OF_LITTLE_MAX,
  OWN_BLOCKS_TERMS,
} from "../../../src/peer/network-bounds.ts";
import { Belief } from "../../../src/state/belief.ts";
import { Block } from "../../../src/state/block.ts";
import { MINIMUM_EFFECTIVE_STAKE } from "../../../src/state/constants.ts";
import { Order } from "../../../src/state/order.ts";
import { denseForm } from "../../hostile/dense-messages.ts";
import { TEST_MS } from "../../patience.ts";
import { keyPair, TestClock } from "../scene.ts";
import { intakeScene, STAKE, STRANGER } from "./intake-scene.ts";

setDefaultTimeout(TEST_MS);

/** Bytes of blobs that take the memory which an Order of little stake may bring. */
const LITTLE_NEWS_BYTES_MAX = LITTLE_NEWS_MEMORY_MAX / 8;
const MINUTE_MS = 60_000;
const LITTLE = 1;
const MUCH = 2;
/** Has nothing but what it has sent. */
const SENDER = { ...STRANGER, isTrusted: true };

async function scene() {
  const clock = new TestClock();
  const all = intakeScene(clock, {}, [1000 * STAKE, MINIMUM_EFFECTIVE_STAKE, 1000 * STAKE]);
  await all.peer.settled();
  let count = 0;
  /** An Order with so many blocks of so many bytes, none of them known. */
  const orderBy = (i: number, bytes: number, blocks = 1) => {
    const made = Array.from({ length: blocks }, () => {
      const bulk = new Uint8Array(bytes);
      for (let at = 0; at + 8 <= bytes; at += 4_096)
        new DataView(bulk.buffer).setFloat64(at, count++);
      return SignedData.sign(keyPair(i), Block.of(clock.now() - count, Vector.of(Blob.of(bulk))));
    });
    return Order.of(clock.now(), Vector.of(blocks, 0, 0, 0), Vector.from(made));
  };
  const take = (i: number, order: Order) => {
    const signed = SignedData.sign(keyPair(i), order);
    const belief = Belief.of(Index.from([[Blob.of(keyPair(i).publicKey), signed]]) as Index);
    const message = encodeMultiCell(belief);
    const payload = decodeMultiCell(message, CVM_TABLE, all.received) as Cell;
    return all.intake.take(SENDER, payload, message.length);
  };
  const turns = async (count = 200) => {
    for (let i = 0; i < count; i++) await new Promise<void>((resolve) => setImmediate(resolve));
    await all.peer.settled();
  };
  const timeOf = (i: number) =>
    all.peer.currentBelief.orderOf(keyPair(i).publicKey)?.timestamp ?? null;
  /** Whether what a message has brought is in memory once it has been looked at. */
  const isPinned = async (i: number, order: Order) => {
    const signed = SignedData.sign(keyPair(i), order);
    const payload = new WeakRef(
      decodeMultiCell(encodeMultiCell(signed), CVM_TABLE, all.received) as SignedData,
    );
    all.intake.take(SENDER, payload.deref() as SignedData);
    // What the stack happens to hold stays a little longer.
    for (let i = 0; i < 20 && payload.deref() !== undefined; i++) {
      await turns(2);
      Bun.gc(true);
    }
    return payload.deref() !== undefined;
  };
  return { ...all, clock, orderBy, take, turns, timeOf, isPinned };
}

test.each([1, BLOCKS_AT_ONCE + 10])(
  "with %d blocks much comes by the store from little stake",
  async (blocks) => {
    const { clock, orderBy, take, turns, timeOf, store } = await scene();
    const bytes = Math.ceil((2 * LITTLE_NEWS_BYTES_MAX) / blocks);
    const order = orderBy(LITTLE, bytes, blocks);
    const isNow = async (i: number, each: Order) => {
      take(i, each);
      await turns();
      return timeOf(i) === clock.now();
    };
    expect(await isNow(LITTLE, order)).toBe(false);
    expect(await isNow(MUCH, orderBy(MUCH, bytes, blocks))).toBe(true);
    clock.advance(MINUTE_MS);
    expect(await isNow(LITTLE, orderBy(LITTLE, bytes / 4, blocks))).toBe(true);
    clock.advance(MINUTE_MS);
    const later = orderBy(LITTLE, bytes, blocks);
    expect(await isNow(LITTLE, later)).toBe(false);
    const sentAtMs = clock.now();
    // Peers say what they believe again and again.
    take(LITTLE, later);
    clock.advance(MISSING_WAIT_MS);
    await turns();
    take(LITTLE, later);
    await turns();
    expect(timeOf(LITTLE)).toBe(sentAtMs);
    for (const block of later.blocks) expect(store.requireComplete(block, 0).memory).toBe(0);
  },
);

test("small cells come by the store, whatever the stake", async () => {
  const { clock, take, turns, timeOf } = await scene();
  const dense = denseForm(3_000);
  expect(footprint(dense)).toBeGreaterThan(ORDER_NEWS_MEMORY_MAX);
  const block = SignedData.sign(keyPair(MUCH), Block.of(clock.now() - 1, Vector.of(dense)));
  const before = timeOf(MUCH);
  take(MUCH, Order.of(clock.now(), Vector.of(1, 0, 0, 0), Vector.of(block)));
  await turns(1);
  expect(timeOf(MUCH)).toBe(before);
  clock.advance(MISSING_WAIT_MS);
  await turns();
  expect(timeOf(MUCH)).toBe(clock.now() - MISSING_WAIT_MS);
});

test("how many new bytes Orders may bring depends on the stake of their signer", async () => {
  const { clock, orderBy, take, turns, timeOf } = await scene();
  const size = 0.8 * LITTLE_NEWS_BYTES_MAX;
  const taken = async (i: number) => {
    clock.advance(1_000 / OWN_BLOCKS_TERMS.leastPerSecond);
    take(i, orderBy(i, size));
    await turns(1);
    return timeOf(i) === clock.now();
  };
  const most = Math.ceil(FETCH_TERMS.burst / size);
  let count = 0;
  while (count <= most && (await taken(LITTLE))) count++;
  expect(count).toBeGreaterThan(0.9 * most);
  expect(count).toBeLessThanOrEqual(most);
  expect(await taken(MUCH)).toBe(true);
  clock.advance((2 * size * 1_000) / FETCH_TERMS.leastPerSecond);
  expect(await taken(LITTLE)).toBe(true);
});

test("cells that came with a message are read with other events in between", async () => {
  const { clock, orderBy, take, turns, timeOf, received } = await scene();
  take(LITTLE, orderBy(LITTLE, 3 * LITTLE_NEWS_BYTES_MAX));
  const sentAtMs = clock.now();
  let events = 0;
  const decoded: number[] = [];
  const { encodingOf } = received;
  received.encodingOf = (key) => {
    decoded.push(events);
    return encodingOf.call(received, key);
  };
  clock.advance(MISSING_WAIT_MS);
  for (let i = 0; i < 100; i++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    events++;
  }
  await turns();
  expect(timeOf(LITTLE)).toBe(sentAtMs);
  expect(new Set(decoded).size).toBeGreaterThan(2);
});

test("an Order of little stake that waits for its time, or has a fault, is kept without its blocks", async () => {
  const { clock, orderBy, isPinned, turns, timeOf } = await scene();
  const waitMs = 1_000;
  const early = (i: number) => orderBy(i, 1_000).withTimestamp(clock.now() + waitMs);
  const faulty = (i: number) => {
    const future = Block.of(clock.now() + 10 * BLOCK_AHEAD_MAX_MS, Vector.of(count++));
    const blocks = Vector.of(SignedData.sign(keyPair(i), future));
    return Order.of(clock.now(), Vector.of(1, 0, 0, 0), blocks);
  };
  let count = 0;
  expect(await isPinned(LITTLE, early(LITTLE))).toBe(false);
  expect(await isPinned(MUCH, early(MUCH))).toBe(true);
  clock.advance(waitMs);
  await turns();
  expect(timeOf(LITTLE)).toBe(clock.now());
  expect(timeOf(MUCH)).toBe(clock.now());
  clock.advance(1);
  expect(await isPinned(LITTLE, faulty(LITTLE))).toBe(false);
  expect(await isPinned(MUCH, faulty(MUCH))).toBe(true);
});

test("how many blocks of its own Orders may bring depends on the stake of their signer", async () => {
  const { clock, take, turns, timeOf, faults, ...all } = await scene();
  let count = 0;
  /** The blocks that the peer has, and more. */
  const longer = (i: number, blocks: number) => {
    let vector = all.peer.order?.blocks ?? Vector.EMPTY;
    for (let n = 0; n < blocks; n++) {
      const block = Block.of(clock.now() - 1_000, Vector.of(count++));
      vector = vector.append(SignedData.sign(keyPair(i), block));
    }
    return Order.of(clock.now(), Vector.of(vector.count, 0, 0, 0), vector);
  };
  const isTaken = async (i: number, order: Order) => {
    take(i, order);
    await turns();
    clock.advance(1);
    return timeOf(i) === order.timestamp;
  };
  const { burst, leastPerSecond } = OWN_BLOCKS_TERMS;
  expect(await isTaken(LITTLE, longer(LITTLE, burst - 1))).toBe(true);
  expect(await isTaken(LITTLE, longer(LITTLE, 100))).toBe(true);
  const more = longer(LITTLE, 1);
  expect(await isTaken(LITTLE, more)).toBe(false);
  for (let n = 0; n < 3; n++) {
    clock.advance(1_000);
    expect(await isTaken(MUCH, longer(MUCH, burst))).toBe(true);
  }
  clock.advance((100 * 1_000) / leastPerSecond);
  expect(await isTaken(LITTLE, longer(LITTLE, 1))).toBe(true);
  clock.advance(10 * MINUTE_MS);
  expect(await isTaken(LITTLE, longer(LITTLE, OWN_BLOCKS_OF_LITTLE_MAX + 1))).toBe(false);
  expect(faults.at(-1)).toEndWith("it brings too many blocks of its peer");
  expect(await isTaken(MUCH, longer(MUCH, OWN_BLOCKS_OF_LITTLE_MAX + 1))).toBe(true);
});
