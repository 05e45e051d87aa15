// The operations on peers, and the defects of theirs that are reproduced (sheet 03 §4.3).

import { describe, expect, test } from "bun:test";
import type { Context } from "../../../src/cvm/context.ts";
import { HostError } from "../../../src/cvm/exits.ts";
import { Address } from "../../../src/data/address.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { PeerStatus } from "../../../src/state/peer-status.ts";
import { call, keyOf, testContext, testState, USER, USER_BALANCE } from "./core-call.ts";

const KEY = `0x${"0c".repeat(32)}`;
const OTHER_KEY = `0x${"0d".repeat(32)}`;
const OTHER = Address.of(13);
const STAKE = 5_000_000_000_000;

/** A peer of #12 under its own key, and one of #13. */
function peerContext(): Context {
  const state = testState()
    .withPeer(keyOf(12), PeerStatus.create(USER, STAKE))
    .withPeer(keyOf(13), PeerStatus.create(OTHER, STAKE));
  return testContext(state);
}

function peerOf(ctx: Context, byte: number): PeerStatus {
  return ctx.state.peer(keyOf(byte)) as PeerStatus;
}

describe("create-peer", () => {
  test.each([
    [`(create-peer ${OTHER_KEY} 1)`, ":STATE", 1000],
    ["(create-peer 0x01 1)", ":CAST", 0],
    [`(create-peer ${KEY} 1.0)`, ":CAST", 0],
    [`(create-peer ${`0x${"0e".repeat(32)}`} 0)`, ":ARGUMENT", 1000],
    [`(create-peer ${`0x${"0e".repeat(32)}`} -1)`, ":ARGUMENT", 1000],
    [`(create-peer ${`0x${"0e".repeat(32)}`} 1000000000000000001)`, ":ARGUMENT", 1000],
    [`(create-peer ${`0x${"0e".repeat(32)}`} 99900000000001)`, ":FUNDS", 1000],
  ])("%s", (text, expected, juice) => {
    expect(call(text, peerContext())).toEqual({ text: expected, juice });
  });

  test("T15: gives the result register; stake and balance are the coins paid", () => {
    const ctx = peerContext();
    ctx.result = 77;
    expect(call(`(create-peer 0x${"0e".repeat(32)} 1000)`, ctx).text).toBe("77");
    const peer = peerOf(ctx, 14);
    expect([peer.stake, peer.balance, peer.timestamp]).toEqual([1000, 1000, -1]);
    expect(peer.metadata).toBeNull();
    expect(ctx.account().balance).toBe(USER_BALANCE - 1000);
  });
});

describe("set-stake", () => {
  test.each([
    [`(set-stake 0x${"0e".repeat(32)} 1)`, ":STATE", 200],
    ["(set-stake 0x01 :a)", ":ARGUMENT", 0],
    ["(set-stake :a 1)", ":CAST", 0],
    [`(set-stake ${OTHER_KEY} :a)`, ":CAST", 0],
    [`(set-stake ${OTHER_KEY} -1)`, ":ARGUMENT", 200],
    [`(set-stake ${OTHER_KEY} 99900000000001)`, ":FUNDS", 200],
  ])("%s", (text, expected, juice) => {
    expect(call(text, peerContext())).toEqual({ text: expected, juice });
  });

  test("T28: moves coins both ways, and makes nil metadata an empty map", () => {
    const ctx = peerContext();
    expect(call(`(set-stake ${OTHER_KEY} 1000)`, ctx)).toEqual({ text: "1000", juice: 200 });
    expect(peerOf(ctx, 13).metadata?.count).toBe(0);
    expect(peerOf(ctx, 13).delegatedStake).toBe(1000);
    expect(call(`(get-stake ${OTHER_KEY} #12)`, ctx)).toEqual({ text: "1000", juice: 15 });
    expect(call(`(set-stake ${OTHER_KEY} 0)`, ctx).text).toBe("-1000");
    expect(ctx.account().balance).toBe(USER_BALANCE);
  });

  test("T15: without a change gives the result register", () => {
    const ctx = peerContext();
    ctx.result = 77;
    expect(call(`(set-stake ${OTHER_KEY} 0)`, ctx).text).toBe("77");
    expect(peerOf(ctx, 13).metadata).toBeNull();
  });

  test("T51: a withdrawal after rewards leaves fewer delegated shares than none", () => {
    const ctx = peerContext();
    call(`(set-stake ${OTHER_KEY} ${STAKE})`, ctx);
    const rewarded = peerOf(ctx, 13).withBlockReward(STAKE, 0);
    ctx.setState(ctx.state.withPeer(keyOf(13), rewarded));
    expect(call(`(set-stake ${OTHER_KEY} 0)`, ctx).text).toBe(String(-1.5 * STAKE));
    expect(peerOf(ctx, 13).delegatedStake).toBe(-0.5 * STAKE);
    expect(() => call(`(get-peer-stake ${OTHER_KEY})`, ctx)).toThrow(HostError);
  });
});

