// Orders that cost much to fetch or to look at, signed by a peer of the least stake: one after the
// other, each another. What they cost is bounded by the stake, and nobody else's is kept away.

import { expect, setDefaultTimeout, test } from "bun:test";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { Cell } from "../../../src/data/cell.ts";
import { encoding } from "../../../src/data/encode.ts";
import { Index } from "../../../src/data/index-map.ts";
import { decodeMultiCell, encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import { AuthorDebts } from "../../../src/peer/beliefs/author-debts.ts";
import {
  BLOCKS_AT_ONCE,
  BLOCKS_AT_ONCE_TERMS,
  DEBTORS_MAX,
  FETCH_TERMS,
  MISSING_WAIT_MS,
  VETTINGS_MAX,
} from "../../../src/peer/network-bounds.ts";
import { Belief } from "../../../src/state/belief.ts";
import { Block } from "../../../src/state/block.ts";
import { MINIMUM_EFFECTIVE_STAKE } from "../../../src/state/constants.ts";
import { TEST_MS } from "../../patience.ts";
import { keyPair, TestClock, transfer } from "../scene.ts";
import {
  beliefOf,
  type Holder,
  holder,
  intakeScene,
  orderBy,
  STAKE,
  STRANGER,
} from "./intake-scene.ts";

setDefaultTimeout(TEST_MS);

const MEGABYTE = 1 << 20;
const HOUR_MS = 3_600_000;
const TRUSTED = { ...STRANGER, isTrusted: true };

/** Peer 0 and 2 have most of the stake, the others as little as counts. */
function scene(clock = new TestClock()) {
  const stakes = [1000 * STAKE, MINIMUM_EFFECTIVE_STAKE, 1000 * STAKE];
  for (let i = 0; i < VETTINGS_MAX; i++) stakes.push(MINIMUM_EFFECTIVE_STAKE);
  const all = intakeScene(clock, {}, stakes);
  const turns = async () => {
    for (let i = 0; i < 500; i++) await new Promise<void>((resolve) => setImmediate(resolve));
    await all.peer.settled();
  };
  const blocksOf = (i: number) =>
    all.peer.currentBelief.orderOf(keyPair(i).publicKey)?.blockCount ?? null;
  return { ...all, turns, blocksOf };
}

/** Sound blocks that nobody has seen. */
function blocksBy(i: number, timestamp: number, count: number): Vector {
  const blocks = Array.from({ length: count }, (_, at) =>
    SignedData.sign(keyPair(i), Block.of(timestamp - at, Vector.of(transfer(2, at + 1)))),
  );
  return Vector.from(blocks);
}

/** One block of so many bytes, no two of its cells the same. */
function bulkyBlocks(i: number, timestamp: number, bytes: number): Vector {
  const bulk = new Uint8Array(bytes);
  const view = new DataView(bulk.buffer);
  for (let at = 0; at + 16 <= bytes; at += 1_024) {
    view.setFloat64(at, timestamp);
    view.setUint32(at + 8, at);
  }
  return Vector.of(SignedData.sign(keyPair(i), Block.of(timestamp, Vector.of(Blob.of(bulk)))));
}

test("how many bytes are fetched for Orders depends on the stake of their signer", async () => {
  const { clock, intake, received, turns, peer, blocksOf } = scene();
  await peer.settled();
  const size = 20 * MEGABYTE;
  const send = async (i: number, sender: Holder) => {
    const belief = beliefOf(orderBy(i, clock.now(), bulkyBlocks(i, clock.now(), size)));
    sender.hold(belief);
    const bare = decodeMultiCell(encoding(belief).slice(), CVM_TABLE, received) as Cell;
    intake.take(sender, bare);
    clock.advance(MISSING_WAIT_MS);
    await turns();
    clock.advance(100);
    return belief;
  };
  const greedy = holder();
  for (let n = 0; n < 6; n++) await send(1, greedy);
  expect(greedy.sent).toBeGreaterThan(FETCH_TERMS.burst);
  expect(greedy.sent).toBeLessThan(FETCH_TERMS.burst + 1.1 * size);
  const honest = holder();
  await send(2, honest);
  expect(honest.sent).toBeGreaterThan(size);
  expect(blocksOf(2)).toBe(1);
  // What can't be had for now is not waited for.
  const last = beliefOf(orderBy(1, clock.now(), bulkyBlocks(1, clock.now(), 1_000)));
  greedy.hold(last);
  const bare = decodeMultiCell(encoding(last).slice(), CVM_TABLE, received) as Cell;
  intake.take(greedy, bare);
  clock.advance(MISSING_WAIT_MS);
  await turns();
  expect(intake.take(greedy, bare)).toBe(true);
  const before = greedy.sent;
  clock.advance(HOUR_MS);
  await send(1, greedy);
  expect(greedy.sent).toBeGreaterThan(before + size);
});

test("an Order with more news than is read in memory comes by the store", async () => {
  const { clock, intake, received, turns, peer, store, blocksOf } = scene();
  await peer.settled();
  const belief = beliefOf(orderBy(2, clock.now(), bulkyBlocks(2, clock.now(), 6 * MEGABYTE)));
  const message = encodeMultiCell(belief);
  const stranger = decodeMultiCell(message, CVM_TABLE, received) as Cell;
  intake.take(STRANGER, stranger);
  await turns();
  expect(blocksOf(2)).toBeNull();
  const sender = holder(belief);
  const top = received.keepParts(message) as Uint8Array;
  intake.take(sender, decodeMultiCell(top, CVM_TABLE, received) as Cell);
  clock.advance(MISSING_WAIT_MS);
  await turns();
  expect(blocksOf(2)).toBe(1);
  store.requireComplete(peer.belief);
  // And of one that came as a whole, once it is there.
  const whole = orderBy(2, clock.now(), bulkyBlocks(2, clock.now() + 1, 5 * MEGABYTE));
  sender.hold(beliefOf(whole));
  intake.take(sender, decodeMultiCell(encodeMultiCell(whole), CVM_TABLE, received) as Cell);
  clock.advance(MISSING_WAIT_MS);
  await turns();
  expect(peer.currentBelief.orderOf(keyPair(2).publicKey)?.timestamp).toBe(
    clock.now() - MISSING_WAIT_MS,
  );
});

/** Moves on a little each time that it is looked at, so that blocks take slices. */
class WorkingClock extends TestClock {
  #looks = 0;
  override now(): number {
    return super.now() + this.#looks++ / 10;
  }
}

test("a peer has one Order vetted at a time, and all of little stake give way to one of much", async () => {
  const { clock, intake, read, turns, peer, blocksOf } = scene(new WorkingClock());
  await peer.settled();
  const now = Math.floor(clock.now());
  const send = (i: number, at: number) =>
    intake.take(
      TRUSTED,
      read(beliefOf(orderBy(i, now - 100 + at, blocksBy(i, now - 1_000 * at, 600)))),
    );
  // One signs as many as there are places, and others have theirs all the same.
  for (let at = 0; at < VETTINGS_MAX; at++) send(1, at);
  send(3, 0);
  await turns();
  expect(blocksOf(1)).toBe(600);
  expect(blocksOf(3)).toBe(600);
  // All places are taken by those of the least stake.
  for (let i = 0; i < VETTINGS_MAX; i++) send(3 + i, 10 + i);
  send(2, 0);
  await turns();
  expect(blocksOf(2)).toBe(600);
});

test("blocks that are being vetted are looked at no further once the intake is closed", async () => {
  const { clock, intake, read, turns, peer, store } = scene(new WorkingClock());
  await peer.settled();
  const now = Math.floor(clock.now());
  intake.take(TRUSTED, read(beliefOf(orderBy(2, now - 100, blocksBy(2, now, 600)))));
  intake.close();
  let looks = 0;
  const { requireComplete } = store;
  store.requireComplete = (...given) => {
    looks++;
    return requireComplete.apply(store, given);
  };
  await turns();
  expect(looks).toBe(0);
});

test("of several Orders of one peer in a Belief only the first is looked at", async () => {
  const { clock, intake, read, faults, peer } = scene();
  await peer.settled();
  const now = clock.now();
  const future = (at: number) =>
    Vector.of(SignedData.sign(keyPair(1), Block.of(now + 100_000 + at, Vector.of(transfer(2, 1)))));
  const entries = Array.from({ length: 50 }, (_, at) => {
    const key = Blob.of(new Uint8Array(32).fill(at));
    return [key, orderBy(1, now - at, future(at))] as const;
  });
  intake.take(TRUSTED, read(Belief.of(Index.from(entries) as Index)));
  expect(faults).toHaveLength(1);
});

test("how many blocks of Orders are checked depends on the stake of their signer", async () => {
  const { clock, intake, read, faults, peer } = scene();
  await peer.settled();
  const now = clock.now();
  const send = (i: number, at: number) => {
    const sound = blocksBy(i, now - BLOCKS_AT_ONCE * at, BLOCKS_AT_ONCE - 1);
    const future = SignedData.sign(keyPair(i), Block.of(now + 1e9, Vector.of(transfer(2, 1))));
    intake.take(TRUSTED, read(beliefOf(orderBy(i, now - 1_000 + at, sound.append(future)))));
  };
  const most = BLOCKS_AT_ONCE_TERMS.burst / BLOCKS_AT_ONCE;
  for (let at = 0; at < most + 10; at++) send(1, at);
  const found = faults.length;
  expect(found).toBeGreaterThanOrEqual(most);
  expect(found).toBeLessThan(most + 5);
  send(2, most + 11);
  expect(faults).toHaveLength(found + 1);
  clock.advance(HOUR_MS);
  send(1, most + 12);
  expect(faults).toHaveLength(found + 2);
});

test("debts fall by share of weight, and of many debtors those that owe most are remembered", () => {
  const clock = new TestClock();
  const debts = new AuthorDebts(clock, { burst: 100, perSecond: 1_000, leastPerSecond: 10 });
  for (const author of ["little", "much"]) debts.add(author, 0, 200);
  expect(debts.mayBegin("little", 0)).toBe(false);
  clock.advance(500);
  expect(debts.amount("little", 0)).toBe(195);
  expect(debts.amount("much", 0.2)).toBe(100);
  clock.advance(10_000);
  expect(debts.mayBegin("little", 0)).toBe(true);
  debts.add("little", 0, 1_000);
  for (let i = 0; i < 2 * DEBTORS_MAX; i++) debts.add(`${i}`, 0, 1);
  expect(debts.mayBegin("little", 0)).toBe(false);
  expect(debts.amount("0", 0)).toBe(0);
});
