// What a message brings that is believed and stored already is taken as it is here.

import { expect, test } from "bun:test";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Blob } from "../../../src/data/blob.ts";
import { Ref } from "../../../src/data/cell.ts";
import { hashKey } from "../../../src/data/encode.ts";
import { Index } from "../../../src/data/index-map.ts";
import { decodeMultiCell, encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import { BelievedCells } from "../../../src/peer/cells/believed-cells.ts";
import { ReceivedCells } from "../../../src/peer/cells/received-cells.ts";
import { Belief } from "../../../src/state/belief.ts";
import { Block } from "../../../src/state/block.ts";
import { Order } from "../../../src/state/order.ts";
import { memoryStore } from "../../../src/store/memory-store.ts";
import { keyPair, transfer } from "../scene.ts";

const BLOCKS = 40;
const blocks = Array.from({ length: BLOCKS }, (_, i) =>
  SignedData.sign(keyPair(i % 4), Block.of(1_000 + i, Vector.of(transfer(1 + (i % 30), 1 + i)))),
);

function belief(peers: number, count: number): Belief {
  let index = Index.EMPTY;
  const vector = Vector.from(blocks.slice(0, count));
  for (let i = 0; i < peers; i++) {
    const signed = SignedData.sign(
      keyPair(i),
      Order.of(count + i, Vector.of(count, 0, 0, 0), vector),
    );
    index = index.assoc(Blob.of(keyPair(i).publicKey), signed) as Index;
  }
  return Belief.of(index);
}

/** A peer's store, and what comes to it with messages. */
function scene() {
  const store = memoryStore(CVM_TABLE);
  const received = new ReceivedCells(store, CVM_TABLE, 1_000_000);
  const read = (sent: Belief) =>
    decodeMultiCell(encodeMultiCell(sent), CVM_TABLE, received) as Belief;
  const write = (own: Belief) => {
    store.write({ roots: [["belief", own]] });
    received.believe(own);
  };
  return { store, received, read, write };
}

const ordersOf = ({ entries }: Belief) => entries.map(([, signed]) => (signed as SignedData).value);

test("believed Orders and their blocks are not read again, new ones are", () => {
  const { read, write } = scene();
  const own = read(belief(2, 20));
  write(own);
  const heard = read(belief(3, 20));
  expect(hashKey(heard)).toBe(hashKey(belief(3, 20)));
  expect(heard.entries[0]?.[1]).toBe(own.entries[0]?.[1] as SignedData);
  expect(heard.entries[1]?.[1]).toBe(own.entries[1]?.[1] as SignedData);
  const [, , third] = ordersOf(heard) as Order[];
  expect(third?.blocks).toBe((ordersOf(own)[1] as Order).blocks);
  expect((third as Order).timestamp).toBe(22);
});

test("a believed block is named, and loaded when it is looked at", () => {
  const { read, write } = scene();
  for (const count of [5, 20, BLOCKS - 1]) write(read(belief(1, count)));
  const [order] = ordersOf(read(belief(1, BLOCKS))) as Order[];
  const { blocks: heard } = order as Order;
  for (let i = 32; i < BLOCKS - 1; i++) {
    expect(heard.slotAt(i - 31)).toBeInstanceOf(Ref);
    expect(hashKey(heard.get(i))).toBe(hashKey(blocks[i] as SignedData));
  }
  expect(heard.slotAt(BLOCKS - 32)).toBeInstanceOf(SignedData);
});

test("what is believed but not stored is read as it came", () => {
  const { received, read, store } = scene();
  const own = belief(2, 20);
  received.believe(own);
  expect(received.held(hashKey(own.entries[0]?.[1] as SignedData))).toBe(null);
  expect(received.held(hashKey(blocks[19] as SignedData))).toBe(null);
  const heard = read(own);
  expect(heard.entries[0]?.[1]).not.toBe(own.entries[0]?.[1] as SignedData);
  store.requireComplete(heard);
});

test("the last two Orders of each peer are held", () => {
  const store = memoryStore(CVM_TABLE);
  const believed = new BelievedCells(store);
  const orders = [1, 2, 3, 4].map((count) => {
    const own = belief(1, count);
    store.write({ roots: [["belief", own]] });
    believed.note(own);
    return own.entries[0]?.[1] as SignedData;
  });
  const held = orders.map((signed) => believed.held(hashKey(signed)));
  expect(held).toEqual([null, null, orders[2] as SignedData, orders[3] as SignedData]);
});

test("a peer that begins again from its store lets go of what was held", () => {
  const store = memoryStore(CVM_TABLE);
  const believed = new BelievedCells(store);
  for (const count of [1, 20]) {
    store.write({ roots: [["belief", belief(1, count)]] });
    believed.note(belief(1, count));
  }
  const earlier = belief(1, 1).entries[0]?.[1] as SignedData;
  const loaded = store.cell(store.root("belief") as string);
  store.forget();
  const afresh = store.cell(store.root("belief") as string);
  expect(loaded).not.toBe(afresh);
  believed.note(afresh as Belief);
  expect(believed.held(hashKey(earlier))).toBe(null);
  const now = (afresh as Belief).entries[0]?.[1] as SignedData;
  expect(believed.held(hashKey(now))).toBe(now);
  const { blocks: vector } = now.value as Order;
  expect(believed.held(hashKey(vector))).toBe(vector);
});

test("what the peer has let go of in memory is not held here either", () => {
  const { store, received, read, write } = scene();
  const own = read(belief(2, 20));
  write(own);
  const before = hashKey(own.entries[0]?.[1] as SignedData);
  expect(received.held(before)).not.toBeNull();
  store.forget();
  const next = read(belief(2, 21));
  write(next);
  expect(received.held(before)).toBeNull();
  expect(received.held(hashKey(next.entries[1]?.[1] as SignedData))).not.toBeNull();
});
