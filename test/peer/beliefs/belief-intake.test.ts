// Beliefs from outside: which Orders reach the merge, and what becomes of the rest.

import { describe, expect, test } from "bun:test";
import { keyOf, sha3Key } from "../../../src/crypto/sha3.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import type { Blob } from "../../../src/data/blob.ts";
import type { Cell } from "../../../src/data/cell.ts";
import { encoding, hashKey } from "../../../src/data/encode.ts";
import { BadFormatError } from "../../../src/data/errors.ts";
import {
  branchEncodings,
  decodeMultiCell,
  encodeMultiCell,
  joinCells,
  topCellLength,
} from "../../../src/data/multi-cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import { NoReplyError } from "../../../src/net/pending-requests.ts";
import type { BeliefSender } from "../../../src/peer/beliefs/belief-intake.ts";
import {
  EXACT_CHECKS_PER_SECOND,
  PROVIDER_REST_MAX_MS,
  TWIN_SILENCE_MS,
} from "../../../src/peer/bounds.ts";
import {
  BLOCKS_AT_ONCE,
  FETCH_STALL_MS,
  FETCHES_PER_BELIEF_MAX,
  MISSING_WAIT_MS,
} from "../../../src/peer/network-bounds.ts";
import { Belief } from "../../../src/state/belief.ts";
import { Block } from "../../../src/state/block.ts";
import type { Order } from "../../../src/state/order.ts";
import { signCofactored } from "../../crypto/cofactored-signature.ts";
import { keyPair, newState, TestClock, transfer } from "../scene.ts";
import { beliefOf, holder, intakeScene, orderBy, PEERS, STAKE, STRANGER } from "./intake-scene.ts";

function blockBy(i: number, timestamp: number, user = 2, sequence = 1): SignedData {
  const transactions = Vector.of(transfer(user, sequence));
  return SignedData.sign(keyPair(i), Block.of(timestamp, transactions));
}

/** @param points as `orderBy` has them */
function orderOf(
  i: number,
  timestamp: number,
  blocks: readonly SignedData[],
  points?: readonly number[],
): SignedData {
  return orderBy(i, timestamp, Vector.from(blocks), points);
}

function forged(signed: SignedData): SignedData {
  return SignedData.of(signed.publicKey, new Uint8Array(64), signed.value);
}

/** Timestamps of the Orders that the peer believes, by number of their peer. */
function believed(belief: Belief): Map<number, number> {
  const found = new Map<number, number>();
  for (const [key, signed] of belief.orders.entries()) {
    for (let i = 0; i < PEERS; i++) {
      const isBy = keyOf((key as Blob).toBytes()) === keyOf(keyPair(i).publicKey);
      if (isBy) found.set(i, Number(((signed as SignedData).value as Order).timestamp));
    }
  }
  return found;
}

