// Beliefs made by hand to cost a peer what they did not cost their sender: time of the main thread,
// memory, or its ability to take in others.

import { describe, expect, test } from "bun:test";
import { bytesOfKey, sha3Key } from "../../../src/crypto/sha3.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Blob } from "../../../src/data/blob.ts";
import { type Cell, NO_CELLS, Ref } from "../../../src/data/cell.ts";
import { decode } from "../../../src/data/decode.ts";
import { Index } from "../../../src/data/index-map.ts";
import { decodeMultiCell, encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { TAG } from "../../../src/data/tag.ts";
import { Vector } from "../../../src/data/vector.ts";
import { BELIEF_TAG } from "../../../src/net/message.ts";
import type { BeliefSender } from "../../../src/peer/beliefs/belief-intake.ts";
import { Delivery } from "../../../src/peer/beliefs/delivery.ts";
import { MISSING_WAIT_MS, VETTINGS_MAX } from "../../../src/peer/network-bounds.ts";
import { Belief } from "../../../src/state/belief.ts";
import { Block } from "../../../src/state/block.ts";
import { Order } from "../../../src/state/order.ts";
import { keyPair, TestClock, transfer } from "../scene.ts";
import { beliefOf, CatchingClock, intakeScene, orderBy, STRANGER } from "./intake-scene.ts";

describe("a Belief", () => {
  test("that names the same cells from 16^12 places is gone through once", async () => {
    const { clock, peer, intake, read } = intakeScene();
    await peer.settled();
    const signed = orderBy(1, clock.now(), Vector.EMPTY);
    let index = Index.from([[Blob.of(keyPair(1).publicKey), signed]]) as Index;
    for (let depth = 12; depth >= 1; depth--) {
      index = new Index(16 * index.count, false, Array(16).fill(index), depth, 0xffff);
    }
    const payload = read(Belief.of(index));
    expect(intake.take(STRANGER, payload)).toBe(true);
    const delivery = new Delivery(0);
    delivery.noteReceived(payload, 0);
    expect(delivery.has(signed.name)).toBe(true);
    await peer.settled();
    expect(peer.currentBelief.orderOf(keyPair(1).publicKey)?.timestamp).toBe(clock.now());
  });

  test("with blocks that name the same vectors from 2^60 places is gone through once", () => {
    let made = 0;
    const chunk = () => {
      const bytes = () => new Uint8Array(new BigUint64Array([BigInt(made++), 0n, 0n]).buffer);
      return new Vector(
        16,
        Array.from({ length: 16 }, () => Blob.of(bytes())),
        null,
        false,
      );
    };
    const tree = (height: number): Vector =>
      height === 0
        ? chunk()
        : new Vector(
            256,
            Array.from({ length: 16 }, () => tree(height - 1)),
            null,
            true,
          );
    // More vectors than are remembered, so that what comes behind them looks new.
    const many = new Vector(32, [tree(3), tree(3)], null, true);
    let blocks: Vector = chunk();
    for (let level = 0; level < 60; level++) {
      const half = () => new Vector(48, [blocks, many, chunk()], null, true);
      blocks = new Vector(32, [half(), half()], null, true);
    }
    const order = Order.of(0, Vector.of(0, 0, 0, 0), blocks);
    const signed = SignedData.sign(keyPair(1), order);
    const payload = decodeMultiCell(encodeMultiCell(signed), CVM_TABLE) as Cell;
    const delivery = new Delivery(0);
    delivery.noteReceived(payload, 0);
    expect(delivery.hears(signed.signer, 0)).toBe(true);
  });

  test("with forged Orders costs one check of a stranger's, and one a peer of others", async () => {
    const { clock, peer, intake, read, faults } = intakeScene();
    await peer.settled();
    const now = clock.now();
    const forged = (i: number) => {
      const key = Blob.of(new Uint8Array(32).fill(i));
      const order = Order.of(now - i, Vector.of(0, 0, 0, 0), Vector.EMPTY);
      const { publicKey } = keyPair(1 + (i % 2));
      const signature = new Uint8Array(64).fill(i);
      return [key, SignedData.of(publicKey, signature, order)] as const;
    };
    const entries = Array.from({ length: 100 }, (_, i) => forged(i + 1));
    const sound = orderBy(3, now, Vector.EMPTY);
    // Behind all others, as its key is the last.
    const last = Blob.of(new Uint8Array(32).fill(255));
    const belief = Belief.of(Index.from([...entries, [last, sound]]) as Index);
    intake.take(STRANGER, read(belief));
    expect(faults).toHaveLength(1);
    intake.take({ ...STRANGER, isTrusted: true }, read(belief));
    expect(faults).toHaveLength(3);
    await peer.settled();
    expect(peer.currentBelief.orderOf(keyPair(3).publicKey)?.timestamp).toBe(now);
  });

  test.each([
    ["a tag that nothing has", Uint8Array.of(0xff, 1, 2)],
    ["a vector with such a tag in it", Uint8Array.of(0x80, 1, 0xff)],
    ["an Index that ends too early", Uint8Array.of(0x84, 2, 0x31, 0x20)],
    ["a cell with bytes behind it", new Uint8Array(200).fill(0x12)],
  ])("that names what is no cell, %s, ends nothing when that is brought", async (_what, bytes) => {
    const clock = new CatchingClock();
    const { peer, intake, received } = intakeScene(clock);
    await peer.settled();
    const key = sha3Key(bytes);
    const sender: BeliefSender = {
      isOpen: true,
      isTrusted: true,
      cells: async (keys) => new Map(keys.map((each) => [each, bytes] as const)),
    };
    const named = Uint8Array.from([BELIEF_TAG, 1, TAG.REF, ...bytesOfKey(key)]);
    intake.take(sender, decode(named, CVM_TABLE, received) as Cell);
    for (let i = 0; i < 4; i++) {
      clock.advance(MISSING_WAIT_MS);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    expect(received.encodingOf(key)).toEqual(bytes);
    expect(clock.errors).toEqual([]);
    // Who names it once more, and strangers, are gone through at once.
    for (const again of [sender, STRANGER]) {
      expect(intake.take(again, decode(named, CVM_TABLE, received) as Cell)).toBe(true);
    }
  });

  test("is let go of when nothing in it is missing, and a stranger's anyway", async () => {
    const { clock, peer, intake, read } = intakeScene();
    await peer.settled();
    const held: WeakRef<Cell>[] = [];
    const senders: BeliefSender[] = [];
    const absent = new Ref(`${"x".repeat(32)}`, NO_CELLS);
    const send = (i: number) => {
      const sender = { ...STRANGER, isTrusted: i % 2 === 0 };
      const key = Blob.of(keyPair(1).publicKey);
      const whole = Belief.of(
        Index.from([[key, orderBy(1, clock.now() - i, Vector.EMPTY)]]) as Index,
      );
      const lacking = Belief.of(new Index(2, false, [whole.orders, absent], 1, 3));
      const payload = sender.isTrusted ? read(whole) : lacking;
      senders.push(sender);
      held.push(new WeakRef(payload));
      expect(intake.take(sender, payload)).toBe(sender.isTrusted);
    };
    for (let i = 0; i < 100; i++) send(i);
    await peer.settled();
    for (let i = 0; i < 3; i++) await new Promise<void>((resolve) => setImmediate(resolve));
    Bun.gc(true);
    // The collector looks at the stack without knowing what is a reference.
    const left = held.filter((ref) => ref.deref() !== undefined);
    expect(left.length).toBeLessThan(20);
    expect(senders).toHaveLength(100);
  });
});

/** Moves on a little each time that it is looked at. */
class WorkingClock extends TestClock {
  #looks = 0;
  override now(): number {
    return super.now() + this.#looks++ / 10;
  }
}

describe("Orders far ahead whose vector of blocks is not what it says", () => {
  const COUNT = 1_024;
  /** Half of it sound, and each of them another. */
  function damaged(i: number, timestamp: number): Vector {
    const blockAt = (position: number) =>
      Block.of(timestamp - position, Vector.of(transfer(2, i + 1)));
    const sound = Vector.from(
      Array.from({ length: COUNT }, (_, at) => SignedData.sign(keyPair(1), blockAt(at))),
    );
    const slots = sound.slots.slice();
    slots[slots.length / 2] = Blob.of(new Uint8Array(200));
    return new Vector(COUNT, slots, null, true);
  }

  test.each([
    ["at once", () => new TestClock()],
    ["after others had their turn", () => new WorkingClock()],
  ])("are found out %s, and keep nobody else's away", async (_, clockOf) => {
    const { clock, peer, intake, read, faults } = intakeScene(clockOf());
    await peer.settled();
    const now = Math.floor(clock.now());
    const sender = { ...STRANGER, isTrusted: true };
    const turns = async () => {
      for (let i = 0; i < 100; i++) await new Promise<void>((resolve) => setImmediate(resolve));
      await peer.settled();
    };
    const send = (i: number, timestamp: number, blocks: Vector) => {
      const points = Vector.of(blocks.count, 0, 0, 0);
      const signed = SignedData.sign(keyPair(i), Order.of(timestamp, points, blocks));
      const key = Blob.of(keyPair(i).publicKey);
      intake.take(sender, read(Belief.of(Index.from([[key, signed]]) as Index)));
    };
    for (let i = 0; i <= VETTINGS_MAX; i++) {
      send(1, now - 10 + i, damaged(i, now));
      await turns();
    }
    expect(faults).toHaveLength(VETTINGS_MAX + 1);
    expect(new Set(faults).size).toBe(1);
    const blocks = Array.from({ length: 300 }, (_, i) =>
      SignedData.sign(keyPair(2), Block.of(now - 300 + i, Vector.of(transfer(3, i + 1)))),
    );
    send(2, now, Vector.from(blocks));
    await turns();
    expect(peer.currentBelief.orderOf(keyPair(2).publicKey)?.blockCount).toBe(300);
  });
});

describe("a vector of blocks that gives them all, and has parts of other counts", () => {
  const now = new TestClock().now();
  const all = Array.from({ length: 600 }, (_, i) =>
    SignedData.sign(keyPair(2), Block.of(now - 600 + i, Vector.of(transfer(3, i + 1)))),
  );
  const sound = (count: number) => Vector.from(all.slice(0, count));
  /** With a last chunk that has an element more than it should. */
  function lengthened(v: Vector): Vector {
    if (!v.isTree) return v.append(all.at(-1) as SignedData);
    const slots = v.slots.slice();
    const last = slots.length - 1;
    slots[last] = lengthened(slots[last] as Vector);
    return new Vector(v.count, slots, v.prefix, v.isTree);
  }

  test.each([
    [272, "a few ahead of what is known", 256],
    [512, "far ahead", 0],
  ])("%d of them, %s, is left out of the vote", async (count, _, known) => {
    const { clock, peer, intake, read, faults } = intakeScene();
    await peer.settled();
    const send = async (i: number, blocks: Vector) => {
      const sender = { ...STRANGER, isTrusted: true };
      intake.take(sender, read(beliefOf(orderBy(i, clock.now(), blocks))));
      for (let turn = 0; turn < 100; turn++) {
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
      await peer.settled();
    };
    if (known > 0) await send(2, sound(known));
    await send(1, lengthened(sound(count)));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain("its vector of blocks is not what it says");
    clock.advance(10);
    await send(2, sound(600));
    await send(3, sound(600));
    expect(peer.order?.blockCount).toBe(600);
    expect(faults).toHaveLength(1);
  });
});

describe("an Order with a block that comes again", () => {
  const signedBlock = (now: number) =>
    SignedData.sign(keyPair(1), Block.of(now, Vector.of(transfer(2, 1))));

  test("a million times, in a few kilobytes, is left out of the vote", async () => {
    const { clock, peer, intake, read, faults } = intakeScene();
    await peer.settled();
    let blocks = new Vector(16, Array(16).fill(signedBlock(clock.now())), null, false);
    while (blocks.count < 2 ** 16) {
      blocks = new Vector(16 * blocks.count, Array(16).fill(blocks), null, true);
    }
    blocks = new Vector(15 * blocks.count, Array(15).fill(blocks), null, true);
    const belief = beliefOf(orderBy(1, clock.now(), blocks));
    expect(encodeMultiCell(belief).length).toBeLessThan(4_000);
    intake.take({ ...STRANGER, isTrusted: true }, read(belief));
    await new Promise<void>((resolve) => setImmediate(resolve));
    await peer.settled();
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain("a block is in it twice");
    expect(peer.order?.blockCount).toBe(0);
  });

  test.each([
    [[1, 2], 0, 0],
    [[1, 2, 3], 2, 2],
    [[0], 0, 2],
  ])("of peers %p comes to %d blocks executed, and %d signed", async (keys, executed, signed) => {
    const { clock, peer, intake, read } = intakeScene();
    await peer.settled();
    const block = signedBlock(clock.now());
    const twice = Vector.of(block, block);
    for (const i of keys) {
      intake.take(STRANGER, read(beliefOf(orderBy(i, clock.now(), twice, [2, 2, 2, 0]))));
    }
    await new Promise<void>((resolve) => setImmediate(resolve));
    await peer.settled();
    expect([peer.position, peer.lastOwnOrder?.blockCount]).toEqual([executed, signed]);
  });
});
