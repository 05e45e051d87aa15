// The Order that leads a peer back: the one with most final blocks that enough of the weight stands
// behind.

import { expect, test } from "bun:test";
import type { KeyPair } from "../../../src/crypto/ed25519.ts";
import { keyOf } from "../../../src/crypto/sha3.ts";
import { contradicts, finalOrder, networkOrder } from "../../../src/peer/beliefs/network-order.ts";
import type { Order } from "../../../src/state/order.ts";
import { Blocks, KEY_PAIRS, stateOf } from "../../consensus/merge-scene.ts";

const blocks = new Blocks("a@0+10 b@1+20 c@2+30 d@3+40");
const EQUAL = ["5", "5", "5", "5"];
const FINAL = "900/2,2,2,2/ab";

/** The Orders of peers, by their keys. */
function ordersOf(texts: Readonly<Record<number, string>>): Map<string, Order> {
  const orders = new Map<string, Order>();
  for (const [peer, text] of Object.entries(texts)) {
    orders.set(keyOf((KEY_PAIRS[Number(peer)] as KeyPair).publicKey), blocks.order(text));
  }
  return orders;
}

test.each([
  ["three of four that have it final", EQUAL, { 1: FINAL, 2: FINAL, 3: FINAL }, FINAL],
  ["two are too few", EQUAL, { 1: FINAL, 2: FINAL }, null],
  ["two of more weight", ["1", "5", "5", "1"], { 1: FINAL, 2: FINAL }, FINAL],
  [
    "who calls it consensus is behind it",
    EQUAL,
    { 1: FINAL, 2: "900/3,2,2,0/abc", 3: "900/2,2,2,1/ab" },
    FINAL,
  ],
  [
    "a proposal is not enough",
    EQUAL,
    { 1: FINAL, 2: FINAL, 3: "900/2,2,1,1/ab" },
    "900/2,2,1,1/ab",
  ],
  ["nor are other blocks", EQUAL, { 1: FINAL, 2: FINAL, 3: "900/2,2,2,2/ac" }, null],
  [
    "one that lies about more final blocks leads nobody",
    EQUAL,
    { 0: "900/4,4,4,4/abcd", 1: FINAL, 2: FINAL, 3: FINAL },
    FINAL,
  ],
] as const)("%s", (_, stakes, texts, expected) => {
  const found = networkOrder(ordersOf(texts), stateOf(stakes));
  expect(found === null ? null : blocks.describe(found)).toBe(expected);
});

const FIVE = ["5", "5", "5", "5", "5"];

test.each([
  ["two of five that have it final", FIVE, { 1: FINAL, 2: FINAL }, FINAL],
  ["one may lie", FIVE, { 1: FINAL }, null],
  ["a third is too little", ["5", "5", "5"], { 1: FINAL }, null],
  ["34 % may lie, as two quorums have them in common", ["33", "34", "33"], { 1: FINAL }, null],
  ["more may not", ["32.5", "34.5", "33"], { 1: FINAL }, FINAL],
  ["what is final for both", FIVE, { 1: FINAL, 2: "900/2,2,2,1/ab" }, "900/2,2,2,1/ab"],
  ["calling it consensus is not enough", FIVE, { 1: FINAL, 2: "900/2,2,2,0/ab" }, "900/2,2,2,0/ab"],
  ["nor are other blocks", FIVE, { 1: FINAL, 2: "900/2,2,2,2/ac" }, null],
  ["one that lies about more", FIVE, { 0: "900/4,4,4,4/abcd", 1: FINAL, 2: FINAL }, FINAL],
] as const)("for final blocks: %s", (_, stakes, texts, expected) => {
  const found = finalOrder(ordersOf(texts), stateOf(stakes));
  expect(found === null ? null : blocks.describe(found)).toBe(expected);
});

test.each([
  ["900/2,2,2,2/ab", "900/2,2,2,1/ac", true],
  ["900/2,2,2,1/ab", "900/2,2,2,1/ac", false],
  ["900/2,2,2,2/ab", "900/2,2,1,1/ac", false],
  ["900/2,2,2,2/ab", "900/3,3,3,2/abc", false],
] as const)("whether %p contradicts %p is %p", (other, own, expected) => {
  expect(contradicts(blocks.order(other), blocks.order(own))).toBe(expected);
});
