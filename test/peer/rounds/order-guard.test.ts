import { describe, expect, test } from "bun:test";
import { pointsOf } from "../../../src/consensus/points.ts";
import type { KeyPair } from "../../../src/crypto/ed25519.ts";
import { hashKey } from "../../../src/data/encode.ts";
import type { SignedData } from "../../../src/data/signed.ts";
import { OrderGuard } from "../../../src/peer/rounds/order-guard.ts";
import type { Order } from "../../../src/state/order.ts";
import { Blocks, KEY_PAIRS } from "../../consensus/merge-scene.ts";

const blocks = new Blocks("a@0+10 b@1+20 c@1+30 d@1+40");
const own = KEY_PAIRS[0] as KeyPair;

function guard(last: string | null): OrderGuard {
  return new OrderGuard(own, last === null ? null : blocks.order(last));
}

describe("the double-sign guard", () => {
  test.each([
    [null, "0/0,0,0,0/–", null],
    ["500/2,1,1,0/ab", "500/3,2,1,0/abc", null],
    ["500/2,1,1,0/ab", "501/2,0,0,0/cd", null],
    ["500/2,2,2,1/ab", "501/2,2,2,1/ac", null],
    ["500/2,2,2,1/ab", "499/3,2,2,2/abc", "older timestamp"],
    ["500/2,2,2,2/ab", "501/3,2,2,2/acb", "conflict with final blocks"],
    ["500/2,2,2,2/ab", "501/1,1,1,1/a", "conflict with final blocks"],
  ] as const)("after %p it answers %p with %p", (last, next, refusal) => {
    const signer = guard(last);
    const signed = signer.signOrder(blocks.order(next));
    expect(signer.refusal).toBe(refusal);
    if (refusal !== null) expect(signed).toBeNull();
    else expect((signed as SignedData).isSigned()).toBe(true);
  });

  test.each([
    ["500/3,3,3,2/abc", "501/3,2,1,1/abc", "501/3,2,2,2/abc"],
    ["500/3,3,3,2/abc", "501/3,2,0,0/abd", "501/3,2,2,2/abd"],
    ["500/3,3,2,2/abc", "501/3,3,1,0/abc", null],
  ] as const)("after %p it makes %p into %p: final blocks stay final", (last, next, signs) => {
    const signer = guard(last);
    const signed = signer.signOrder(blocks.order(next));
    expect(signed === null ? null : blocks.describe(signed.value as Order)).toBe(signs);
    expect(signer.refusal).toBe(signs === null ? "nothing new" : null);
    expect(blocks.describe(signer.last as Order)).toBe(signs ?? last);
  });

  test("keeps to what it has given in to, until it need not", () => {
    const signer = guard("500/2,1,1,1/ab");
    signer.concede(blocks.vector("ac"));
    expect(signer.signOrder(blocks.order("600/3,1,1,1/abc"))).toBeNull();
    expect(signer.refusal).toBe("conflict with a concession");
    expect(signer.signOrder(blocks.order("600/3,1,1,1/acb"))).not.toBeNull();
    signer.concede(null);
    expect(signer.signOrder(blocks.order("601/3,1,1,1/abc"))).not.toBeNull();
  });

  test.each([
    ["keeps what is final in the last", "500/2,2,2,2/ab", "500/3,3,1,1/abc", "500/3,3,2,2/abc"],
    ["also in a later one", "500/2,2,2,2/ab", "501/3,1,1,1/abc", "501/3,2,2,2/abc"],
    ["takes what contradicts it as it is", "500/2,2,2,2/ab", "501/3,3,3,3/acb", "501/3,3,3,3/acb"],
  ])("hears of an Order of its key, and %s", (_, last, heard, expected) => {
    const signer = guard(last);
    expect(signer.learn(blocks.order(heard))).toBe(true);
    expect(blocks.describe(signer.last as Order)).toBe(expected);
  });

  test("knows an earlier one of its own again, and does not go back to it", () => {
    const signer = guard(null);
    const earlier = blocks.order("500/2,2,1,1/ab");
    signer.signOrder(earlier);
    signer.signOrder(blocks.order("500/3,1,1,1/abc"));
    expect(signer.learn(earlier)).toBe(false);
    expect(blocks.describe(signer.last as Order)).toBe("500/3,1,1,1/abc");
    expect(guard("500/3,1,1,1/abc").learn(earlier)).toBe(true);
  });

  test("what was written before does not replace what was heard of since", () => {
    const signer = guard("500/2,1,1,1/ab");
    signer.learn(blocks.order("600/3,3,3,3/abc"));
    signer.reload(blocks.order("500/2,1,1,1/ab"));
    expect(signer.signOrder(blocks.order("601/3,2,2,2/abd"))).toBeNull();
    const again = blocks.order("600/3,3,3,3/abc");
    signer.reload(again);
    expect(signer.last).toBe(again);
  });

  test("goes by the last Order it signed", () => {
    const signer = guard(null);
    signer.signOrder(blocks.order("500/2,2,2,2/ab"));
    expect(signer.signOrder(blocks.order("600/2,2,2,2/ac"))).toBeNull();
    const signed = signer.signOrder(blocks.order("600/3,2,2,2/abc")) as SignedData;
    expect(hashKey(signed.value)).toBe(hashKey(blocks.order("600/3,2,2,2/abc")));
    expect(pointsOf(signed.value as Order)).toEqual([3, 2, 2, 2]);
    expect(signer.signOrder(blocks.order("599/3,3,3,3/abc"))).toBeNull();
  });
});
