// Beliefs in which something is missing, one on each of many connections: they are looked at again
// when it may have come, and neither hold anybody up nor fill the memory.

import { expect, test } from "bun:test";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Blob } from "../../../src/data/blob.ts";
import { type Cell, NO_CELLS, Ref } from "../../../src/data/cell.ts";
import { encoding } from "../../../src/data/encode.ts";
import { Index } from "../../../src/data/index-map.ts";
import { decodeMultiCell, encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import { NoReplyError } from "../../../src/net/pending-requests.ts";
import type { BeliefSender } from "../../../src/peer/beliefs/belief-intake.ts";
import {
  KEPT_BELIEF_BYTES,
  LOOK_AGAIN_MS,
  LOOK_AGAIN_PAUSES,
  LOOK_COUNTS_MAX_MS,
  MISSING_WAIT_MS,
} from "../../../src/peer/network-bounds.ts";
import { Belief } from "../../../src/state/belief.ts";
import { Block } from "../../../src/state/block.ts";
import { Order } from "../../../src/state/order.ts";
import { keyPair, TestClock, transfer } from "../scene.ts";
import { intakeScene } from "./intake-scene.ts";

/** Each look at the time takes a millisecond, once it is told to. */
class SlowClock extends TestClock {
  isSlow = false;
  #looks = 0;
  override now(): number {
    return super.now() + (this.isSlow ? this.#looks++ : 0);
  }
}

const SENDERS = 50;
const ABSENT = new Ref("x".repeat(32), NO_CELLS);
/** In which there is nothing to look at. */
const UNDERSTOOD = Belief.of(Index.EMPTY);

const newSender = (isOpen = true): BeliefSender => ({
  isOpen,
  isTrusted: true,
  cells: () => Promise.reject(new NoReplyError("TIMEOUT", "it does not answer")),
});

async function scene() {
  const clock = new SlowClock();
  const looks: BeliefSender[] = [];
  const all = intakeScene(clock, { onSpent: (sender) => looks.push(sender) });
  await all.peer.settled();
  const now = clock.now();
  const block = SignedData.sign(keyPair(1), Block.of(now, Vector.of(transfer(2, 1))));
  const order = Order.of(now, Vector.of(1, 0, 0, 0), Vector.of(block));
  const signed = SignedData.sign(keyPair(1), order);
  const belief = Belief.of(Index.from([[Blob.of(keyPair(1).publicKey), signed]]) as Index);
  const read = (bytes: Uint8Array) => decodeMultiCell(bytes, CVM_TABLE, all.received) as Cell;
  return {
    ...all,
    clock,
    looks,
    whole: () => read(encodeMultiCell(belief)),
    /** As a message brings it: the Belief alone. */
    bare: () => read(encoding(belief).slice()),
  };
}

test("Beliefs that wait on many connections are looked at again a few at a time, each in its turn", async () => {
  const { clock, intake, looks, bare } = await scene();
  for (let i = 0; i < SENDERS; i++) expect(intake.take(newSender(), bare())).toBe(false);
  clock.advance(MISSING_WAIT_MS);
  await new Promise<void>((resolve) => setImmediate(resolve));
  looks.length = 0;
  clock.isSlow = true;
  expect(intake.take(newSender(), UNDERSTOOD)).toBe(true);
  expect(looks.length).toBeGreaterThan(0);
  expect(looks.length).toBeLessThanOrEqual(LOOK_AGAIN_MS);
  const before = looks.length;
  intake.take(newSender(), UNDERSTOOD);
  expect(looks).toHaveLength(before);
  for (let i = 0; i < SENDERS; i++) {
    clock.advance(10 * LOOK_AGAIN_MS);
    intake.take(newSender(), UNDERSTOOD);
  }
  expect(new Set(looks).size).toBe(SENDERS);
});

test("Beliefs that wait are looked at again soon after the machine stood still for an hour", async () => {
  const clock = new TestClock();
  let looks = 0;
  const onSpent = () => {
    if (looks++ === 0) clock.advance(3_600_000);
  };
  const { intake, peer, received } = intakeScene(clock, { onSpent });
  await peer.settled();
  const lacking = Belief.of(new Index(2, false, [Index.EMPTY, ABSENT], 1, 3));
  const bare = () => decodeMultiCell(encoding(lacking).slice(), CVM_TABLE, received) as Cell;
  const take = (payload: Cell) => intake.take(newSender(), payload);
  expect(take(bare())).toBe(false);
  expect(take(UNDERSTOOD)).toBe(true);
  clock.advance(LOOK_AGAIN_PAUSES * LOOK_COUNTS_MAX_MS);
  const before = looks;
  take(UNDERSTOOD);
  expect(looks).toBe(before + 1);
});

test("the Belief of a sender that has gone meanwhile is not kept", async () => {
  const { intake, looks, bare } = await scene();
  const [gone, there] = [newSender(false), newSender()];
  for (const sender of [gone, there]) expect(intake.take(sender, bare())).toBe(false);
  intake.take(newSender(), UNDERSTOOD);
  expect(looks).toEqual([there]);
});

test("a long Belief is not kept as it came, and is understood once nothing is missing", async () => {
  const { intake, looks, bare, whole, peer } = await scene();
  const sender = newSender();
  const take = (payload: Cell, bytes: number) => {
    expect(intake.take(sender, payload, bytes)).toBe(false);
    return new WeakRef(payload);
  };
  const short = take(bare(), KEPT_BELIEF_BYTES);
  Bun.gc(true);
  expect(short.deref()).toBeDefined();
  const long = take(bare(), KEPT_BELIEF_BYTES + 1);
  // What the stack happens to hold stays a little longer.
  for (let i = 0; i < 20 && long.deref() !== undefined; i++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    Bun.gc(true);
  }
  expect(long.deref()).toBeUndefined();
  intake.take(newSender(), whole());
  expect(looks).toEqual([sender]);
  await peer.settled();
  expect(peer.belief.orderOf(keyPair(1).publicKey)?.blockCount).toBe(1);
  // Nothing is missing any more.
  intake.take(newSender(), UNDERSTOOD);
  expect(looks).toEqual([sender]);
});