describe("set-peer-stake", () => {
  test.each([
    [`(set-peer-stake 0x${"0e".repeat(32)} -1)`, ":STATE", 1000],
    [`(set-peer-stake ${OTHER_KEY} -1)`, ":ARGUMENT", 1000],
    [`(set-peer-stake ${OTHER_KEY} 1)`, ":STATE", 1000],
    [`(set-peer-stake ${KEY} 999999999999999999)`, ":FUNDS", 1000],
    [`(set-peer-stake ${KEY} :a)`, ":CAST", 0],
    ["(set-peer-stake 0x01 1)", ":CAST", 0],
    [`(set-peer-stake ${KEY} 0)`, String(-STAKE), 1000],
    [`(get-peer-stake ${KEY})`, String(STAKE), 15],
    [`(get-peer-stake 0x${"0e".repeat(32)})`, "nil", 15],
    ["(get-peer-stake 0x01)", ":ARGUMENT", 0],
    ["(get-stake 0x01 :a)", ":ARGUMENT", 0],
    [`(get-stake ${KEY} :a)`, ":CAST", 0],
    [`(get-stake 0x${"0e".repeat(32)} #1)`, "nil", 15],
  ])("%s", (text, expected, juice) => {
    expect(call(text, peerContext())).toEqual({ text: expected, juice });
  });

  test("T15: without a change gives the result register", () => {
    const ctx = peerContext();
    ctx.result = 77;
    expect(call(`(set-peer-stake ${KEY} ${STAKE})`, ctx).text).toBe("77");
  });

  test("after a reward the account pays by value and the peer moves by shares", () => {
    const ctx = peerContext();
    const reward = 1000;
    ctx.setState(ctx.state.withPeer(keyOf(12), peerOf(ctx, 12).withBlockReward(reward, 0)));
    expect(call(`(set-peer-stake ${KEY} 0)`, ctx).text).toBe(String(-STAKE - reward));
    expect(peerOf(ctx, 12).balance).toBe(reward);
    // Nothing is left to change in the record, and the reward is paid out again.
    expect(call(`(set-peer-stake ${KEY} 0)`, ctx).text).toBe(String(-reward));
    expect(peerOf(ctx, 12).balance).toBe(reward);
    expect(ctx.account().balance).toBe(USER_BALANCE + STAKE + 2 * reward);
  });
});

describe("set-peer-data", () => {
  test("T16: looks at the account's own key, whatever key it is given", () => {
    const ctx = peerContext();
    ctx.result = 77;
    expect(call(`(set-peer-data ${OTHER_KEY} {:url "u"})`, ctx)).toEqual({
      text: "77",
      juice: 1000,
    });
    expect(peerOf(ctx, 12).metadata?.count).toBe(1);
    expect(peerOf(ctx, 13).metadata).toBeNull();
  });

  test("an empty map leaves nil as it is, and empties what is there", () => {
    const ctx = peerContext();
    call(`(set-peer-data ${KEY} nil)`, ctx);
    expect(peerOf(ctx, 12).metadata).toBeNull();
    call(`(set-peer-data ${KEY} {1 2})`, ctx);
    call(`(set-peer-data ${KEY} {})`, ctx);
    expect(peerOf(ctx, 12).metadata).toBe(CVMMap.EMPTY);
  });

  test("casts first, then refuses an account without the key of a peer it controls", () => {
    expect(call(`(set-peer-data ${KEY} [])`, peerContext())).toEqual({ text: ":CAST", juice: 0 });
    expect(call("(set-peer-data 1 {})", peerContext())).toEqual({ text: ":CAST", juice: 0 });
    expect(call(`(set-peer-data ${KEY} {})`, testContext()).text).toBe(":STATE");
    const actor = peerContext();
    actor.setAccount(actor.account().withKey(null));
    expect(call(`(set-peer-data ${KEY} {})`, actor)).toEqual({ text: ":STATE", juice: 1000 });
    const stranger = peerContext();
    stranger.setAccount(stranger.account().withKey(keyOf(13)));
    expect(call(`(set-peer-data ${KEY} {})`, stranger).text).toBe(":STATE");
  });
});