describe("an Order", () => {
  test("that is sound is taken in, by whomever it is sent", async () => {
    const { clock, peer, intake, faults } = intakeScene();
    await peer.settled();
    const now = clock.now();
    intake.take(STRANGER, beliefOf(orderOf(1, now, [blockBy(1, now)])));
    intake.take(STRANGER, orderOf(2, now - 1, []));
    await peer.settled();
    expect(believed(peer.belief).get(1)).toBe(now);
    expect(believed(peer.belief).get(2)).toBe(now - 1);
    expect(peer.status().points).toEqual([1, 0, 0, 0]);
    expect(faults).toEqual([]);
  });

  test.each([
    ["its signature is wrong", (now: number) => forged(orderOf(1, now, []))],
    ["its points do not fit", (now: number) => orderOf(1, now, [], [0, 9, 9, 9])],
    ["its points do not fit", (now: number) => orderOf(1, now, [], [0, 0])],
    [
      "the signature of a block is wrong",
      (now: number) => orderOf(1, now, [forged(blockBy(2, now))]),
    ],
    ["a block is from the future", (now: number) => orderOf(1, now, [blockBy(1, now + 61_000)])],
    [
      "a block is none",
      (now: number) => orderOf(1, now, [SignedData.sign(keyPair(1), Vector.of(1, 2))]),
    ],
    [
      "a block has no transactions",
      (now: number) => {
        const block = Block.of(now, null as unknown as Vector);
        return orderOf(1, now, [SignedData.sign(keyPair(1), block)]);
      },
    ],
  ])("is left out of the vote when %s", async (reason, order) => {
    const { clock, peer, intake, faults } = intakeScene();
    await peer.settled();
    intake.take(STRANGER, beliefOf(order(clock.now())));
    await peer.settled();
    expect(believed(peer.belief).has(1)).toBe(false);
    expect(faults[0]).toContain(reason);
    expect(peer.status().points).toEqual([0, 0, 0, 0]);
  });

  test("with the signature of another is not taken, and keeps neither away", async () => {
    const { clock, peer, intake } = intakeScene();
    await peer.settled();
    const now = clock.now();
    const first = orderOf(1, now - 2, []);
    const later = orderOf(1, now - 1, []);
    const copied = (of: SignedData, on: SignedData) =>
      SignedData.of(of.publicKey, of.signature, on.value);
    intake.take(STRANGER, beliefOf(copied(first, later)));
    await peer.settled();
    expect(believed(peer.currentBelief).has(1)).toBe(false);
    intake.take(STRANGER, beliefOf(first));
    intake.take(STRANGER, beliefOf(copied(first, later)));
    intake.take(STRANGER, beliefOf(copied(later, first)));
    await peer.settled();
    expect(believed(peer.currentBelief).get(1)).toBe(now - 2);
    intake.take(STRANGER, beliefOf(later));
    await peer.settled();
    expect(believed(peer.currentBelief).get(1)).toBe(now - 1);
  });

  test("with blocks that need exact checks waits when there were too many, and is not held guilty", async () => {
    const { clock, peer, intake, faults } = intakeScene();
    await peer.settled();
    const now = clock.now();
    const odd = signCofactored(new Uint8Array(32).fill(3), Block.of(now, Vector.EMPTY));
    const bad = (i: number) =>
      SignedData.of(
        odd.publicKey,
        new Uint8Array(64).fill(1, 0, i % 64).fill(2, i % 64, i >> 1),
        odd.value,
      );
    for (let i = 0; i < EXACT_CHECKS_PER_SECOND; i++) {
      intake.take(STRANGER, orderOf(1, now - EXACT_CHECKS_PER_SECOND + i, [bad(i)]));
    }
    const order = orderOf(1, now, [odd]);
    intake.take(STRANGER, order);
    expect(faults.at(-1)).toContain("not decided yet");
    expect(faults.slice(0, -1).every((fault) => fault.endsWith("of a block is wrong"))).toBe(true);
    clock.advance(1_000);
    intake.take(STRANGER, order);
    await peer.settled();
    expect(believed(peer.belief).get(1)).toBe(now);
  });

  test("of a key without stake is not looked at", async () => {
    const { clock, peer, intake, faults } = intakeScene();
    intake.take(STRANGER, beliefOf(forged(orderOf(PEERS + 1, clock.now(), []))));
    await peer.settled();
    expect(faults).toEqual([]);
  });

  test("with a faulty block counts once the others have agreed on it", async () => {
    const { clock, peer, intake } = intakeScene();
    await peer.settled();
    const now = clock.now();
    const blocks = [forged(blockBy(2, now))];
    for (const i of [1, 2]) intake.take(STRANGER, orderOf(i, now, blocks, [1, 1, 1, 0]));
    await peer.settled();
    expect(peer.status().points[0]).toBe(0);
    intake.take(STRANGER, orderOf(3, now, blocks, [1, 1, 1, 0]));
    await new Promise<void>((resolve) => setImmediate(resolve));
    await peer.settled();
    expect(peer.status().points).toEqual([1, 1, 1, 1]);
    expect(peer.position).toBe(1);
  });

  test("a little ahead of the clock waits for its time", async () => {
    const { clock, peer, intake } = intakeScene();
    await peer.settled();
    intake.take(STRANGER, orderOf(1, clock.now() + 40, []));
    await peer.settled();
    expect(believed(peer.currentBelief).has(1)).toBe(false);
    clock.advance(40);
    await peer.settled();
    expect(believed(peer.currentBelief).has(1)).toBe(true);
  });

  test("under the own key is learned, and never gone behind", async () => {
    const { clock, peer, intake } = intakeScene();
    await peer.settled();
    const later = clock.now();
    clock.advance(10);
    const blocks = [blockBy(1, later), blockBy(0, later, 3)];
    intake.take(STRANGER, orderOf(0, later, blocks, [2, 1, 0, 0]));
    await peer.settled();
    expect(Number(peer.lastOwnOrder?.timestamp)).toBeGreaterThanOrEqual(later);
    // Another process has signed it. What nobody has signed says nothing of one.
    expect(peer.isVoting).toBe(false);
    clock.advance(TWIN_SILENCE_MS);
    intake.take(STRANGER, forged(orderOf(0, later + 10, [])));
    peer.wake();
    await peer.settled();
    expect(peer.isVoting).toBe(true);
    expect(Number(peer.lastOwnOrder?.timestamp)).toBeGreaterThanOrEqual(later);
  });
});

