// Beliefs on their way out: who gets what, when, and what is left out.

import { describe, expect, test } from "bun:test";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { Cell } from "../../../src/data/cell.ts";
import { encodedLength, encoding, hashKey } from "../../../src/data/encode.ts";
import { Index } from "../../../src/data/index-map.ts";
import { decodeMultiCell, joinCells } from "../../../src/data/multi-cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import { type BeliefReceiver, Propagation } from "../../../src/peer/beliefs/propagation.ts";
import {
  ASKS_WITHIN_MS,
  BELIEF_REBROADCAST_DELAY,
  FETCHES_WITHIN_MS,
  HEARS_WITHIN_MS,
  RESEND_AFTER_MS,
  WHOLE_BELIEF_MS,
} from "../../../src/peer/network-bounds.ts";
import { guardedClock } from "../../../src/peer/store-guard.ts";
import { Belief } from "../../../src/state/belief.ts";
import { Block } from "../../../src/state/block.ts";
import { Order } from "../../../src/state/order.ts";
import { CellStore } from "../../../src/store/cell-store.ts";
import { memoryStore } from "../../../src/store/memory-store.ts";
import { FailingBackend } from "../failing-backend.ts";
import { keyPair, TestClock, transfer } from "../scene.ts";

class TestReceiver implements BeliefReceiver {
  key: string | null = null;
  isOpen = true;
  queuedBytes = 0;
  isFull = false;
  payloads: Uint8Array[] = [];
  sendPayload(payload: Uint8Array): boolean {
    if (this.isFull) return false;
    this.payloads.push(payload);
    return true;
  }
  take(): Uint8Array[] {
    const taken = this.payloads;
    this.payloads = [];
    return taken;
  }
}

const BLOCKS = Array.from({ length: 40 }, (_, i) =>
  SignedData.sign(keyPair(i % 2), Block.of(1_000 + i, Vector.of(transfer(2 + i, 1)))),
);

/** The Belief of two peers with so many blocks, all but the last two of them final. */
function situation(count: number): { belief: Belief; order: Order } {
  const blocks = Vector.from(BLOCKS.slice(0, count));
  const final = Math.max(0, count - 2);
  const order = Order.of(2_000 + count, Vector.of(count, final, final, final), blocks);
  let orders = Index.EMPTY;
  for (const i of [0, 1]) {
    const signed = SignedData.sign(keyPair(i), i === 0 ? order : order.withTimestamp(1_500));
    orders = orders.assoc(Blob.of(keyPair(i).publicKey), signed) as Index;
  }
  return { belief: Belief.of(orders), order };
}

/** Past the times at which a newcomer is introduced. */
const SETTLED_MS = 3_000;

/** The Belief with a later Order of one of the two peers. */
function withOrder(belief: Belief, peer: number, timestamp: number): Belief {
  const key = Blob.of(keyPair(peer).publicKey);
  const order = (belief.orders.get(key) as SignedData).value as Order;
  const signed = SignedData.sign(keyPair(peer), order.withTimestamp(timestamp));
  return Belief.of(belief.orders.assoc(key, signed) as Index);
}

/** Peer 0 with one receiver that has been introduced and has all blocks. */
function settled() {
  const clock = new TestClock();
  const propagation = new Propagation(clock);
  const { belief } = situation(30);
  propagation.publish(belief, null, keyPair(0).publicKey);
  const receiver = new TestReceiver();
  propagation.add(receiver);
  for (let i = 0; i < 20; i++) clock.advance(SETTLED_MS / 20);
  // Everything was told just now.
  propagation.publish(withOrder(belief, 0, 6_999), null, keyPair(0).publicKey);
  receiver.take();
  const store = memoryStore(CVM_TABLE);
  store.write({ roots: [["before", belief]] });
  /** Numbers of the peers whose Orders are in a message. */
  const ordersOf = (payload: Uint8Array) => {
    const read = decodeMultiCell(payload, CVM_TABLE, store) as Belief;
    return [0, 1].filter((i) => read.orders.get(Blob.of(keyPair(i).publicKey)) !== undefined);
  };
  return { clock, propagation, receiver, ordersOf };
}

