// Where a peer stands in its own Order, and when it looks again without news.

import { expect, test } from "bun:test";
import { keyPairSigner, PeerHistory } from "../../../src/consensus/peer-history.ts";
import { Index } from "../../../src/data/index-map.ts";
import {
  blocksToExecute,
  msUntilSwitch,
  playRound,
  progressOf,
  unfinishedBlocks,
} from "../../../src/peer/rounds/round.ts";
import { Belief } from "../../../src/state/belief.ts";
import { INITIAL_TIMESTAMP } from "../../../src/state/constants.ts";
import { Blocks, KEY_PAIRS, stateOf } from "../../consensus/merge-scene.ts";

const blocks = new Blocks("a@0+10 b@1+20 c@1+30");
const signer = keyPairSigner(KEY_PAIRS[0] as (typeof KEY_PAIRS)[number]);

/** A peer of two with this Order. */
function peerWith(order: string, position = 0): PeerHistory {
  const fresh = PeerHistory.create(signer, stateOf(["5", "5"]));
  return fresh.with({ belief: blocks.belief({ 0: order }), position });
}

const without = peerWith("0/0,0,0,0/–", 3).with({ belief: Belief.of(Index.EMPTY) });

test("progress counts the blocks that are final, those that are not, and those to be executed", () => {
  const peer = peerWith("100/3,3,2,2/abc", 1);
  expect(progressOf(peer)).toEqual({ final: 2, unfinished: 1, backlog: 1 });
  expect(unfinishedBlocks(peer)).toBe(1);
  expect(progressOf(peerWith("100/3,3,2,2/abc", 3)).backlog).toBe(0);
  expect(progressOf(without)).toEqual({ final: 3, unfinished: 0, backlog: 0 });
  expect(unfinishedBlocks(without)).toBe(0);
});

test("final blocks are executed in order, at most so many at a time", () => {
  const peer = peerWith("100/3,3,3,3/abc");
  expect(blocksToExecute(peer, 2)).toEqual([blocks.get("a"), blocks.get("b")]);
  expect(blocksToExecute(peer, 9).length).toBe(3);
  expect(blocksToExecute(without.with({ position: 0 }), 9)).toEqual([]);
});

test("a proposal that is kept for now is looked at again when it may be given up", () => {
  const peer = peerWith("100/3,3,2,2/abc");
  const wait = (ms: number) => msUntilSwitch(peer, INITIAL_TIMESTAMP + ms);
  expect([wait(100), wait(150), wait(200)]).toEqual([101, 51, 1]);
  expect(wait(201)).toBeNull();
  // The Order is of a time to come: nothing would change by waiting.
  expect(wait(99)).toBeNull();
  expect(msUntilSwitch(peerWith("100/3,3,3,3/abc"), INITIAL_TIMESTAMP + 100)).toBeNull();
  expect(msUntilSwitch(without, 0)).toBeNull();
});

test("alone all that is proposed becomes final in one round; with others it takes their Orders", () => {
  const alone = PeerHistory.create(signer, stateOf(["5"])).proposeBlocks([blocks.get("a")]);
  expect(progressOf(playRound(alone, []))).toEqual({ final: 1, unfinished: 0, backlog: 1 });
  const two = PeerHistory.create(signer, stateOf(["5", "5"])).proposeBlocks([blocks.get("a")]);
  expect(playRound(two, [])).toBe(two);
});