describe("cells that are missing", () => {
  /** As a message brings it: the Belief alone. */
  function bare(belief: Belief, { received }: ReturnType<typeof intakeScene>): Cell {
    return decodeMultiCell(encoding(belief).slice(), CVM_TABLE, received) as Cell;
  }

  test("are asked from a sender that has proved its key", async () => {
    const all = intakeScene();
    const { clock, peer, intake, store } = all;
    await peer.settled();
    const now = clock.now();
    const belief = beliefOf(
      orderOf(1, now, [blockBy(1, now), blockBy(2, now, 3)]),
      orderOf(2, now, [blockBy(1, now)]),
    );
    const sender = holder(belief);
    intake.take(sender, bare(belief, all));
    clock.advance(MISSING_WAIT_MS);
    for (let i = 0; i < 20; i++) await new Promise<void>((resolve) => setImmediate(resolve));
    await peer.settled();
    expect(believed(peer.belief).get(1)).toBe(now);
    expect(believed(peer.belief).get(2)).toBe(now);
    store.requireComplete(peer.belief);
    const { asked } = sender;
    intake.take(sender, bare(belief, all));
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(sender.asked).toBe(asked);
  });

  test("are not asked when they come from another sender meanwhile", async () => {
    const all = intakeScene();
    const { clock, peer, intake } = all;
    await peer.settled();
    const now = clock.now();
    const block = blockBy(1, now);
    const belief = beliefOf(orderOf(2, now, [block]));
    const sender = holder(belief);
    expect(intake.take(sender, bare(belief, all))).toBe(false);
    const whole = encodeMultiCell(beliefOf(orderOf(1, now, [block]), orderOf(2, now, [block])));
    const other = { ...STRANGER, isTrusted: true };
    expect(intake.take(other, decodeMultiCell(whole, CVM_TABLE, all.received) as Cell)).toBe(true);
    clock.advance(MISSING_WAIT_MS);
    for (let i = 0; i < 20; i++) await new Promise<void>((resolve) => setImmediate(resolve));
    await peer.settled();
    expect(believed(peer.belief).get(2)).toBe(now);
    expect(sender.asked).toBe(0);
  });

  test("are asked where the sender answers, and make its Belief one that is not understood", async () => {
    let answering: BeliefSender = STRANGER;
    const all = intakeScene(new TestClock(), { providerOf: () => answering });
    const { clock, peer, intake } = all;
    await peer.settled();
    const now = clock.now();
    const belief = beliefOf(orderOf(1, now, [blockBy(1, now), blockBy(2, now, 3)]));
    answering = holder(belief);
    const silent = { ...STRANGER, isTrusted: true };
    expect(intake.take(silent, bare(belief, all))).toBe(false);
    clock.advance(MISSING_WAIT_MS);
    for (let i = 0; i < 20; i++) await new Promise<void>((resolve) => setImmediate(resolve));
    await peer.settled();
    expect(believed(peer.belief).get(1)).toBe(now);
    expect(intake.take(silent, bare(belief, all))).toBe(true);
  });

  test("are asked again, however often there was no answer, and the Belief stays the same", async () => {
    const all = intakeScene();
    const { clock, peer, intake } = all;
    await peer.settled();
    const now = clock.now();
    const belief = beliefOf(orderOf(1, now, [blockBy(1, now), blockBy(2, now, 3)]));
    const answering = holder(belief);
    let asked = 0;
    let isSilent = true;
    const sender: BeliefSender = {
      isOpen: true,
      isTrusted: true,
      cells: async (keys) => {
        asked++;
        if (isSilent) throw new NoReplyError("TIMEOUT", "it does not answer");
        return answering.cells(keys);
      },
    };
    const offer = async () => {
      intake.take(sender, bare(belief, all));
      clock.advance(Math.max(MISSING_WAIT_MS, 2 * PROVIDER_REST_MAX_MS));
      for (let i = 0; i < 20; i++) await new Promise<void>((resolve) => setImmediate(resolve));
    };
    while (asked <= 2 * FETCHES_PER_BELIEF_MAX) {
      const before = asked;
      await offer();
      clock.advance(FETCH_STALL_MS);
      await offer();
      expect(asked).toBeGreaterThan(before);
    }
    isSilent = false;
    for (let i = 0; i < 3; i++) await offer();
    await peer.settled();
    expect(believed(peer.belief).get(1)).toBe(now);
  });

  test("in an Order of the own key, and never come, keep no other Belief from being understood", async () => {
    const { clock, peer, intake, received } = intakeScene();
    await peer.settled();
    const later = clock.now() + 1;
    clock.advance(10);
    const blocks = Array.from({ length: 2 * BLOCKS_AT_ONCE }, (_, i) => blockBy(1, later + i));
    const message = encodeMultiCell(beliefOf(orderOf(0, later, blocks)));
    const absent = hashKey(blocks.at(-1) as SignedData);
    const top = topCellLength(message, CVM_TABLE);
    const cells = [...branchEncodings(message, top)].filter((each) => sha3Key(each) !== absent);
    const lacking = joinCells(message.slice(0, top), cells);
    const sender: BeliefSender = {
      isOpen: true,
      isTrusted: true,
      cells: () => Promise.reject(new NoReplyError("CLOSED", "it is gone")),
    };
    intake.take(sender, decodeMultiCell(lacking, CVM_TABLE, received) as Cell);
    for (let i = 0; i < 20; i++) {
      clock.advance(MISSING_WAIT_MS);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    intake.forget(sender);
    const other = { ...STRANGER, isTrusted: true };
    expect(intake.take(other, beliefOf(orderOf(1, later, [])))).toBe(true);
  });

  test("are not asked from strangers, nor for what nobody has signed", async () => {
    const all = intakeScene();
    const { clock, peer, intake } = all;
    const now = clock.now();
    const sound = beliefOf(orderOf(1, now, [blockBy(1, now), blockBy(2, now, 3)]));
    intake.take(STRANGER, bare(sound, all));
    const order = orderOf(1, now, [blockBy(1, now), blockBy(2, now, 3)]);
    const unsigned = beliefOf(forged(order));
    const sender = holder(unsigned);
    intake.take(sender, bare(unsigned, all));
    for (let i = 0; i < 20; i++) await new Promise<void>((resolve) => setImmediate(resolve));
    await peer.settled();
    expect(believed(peer.belief).has(1)).toBe(false);
    // The signed Order was brought to look at its signature, and nothing below it.
    expect(sender.asked).toBeLessThanOrEqual(2);
  });
});

test("no mutated Belief does any harm", async () => {
  const all = intakeScene();
  const { clock, peer, intake, received } = all;
  await peer.settled();
  const now = clock.now();
  const belief = beliefOf(
    orderOf(1, now, [blockBy(1, now), blockBy(2, now, 3)]),
    orderOf(2, now, [blockBy(1, now)], [1, 1, 0, 0]),
  );
  const bytes = encodeMultiCell(belief);
  let seed = 1;
  const random = (n: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed % n;
  };
  for (let round = 0; round < 3_000; round++) {
    const mutant = bytes.slice();
    for (let k = 0; k <= random(3); k++) mutant[random(mutant.length)] = random(256);
    try {
      const payload = decodeMultiCell(mutant, CVM_TABLE, received) as Cell;
      if (payload instanceof Belief || payload instanceof SignedData) {
        intake.take(holder(belief), payload);
      }
    } catch (error) {
      expect(error).toBeInstanceOf(BadFormatError);
    }
  }
  for (let i = 0; i < 50; i++) await new Promise<void>((resolve) => setImmediate(resolve));
  await peer.settled();
  intake.take(STRANGER, belief);
  await peer.settled();
  expect(believed(peer.belief).get(1)).toBe(now);
  expect(hashKey(peer.state())).toBe(hashKey(newState(Array(PEERS).fill(STAKE))));
});