describe("propagation", () => {
  test("gives a newcomer everything when it is little", () => {
    const clock = new TestClock();
    const propagation = new Propagation(clock);
    const { belief, order } = situation(30);
    propagation.publish(belief, order, keyPair(0).publicKey);
    const receiver = new TestReceiver();
    propagation.add(receiver);
    const [first] = receiver.take();
    const store = memoryStore(CVM_TABLE);
    const decoded = decodeMultiCell(first as Uint8Array, CVM_TABLE, store) as Belief;
    store.requireComplete(decoded);
    propagation.stop();
  });

  test("sends the second introduction without what the newcomer has shown", () => {
    const clock = new TestClock();
    const propagation = new Propagation(clock);
    const { belief } = situation(30);
    propagation.publish(belief, null, keyPair(0).publicKey);
    const [silent, known] = [new TestReceiver(), new TestReceiver()];
    propagation.add(silent);
    propagation.add(known);
    const [first] = silent.take();
    expect(known.take()).toEqual([first as Uint8Array]);
    propagation.noteReceived(known, belief);
    clock.advance(300);
    const again = silent.take().map(({ length }) => length);
    expect(again).toEqual([(first as Uint8Array).length]);
    const store = memoryStore(CVM_TABLE);
    store.write({ roots: [["known", belief]] });
    const [short] = known.take() as [Uint8Array];
    expect(short.length).toBeLessThan((first as Uint8Array).length / 5);
    const read = decodeMultiCell(short, CVM_TABLE, store) as Belief;
    expect(hashKey(read)).toBe(hashKey(belief));
    store.requireComplete(read);
    propagation.stop();
  });

  test("sends what is new, once to each, and not back to where it came from", () => {
    const clock = new TestClock();
    const propagation = new Propagation(clock);
    const before = situation(30);
    propagation.publish(before.belief, before.order, keyPair(0).publicKey);
    const [plain, origin] = [new TestReceiver(), new TestReceiver()];
    propagation.add(plain);
    propagation.add(origin);
    for (let i = 0; i < 20; i++) clock.advance(SETTLED_MS / 20);
    plain.take();
    origin.take();
    const after = situation(31);
    const brought = Belief.of(
      Index.EMPTY.assoc(
        Blob.of(keyPair(1).publicKey),
        SignedData.sign(keyPair(1), after.order.withTimestamp(1_500)),
      ) as Index,
    );
    propagation.noteReceived(origin, brought);
    propagation.publish(after.belief, after.order, keyPair(0).publicKey);
    const [toPlain] = plain.take() as [Uint8Array];
    const [toOrigin] = origin.take() as [Uint8Array];
    const block = encodedLength((BLOCKS[30] as SignedData).value);
    expect(toOrigin.length).toBeLessThan(toPlain.length - block);
    propagation.stop();
  });

  test("sends the Orders alone that are news, and nothing without any", () => {
    const { clock, propagation, receiver, ordersOf } = settled();
    const ours = withOrder(situation(30).belief, 0, 7_000);
    propagation.publish(ours, null, keyPair(0).publicKey);
    expect(receiver.take().map(ordersOf)).toEqual([[0]]);
    const theirs = withOrder(ours, 1, 7_001);
    propagation.noteReceived(receiver, theirs);
    propagation.publish(theirs, null, keyPair(0).publicKey);
    expect(receiver.take()).toEqual([]);
    clock.advance(WHOLE_BELIEF_MS);
    propagation.publish(withOrder(theirs, 0, 7_002), null, keyPair(0).publicKey);
    expect(receiver.take().map(ordersOf)).toContainEqual([0, 1]);
    propagation.stop();
  });

  test("sends the whole Belief once a second although the news never ceases", () => {
    const { clock, propagation, receiver, ordersOf } = settled();
    const { belief } = situation(30);
    const stepMs = 50;
    for (let ms = 0; ms < 3 * WHOLE_BELIEF_MS; ms += stepMs) {
      clock.advance(stepMs);
      propagation.publish(withOrder(belief, 0, 7_000 + ms), null, keyPair(0).publicKey);
    }
    const sent = receiver.take().map(ordersOf);
    const whole = sent.filter((orders) => orders.length === 2);
    expect(whole.length).toBe(3);
    expect(sent.length).toBe((3 * WHOLE_BELIEF_MS) / stepMs);
    propagation.stop();
  });

  test("leaves to others what the receiver hears from them, and brings it a second later", () => {
    const { clock, propagation, receiver, ordersOf } = settled();
    expect(propagation.isRelay).toBe(true);
    const first = withOrder(situation(30).belief, 1, 7_000);
    propagation.noteReceived(receiver, first);
    expect(propagation.isRelay).toBe(false);
    const second = withOrder(first, 1, 7_001);
    propagation.publish(second, null, keyPair(0).publicKey);
    expect(receiver.take()).toEqual([]);
    const third = withOrder(second, 0, 7_002);
    propagation.publish(third, null, keyPair(0).publicKey);
    expect(receiver.take().map(ordersOf)).toEqual([[0]]);
    clock.advance(WHOLE_BELIEF_MS);
    const [whole] = receiver.take();
    const store = memoryStore(CVM_TABLE);
    store.write({ roots: [["before", situation(30).belief]] });
    const read = decodeMultiCell(whole as Uint8Array, CVM_TABLE, store) as Belief;
    store.requireComplete(read);
    expect(hashKey(read)).toBe(hashKey(third));
    for (let i = 0; i < 20; i++) clock.advance(HEARS_WITHIN_MS / 10);
    expect(propagation.isRelay).toBe(true);
    const fourth = withOrder(third, 0, 7_003);
    propagation.publish(fourth, null, keyPair(0).publicKey);
    receiver.take();
    propagation.publish(withOrder(fourth, 1, 7_004), null, keyPair(0).publicKey);
    expect(receiver.take().map(ordersOf)).toEqual([[1]]);
    propagation.stop();
  });

  test("never leaves to others what it says itself, although the receiver has heard of it by others", () => {
    const { propagation, receiver, ordersOf } = settled();
    const relayed = withOrder(situation(30).belief, 0, 7_000);
    propagation.noteReceived(receiver, relayed);
    propagation.publish(withOrder(relayed, 0, 7_001), null, keyPair(0).publicKey);
    expect(receiver.take().map(ordersOf)).toEqual([[0]]);
    propagation.stop();
  });

  test("does not tell its own news again while it leaves others' to others", () => {
    const lastLength = (isHeard: boolean) => {
      const { propagation, receiver } = settled();
      if (isHeard) propagation.noteReceived(receiver, withOrder(situation(30).belief, 1, 7_000));
      let length = 0;
      for (let count = 31; count <= 38; count++) {
        const belief = withOrder(situation(count).belief, 1, 7_000 + count);
        propagation.publish(belief, null, keyPair(0).publicKey);
        const payloads = receiver.take();
        expect(payloads.length).toBe(1);
        length = (payloads[0] as Uint8Array).length;
      }
      propagation.stop();
      return length;
    };
    expect(lastLength(true)).toBeLessThan(lastLength(false));
  });

  test("tells messages that have crossed from echoes", () => {
    const { propagation, receiver } = settled();
    const sent = situation(30).belief;
    // A whole Belief with what it was sent shows nothing; one with that alone shows that it has it
    // from others.
    propagation.noteReceived(receiver, sent);
    expect(propagation.isRelay).toBe(true);
    const alone = sent.orders.dissoc(Blob.of(keyPair(0).publicKey));
    propagation.noteReceived(receiver, Belief.of(alone));
    expect(propagation.isRelay).toBe(false);
    propagation.stop();
  });

  test("leaves blocks of others to those who made them where the receiver asks for what it lacks", () => {
    const bytesOf = (i: number) => Buffer.from(encoding(BLOCKS[i] as SignedData));
    /** Which of the blocks 30 (own) and 31 (of the other peer) a receiver is sent. */
    const sent = (prepare: (to: ReturnType<typeof settled>) => void) => {
      const scene = settled();
      prepare(scene);
      scene.propagation.publish(situation(32).belief, null, keyPair(0).publicKey);
      const payload = Buffer.concat(scene.receiver.take());
      scene.propagation.stop();
      return [30, 31].filter((i) => payload.includes(bytesOf(i)));
    };
    const news = Belief.of(situation(30).belief.orders.dissoc(Blob.of(keyPair(0).publicKey)));
    const whole = situation(30).belief;
    const tellsNews = ({ propagation, receiver }: ReturnType<typeof settled>) => {
      for (const payload of [whole, news, whole, news]) propagation.noteReceived(receiver, payload);
    };
    // What a peer of the reference sends again it only names.
    const signed = whole.orders.get(Blob.of(keyPair(0).publicKey));
    const message = joinCells(encoding(whole), [encoding(whole.orders), encoding(signed as Cell)]);
    const named = decodeMultiCell(message, CVM_TABLE, memoryStore(CVM_TABLE)) as Cell;
    // A peer of the reference always sends its whole Belief.
    expect(
      sent(({ propagation, receiver }) => {
        for (const payload of [whole, named, whole, named])
          propagation.noteReceived(receiver, payload);
      }),
    ).toEqual([30, 31]);
    expect(sent(tellsNews)).toEqual([30]);
    expect(
      sent((scene) => {
        tellsNews(scene);
        scene.propagation.noteFetch(scene.receiver);
      }),
    ).toEqual([30, 31]);
    expect(
      sent((scene) => {
        tellsNews(scene);
        scene.propagation.noteFetch(scene.receiver);
        scene.clock.advance(FETCHES_WITHIN_MS);
        tellsNews(scene);
        scene.receiver.take();
      }),
    ).toEqual([30]);
    // Who has told no news alone for long is perhaps another one.
    expect(
      sent((scene) => {
        tellsNews(scene);
        scene.clock.advance(ASKS_WITHIN_MS);
        scene.receiver.take();
      }),
    ).toEqual([30, 31]);
  });

  test("sends blocks again the second time only to who asks for what it lacks", () => {
    const clock = new TestClock();
    const propagation = new Propagation(clock);
    const { belief, order } = situation(30);
    const [plain, asking] = [new TestReceiver(), new TestReceiver()];
    for (const receiver of [plain, asking]) propagation.add(receiver);
    propagation.publish(belief, order, keyPair(0).publicKey);
    for (let i = 0; i < 20; i++) clock.advance(SETTLED_MS / 20);
    const news = Belief.of(belief.orders.dissoc(Blob.of(keyPair(1).publicKey)));
    for (const payload of [belief, news, belief, news]) propagation.noteReceived(asking, payload);
    const next = situation(31);
    propagation.publish(next.belief, next.order, keyPair(0).publicKey);
    const block = Buffer.from(encoding(BLOCKS[30] as SignedData));
    const timesIn = (receiver: TestReceiver) =>
      receiver.take().filter((payload) => Buffer.from(payload).includes(block)).length;
    expect([plain, asking].map(timesIn)).toEqual([1, 1]);
    clock.advance(RESEND_AFTER_MS);
    expect([plain, asking].map(timesIn)).toEqual([1, 0]);
    for (let i = 0; i < 2; i++) clock.advance(RESEND_AFTER_MS);
    expect([plain, asking].map(timesIn)).toEqual([1, 1]);
    propagation.stop();
  });

  test("says every 300 ms that it is there, with the Belief alone", () => {
    const clock = new TestClock();
    const propagation = new Propagation(clock);
    const { belief } = situation(0);
    propagation.publish(belief, null, keyPair(0).publicKey);
    const receiver = new TestReceiver();
    propagation.add(receiver);
    for (let i = 0; i < 10; i++) clock.advance(300);
    receiver.take();
    for (let i = 0; i < 10; i++) clock.advance(300);
    const repeated = receiver.take();
    expect(repeated.length).toBe(10);
    for (const payload of repeated) expect(payload.length).toBe(encodedLength(belief));
    propagation.stop();
  });

  test("sends blocks again that do not become final, less and less often", () => {
    const clock = new TestClock();
    const propagation = new Propagation(clock);
    const { belief, order } = situation(30);
    propagation.publish(belief, order, keyPair(0).publicKey);
    const receiver = new TestReceiver();
    propagation.add(receiver);
    for (let i = 0; i < 10; i++) clock.advance(300);
    receiver.take();
    for (let i = 0; i < 200; i++) clock.advance(300);
    const long = receiver.take().filter((payload) => payload.length > 500);
    expect(long.length).toBeGreaterThanOrEqual(3);
    expect(long.length).toBeLessThanOrEqual(5);
    propagation.stop();
  });

  test("sends an own block again that waits while those of others become final", () => {
    const clock = new TestClock();
    const propagation = new Propagation(clock);
    const own = SignedData.sign(keyPair(0), Block.of(1, Vector.of(transfer(90, 1))));
    const grown = (count: number) => {
      const blocks = Vector.from([...BLOCKS.filter((_, i) => i % 2 === 1).slice(0, count), own]);
      const order = Order.of(count, Vector.of(count + 1, count, count, count), blocks);
      const signed = SignedData.sign(keyPair(0), order);
      const orders = Index.EMPTY.assoc(Blob.of(keyPair(0).publicKey), signed) as Index;
      return { belief: Belief.of(orders), order };
    };
    const receiver = new TestReceiver();
    propagation.add(receiver);
    let times = 0;
    for (let count = 3; count < 19; count++) {
      const { belief, order } = grown(count);
      propagation.publish(belief, order, keyPair(0).publicKey);
      clock.advance(200);
      const bytes = Buffer.from(encoding(own));
      for (const payload of receiver.take()) if (Buffer.from(payload).includes(bytes)) times++;
    }
    // Once as news, with the introductions, and then every time it has waited twice as long.
    expect(times).toBeGreaterThanOrEqual(5);
    expect(times).toBeLessThanOrEqual(8);
    propagation.stop();
  });

  test("skips a receiver that does not read, and then sends it the latest Belief", () => {
    const clock = new TestClock();
    const propagation = new Propagation(clock);
    const first = situation(20);
    propagation.publish(first.belief, first.order, keyPair(0).publicKey);
    const receiver = new TestReceiver();
    propagation.add(receiver);
    for (let i = 0; i < 20; i++) clock.advance(300);
    receiver.take();
    receiver.queuedBytes = 2 ** 30;
    for (let count = 21; count < 30; count++) {
      const { belief, order } = situation(count);
      propagation.publish(belief, order, keyPair(0).publicKey);
    }
    expect(receiver.take().length).toBe(0);
    receiver.queuedBytes = 0;
    clock.advance(300);
    const [caught] = receiver.take();
    const store = memoryStore(CVM_TABLE);
    store.write({ roots: [["before", first.belief]] });
    store.requireComplete(decodeMultiCell(caught as Uint8Array, CVM_TABLE, store));
    propagation.stop();
  });

  test("goes on when the store could not be read for a while", () => {
    const clock = new TestClock();
    let failures = 0;
    const propagation = new Propagation(guardedClock(clock, () => failures++));
    const backend = new FailingBackend();
    const store = new CellStore(backend, CVM_TABLE);
    const { belief, order } = situation(30);
    const next = withOrder(belief, 0, 5_000);
    store.write({ roots: [["next", next]] });
    store.forget();
    propagation.publish(belief, order, keyPair(0).publicKey);
    const receiver = new TestReceiver();
    propagation.add(receiver);
    clock.advance(SETTLED_MS);
    receiver.take();
    const loaded = store.cell(hashKey(next)) as Belief;
    backend.failure = "IO";
    expect(() => propagation.publish(loaded, order, keyPair(0).publicKey)).toThrow();
    clock.advance(SETTLED_MS);
    expect(failures).toBeGreaterThan(0);
    expect(receiver.take()).toEqual([]);
    backend.failure = null;
    clock.advance(BELIEF_REBROADCAST_DELAY);
    expect(receiver.take()).not.toEqual([]);
    propagation.stop();
  });
});
