// When an observer may begin to vote: not before it has come as far as its key's last Order, and
// never when the network has other final blocks than those that its key has signed.

import { expect, test } from "bun:test";
import type { KeyPair } from "../../../src/crypto/ed25519.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { hashKey } from "../../../src/data/encode.ts";
import { HELD_PLACES_MAX } from "../../../src/peer/bounds.ts";
import { DurableHistory } from "../../../src/peer/history/durable-history.ts";
import { INITIAL_TIMESTAMP } from "../../../src/state/constants.ts";
import type { Order } from "../../../src/state/order.ts";
import { memoryStore } from "../../../src/store/memory-store.ts";
import { Blocks, KEY_PAIRS, stateOf } from "../../consensus/merge-scene.ts";

const blocks = new Blocks("a@0+10 b@1+20 c@2+30");
const NOW = INITIAL_TIMESTAMP + 1_000;

test.each([
  // own last Order, what the network goes by, outcome, signed
  ["500/1,1,1,1/a", "600/2,2,2,2/bc", "contradicted", null],
  ["500/1,1,1,1/a", "600/2,2,2,0/bc", "waiting", null],
  ["500/1,1,1,1/a", "600/0,0,0,0/–", "waiting", null],
  ["500/2,2,2,0/ab", "600/2,1,1,0/ba", "waiting", null],
  ["500/2,2,2,0/ab", "600/2,2,2,2/ba", "voting", "1000/2,2,2,2/ba"],
  ["500/2,1,1,1/ab", "600/3,2,2,0/abc", "voting", "1000/3,2,2,1/abc"],
  ["2000/2,1,1,1/ab", "600/3,2,2,1/abc", "voting", "2000/3,2,2,1/abc"],
  ["500/2,1,1,1/ab", "600/2,1,1,1/ab", "voting", "500/2,1,1,1/ab"],
  [null, "600/2,1,1,1/ab", "voting", "1000/2,1,1,1/ab"],
] as const)(
  "with its last Order %p, in a network at %p, it is %p",
  (own, order, outcome, signs) => {
    const joined = {
      belief: blocks.belief({ 1: order }),
      order: blocks.order(order),
      own: own === null ? null : blocks.order(own),
    };
    const keyPair = KEY_PAIRS[0] as KeyPair;
    const start = { genesis: stateOf(["5", "5"]), joined };
    const history = new DurableHistory(memoryStore(CVM_TABLE), keyPair, start, 0);
    expect(history.vote(NOW)).toBe(outcome);
    expect(history.isVoting).toBe(outcome === "voting");
    const found = history.isVoting ? blocks.describe(history.current.order as Order) : null;
    expect(found).toBe(signs);
  },
);

test("blocks are let go when many transactions are written, and the State stays loaded", async () => {
  const store = memoryStore(CVM_TABLE);
  const text = "500/2,1,1,1/ab";
  const joined = { belief: blocks.belief({ 1: text }), order: blocks.order(text), own: null };
  const start = { genesis: stateOf(["5", "5"]), joined };
  const history = new DurableHistory(store, KEY_PAIRS[0] as KeyPair, start, 2 ** 26);
  history.establish();
  const { state } = history.current;
  const { blocks: held } = history.current.order as Order;
  const written = async (count: number, now: number) => {
    history.advance(history.current.withTimestamp(now));
    const places = Array.from({ length: count }, (_, i) => {
      return [String.fromCharCode(i & 255, i >> 8).padEnd(32), { block: 0, index: i }] as const;
    });
    await history.write(places);
    history.unpin();
    return (history.current.order as Order).blocks;
  };
  expect(await written(HELD_PLACES_MAX, NOW)).toBe(held);
  const fresh = await written(1, NOW + 1);
  expect(fresh).not.toBe(held);
  expect(hashKey(fresh)).toBe(hashKey(held));
  expect(fresh.slotAt(0)).not.toBe(held.slotAt(0));
  expect(history.current.state).toBe(state);
  expect(await written(HELD_PLACES_MAX, NOW + 2)).toBe(fresh);
});
