// When a peer gives in to what others hold on to: soon to those without whom nothing becomes final,
// late and seldom to few, who may lie.

import { beforeEach, describe, expect, test } from "bun:test";
import { PeerHistory } from "../../../src/consensus/peer-history.ts";
import type { KeyPair } from "../../../src/crypto/ed25519.ts";
import {
  CONCEDE_AFTER_MS,
  CONCEDE_TO_FEW_AFTER_MS,
  CONCEDE_TO_FEW_EVERY_MS,
  CONCESSION_MS,
} from "../../../src/peer/bounds.ts";
import { Concessions } from "../../../src/peer/rounds/concessions.ts";
import { OrderGuard } from "../../../src/peer/rounds/order-guard.ts";
import { ALONE } from "../../../src/peer/rounds/participation.ts";
import { Standing } from "../../../src/peer/rounds/standing.ts";
import { INITIAL_TIMESTAMP } from "../../../src/state/constants.ts";
import type { Order } from "../../../src/state/order.ts";
import { Blocks, KEY_PAIRS, stateOf } from "../../consensus/merge-scene.ts";
import { TestClock } from "../scene.ts";

const blocks = new Blocks("a@0+10 b@1+20 c@2+30");
const own = KEY_PAIRS[0] as KeyPair;
const state = stateOf(["5", "5", "5", "5", "5"]);
const MINE = "100/3,1,1,1/abc";
const HELD = "100/3,2,2,1/acb";
/** An Order with blocks of its own after all that is signed here. */
const LATER = "90000/3,1,1,1/abc";

let clock: TestClock;
let standing: Standing;
let guard: OrderGuard;
let concessions: Concessions;

/** Blocks wait from now on. */
beforeEach(() => {
  clock = new TestClock();
  standing = new Standing(clock, own.publicKey, ALONE);
  guard = new OrderGuard(own, null);
  concessions = new Concessions(clock, guard, standing);
  standing.follow({ final: 1, unfinished: 2, backlog: 0 }, true);
});

/** The blocks that the peer proposes when so many of five peers hold on to others. */
function proposed(holders: number, isVoting = true): string {
  const orders: Record<number, string> = {};
  for (let i = 0; i < 5; i++) orders[i] = i >= 5 - holders ? HELD : MINE;
  const belief = blocks.belief(orders);
  const fresh = PeerHistory.create(new OrderGuard(own, null), state);
  const timestamp = INITIAL_TIMESTAMP + 1_000;
  const history = new PeerHistory(guard, { ...fresh.record, belief, timestamp });
  const { order } = concessions.apply(history, isVoting);
  return blocks.describe(order as Order).split("/")[2] as string;
}

describe("a peer whose blocks wait", () => {
  test("gives in to many after a short time", () => {
    expect(proposed(2)).toBe("abc");
    clock.advance(CONCEDE_AFTER_MS);
    expect(proposed(2)).toBe("acb");
    expect(guard.refusalOf(blocks.order(LATER))).toBe("conflict with a concession");
  });

  test("gives in to few only after a long one, and not again soon", () => {
    clock.advance(CONCEDE_AFTER_MS);
    expect(proposed(1)).toBe("abc");
    clock.advance(CONCEDE_TO_FEW_AFTER_MS);
    expect(proposed(1)).toBe("acb");
    clock.advance(CONCESSION_MS);
    expect(proposed(1)).toBe("abc");
    expect(guard.refusalOf(blocks.order(LATER))).toBeNull();
    clock.advance(CONCEDE_TO_FEW_EVERY_MS);
    expect(proposed(1)).toBe("acb");
  });

  test("gives in to few as soon after it gave in to many", () => {
    clock.advance(CONCEDE_AFTER_MS);
    expect(proposed(2)).toBe("acb");
    clock.advance(CONCEDE_TO_FEW_AFTER_MS);
    expect(proposed(1)).toBe("acb");
  });

  test("gives in to nobody while it has no vote", () => {
    clock.advance(CONCEDE_TO_FEW_AFTER_MS);
    expect(proposed(2, false)).toBe("abc");
    expect(guard.refusalOf(blocks.order(LATER))).toBeNull();
  });

  test("takes its word back once blocks become final again", () => {
    clock.advance(CONCEDE_AFTER_MS);
    expect(proposed(2)).toBe("acb");
    standing.follow({ final: 2, unfinished: 1, backlog: 0 }, true);
    expect(proposed(2)).toBe("abc");
    expect(guard.refusalOf(blocks.order(LATER))).toBeNull();
  });

  test("goes on doing so when its clock is set back", () => {
    clock.advance(CONCEDE_AFTER_MS);
    expect(proposed(2)).toBe("acb");
    clock.advance(-600_000);
    standing.follow({ final: 1, unfinished: 2, backlog: 0 }, true);
    expect(standing.waitingMs).toBe(0);
    clock.advance(CONCEDE_AFTER_MS);
    expect(concessions.dueInMs).toBe(0);
  });
});
