// Beliefs on their way out: who gets what, when, and what is left out.

import { describe, expect, test } from "bun:test";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Blob } from "../../src/data/blob.ts";
import { encodedLength, encoding } from "../../src/data/encode.ts";
import { Index } from "../../src/data/index-map.ts";
import { decodeMultiCell } from "../../src/data/multi-cell.ts";
import { SignedData } from "../../src/data/signed.ts";
import { Vector } from "../../src/data/vector.ts";
import { type BeliefReceiver, Propagation } from "../../src/peer/propagation.ts";
import { Belief } from "../../src/state/belief.ts";
import { Block } from "../../src/state/block.ts";
import { Order } from "../../src/state/order.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { keyPair, TestClock, transfer } from "./scene.ts";

class TestReceiver implements BeliefReceiver {
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

  test("leaves out who does not read, and then sends the latest", () => {
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
});