describe("evict-peer", () => {
  test("pays the delegators and the controller, and removes the record", () => {
    const ctx = peerContext();
    call(`(set-stake ${KEY} 1000)`, ctx);
    const before = ctx.juice;
    const limit = ctx.juiceLimit;
    expect(call(`(evict-peer ${KEY})`, ctx).text).toBe(String(-STAKE));
    expect(ctx.state.peer(keyOf(12))).toBeNull();
    expect(ctx.account().balance).toBe(USER_BALANCE + STAKE);
    expect(ctx.juice - before).toBe(1200);
    expect(ctx.juiceLimit).toBe(limit + 200);
  });

  test("T15: of an unknown peer gives the result register", () => {
    const ctx = peerContext();
    ctx.result = 77;
    expect(call(`(evict-peer 0x${"0e".repeat(32)})`, ctx)).toEqual({ text: "77", juice: 1000 });
  });

  test("T15: gives what the last delegator was paid where the controller has no stake", () => {
    const ctx = peerContext();
    call(`(set-stake ${KEY} 1000)`, ctx);
    call(`(set-peer-stake ${KEY} 0)`, ctx);
    expect(call(`(evict-peer ${KEY})`, ctx).text).toBe("-1000");
  });

  test("only a peer of little stake by anybody, and never the last one", () => {
    const ctx = peerContext();
    expect(call(`(evict-peer ${OTHER_KEY})`, ctx)).toEqual({ text: ":STATE", juice: 1000 });
    ctx.setState(ctx.state.withPeer(keyOf(13), PeerStatus.create(OTHER, 999_999_999_999)));
    expect(call(`(evict-peer ${OTHER_KEY})`, ctx).text).toBe("-999999999999");
    expect(call(`(evict-peer ${KEY})`, ctx).text).toBe(":STATE");
    expect(ctx.accountAt(OTHER)?.balance).toBe(USER_BALANCE + 999_999_999_999);
  });

  test("T49: not where rewards have made a debt of the balance that the controller can't pay", () => {
    const ctx = peerContext();
    const half = 2n ** 62n;
    const inDebt = PeerStatus.create(OTHER, 0)
      .withBlockReward(half, 0)
      .withBlockReward(half + 9n, 0);
    ctx.setState(ctx.state.withPeer(keyOf(13), inDebt));
    expect(call(`(get-peer-stake ${OTHER_KEY})`, ctx).text).toBe(String(9n - 2n ** 63n));
    expect(call(`(evict-peer ${OTHER_KEY})`, ctx)).toEqual({ text: ":FUNDS", juice: 1000 });
    expect(peerOf(ctx, 13).balance).toBe(9n - 2n ** 63n);
  });

  test("T27: throws where the last delegator has left", () => {
    const ctx = peerContext();
    call(`(set-stake ${KEY} 1000)`, ctx);
    call(`(set-stake ${KEY} 0)`, ctx);
    expect(peerOf(ctx, 12).stakes).toBeNull();
    expect(() => call(`(evict-peer ${KEY})`, ctx)).toThrow(HostError);
  });

  test("casts before it charges", () => {
    expect(call("(evict-peer 0x01)", peerContext())).toEqual({ text: ":CAST", juice: 0 });
  });
});
