// What a peer gives in to when consensus has come to a halt.

import { describe, expect, test } from "bun:test";
import { concession } from "../../src/consensus/concession.ts";
import { keyPairSigner, PeerHistory } from "../../src/consensus/peer-history.ts";
import type { KeyPair } from "../../src/crypto/ed25519.ts";
import { hashKey } from "../../src/data/encode.ts";
import type { Index } from "../../src/data/index-map.ts";
import { Vector } from "../../src/data/vector.ts";
import { Belief } from "../../src/state/belief.ts";
import { Order } from "../../src/state/order.ts";
import { Blocks, KEY_PAIRS, keyOf, mergeAt, stateOf } from "./merge-scene.ts";

const blocks = new Blocks("a@0+10 b@1+20 c@2+30 d@3+40 e@4+50");
const state = stateOf(["5", "5", "5", "5", "5"]);
const own = KEY_PAIRS[0] as KeyPair;

function conceded(orders: Readonly<Record<number, string>>): string | null {
  const found = concession(blocks.belief(orders), own.publicKey, state);
  if (found === null) return null;
  const names = (count: number) =>
    blocks.describe(Order.of(0, Vector.of(0, 0, 0, 0), found.blocks.slice(0, count)));
  return `${names(found.held.count).split("/")[2]} ${names(found.blocks.count).split("/")[2]}`;
}

describe("a concession", () => {
  test.each([
    ["to who has called other blocks consensus", "1/3,1,1,1/abc", { 1: "2/3,3,2,1/acb" }, "ac acb"],
    ["keeps blocks of its own", "1/3,1,1,1/abd", { 1: "2/3,3,2,1/acb" }, "ac acbd"],
    ["not of its own consensus", "1/3,2,2,1/abc", { 1: "2/3,3,2,1/acb" }, null],
    ["not where they agree", "1/3,1,1,1/abc", { 1: "2/3,3,3,1/abc" }, null],
    ["not to a mere proposal", "1/3,1,1,1/abc", { 1: "2/3,3,1,1/acb" }, null],
    [
      "to the greater weight",
      "1/3,1,1,1/abc",
      { 1: "2/3,3,2,1/acb", 2: "2/3,3,2,1/adb", 3: "3/4,3,2,1/adbc" },
      "ad adbc",
    ],
  ] as const)("%s", (_, mine, others, expected) => {
    expect(conceded({ 0: mine, ...others })).toBe(expected);
  });

  test("goes to the blocks with the lowest hash where two have equal weight", () => {
    const orders = { 0: "1/3,1,1,1/abc", 1: "2/3,3,2,1/acb", 2: "2/3,3,2,1/adb" };
    const lowest = ["ac", "ad"].sort((a, b) =>
      hashKey(blocks.vector(a)) < hashKey(blocks.vector(b)) ? -1 : 1,
    );
    expect(conceded(orders)?.split(" ")[0]).toBe(lowest[0] as string);
    expect(conceded({ ...orders, 1: orders[2], 2: orders[1] })).toBe(conceded(orders));
  });

  test("is not made to an entry of a Belief that holds no Order", () => {
    const { orders } = blocks.belief({ 0: "1/3,1,1,1/abc" });
    const odd = Belief.of(orders.assoc(keyOf(1), 42) as Index);
    expect(concession(odd, own.publicKey, state)).toBeNull();
  });

  test("is needed when the others are no quorum without those who hold on", () => {
    const isNeeded = (stakes: readonly string[]) => {
      const orders = { 0: "1/3,1,1,1/abc", 1: "2/3,3,2,1/acb" };
      return concession(blocks.belief(orders), own.publicKey, stateOf(stakes))?.isNeeded;
    };
    expect(isNeeded(["5", "5", "5", "5", "5"])).toBe(false);
    expect(isNeeded(["2", "1", "0", "0", "0"])).toBe(true);
    expect(isNeeded(["67", "33", "0", "0", "0"])).toBe(true);
    expect(isNeeded(["68", "32", "0", "0", "0"])).toBe(false);
  });

  test("leads out of a halt of the merge", () => {
    // Two hold on to ac, three are for ab: the two hear nobody else, the three are too few.
    const belief = blocks.belief({
      0: "100/3,1,1,1/abc",
      1: "100/3,1,1,1/abc",
      2: "100/3,1,1,1/abc",
      3: "100/3,2,2,1/acb",
      4: "100/3,2,2,1/acb",
    });
    const before = mergeAt(state, 1_000, belief, [belief]);
    expect(blocks.describeBelief(before)[0]).toBe("100/3,1,1,1/abc");
    const found = concession(before, own.publicKey, state);
    const history = PeerHistory.create(keyPairSigner(own), state).with({ belief: before });
    const next = history.proposeInstead(found?.blocks ?? blocks.vector(""));
    expect(blocks.describe(next.order as Order)).toEndWith("/3,1,1,1/acb");
    // With it three are for ac, and the others follow.
    const others = { ...blocks.describeBelief(next.belief) };
    const theirs: Belief = blocks.belief(others);
    const moved = mergeAt(state, 2_000, theirs, [theirs]);
    expect(blocks.describeBelief(moved)[0]).toEndWith("/acb");
  });
});
