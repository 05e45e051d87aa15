import { expect, test } from "bun:test";
import { keyOf } from "../../../src/crypto/sha3.ts";
import { hashKey } from "../../../src/data/encode.ts";
import { StateComparison } from "../../../src/peer/beliefs/state-comparison.ts";
import type { BlockResult } from "../../../src/state/block-result.ts";
import { keyPair, newPeer, newState, transfer } from "../scene.ts";

const OTHER = keyOf(keyPair(1).publicKey);

/**
 * A peer of three blocks, and what it says of another that reports a State and goes on to do so.
 */
async function scene() {
  const peer = newPeer();
  for (let i = 1; i <= 3; i++) await peer.submit(transfer(2, i));
  const comparison = new StateComparison(peer);
  let now = 0;
  const verdictOn = (state: string, position: number) => {
    const report = { state, points: [3, 3, 3, position] } as never;
    comparison.report(OTHER, report, now);
    now += 1_000;
    return comparison.report(OTHER, report, now);
  };
  const stateAfter = (count: number) =>
    count === 0 ? hashKey(newState()) : hashKey((peer.blockResult(count - 1) as BlockResult).state);
  return { comparison, verdictOn, stateAfter };
}

test("a State is the same, or another, once it has been said for a second", async () => {
  const { comparison, verdictOn, stateAfter } = await scene();
  const report = { state: hashKey(newState([1])), points: [3, 3, 3, 3] } as never;
  expect(comparison.report(OTHER, report, 0)).toBe("unknown");
  expect(comparison.report(OTHER, report, 999)).toBe("unknown");
  expect(comparison.divergence).toBeNull();
  expect(comparison.report(OTHER, report, 1_000)).toBe("different");
  // It has no stake, and this peer has.
  expect(comparison.divergence).toBeNull();
  for (const position of [0, 1, 2, 3]) {
    expect(verdictOn(stateAfter(position), position)).toBe("same");
  }
  expect(comparison.divergence).toBeNull();
  expect(verdictOn(stateAfter(3), 4)).toBe("same");
});

test("a State that is the same counts the first time, also of a position that has passed", async () => {
  for (const position of [1, 2, 3]) {
    const { comparison, stateAfter } = await scene();
    const report = { state: stateAfter(position), points: [3, 3, 3, position] } as never;
    expect(comparison.report(OTHER, report, 0)).toBe("same");
  }
});

test("a peer that has yet to execute what is final, or whose finality falls, does not contradict this one", async () => {
  const { comparison, verdictOn, stateAfter } = await scene();
  for (const position of [0, 1, 2]) expect(verdictOn(stateAfter(position), 3)).toBe("unknown");
  expect(verdictOn(hashKey(newState([1])), 3)).toBe("different");
  expect(verdictOn(stateAfter(1), 3)).toBe("different");
  expect(verdictOn(stateAfter(3), 3)).toBe("same");
  expect(verdictOn(stateAfter(1), 3)).toBe("same");
  comparison.forget(OTHER);
  for (const position of [1, 2, 3]) expect(verdictOn(stateAfter(position), 0)).toBe("unknown");
  expect(comparison.of(OTHER)).toBe("unknown");
});

test("where nobody has a stake the number of peers counts, this peer included", () => {
  const comparison = new StateComparison(newPeer({ genesis: newState([0]) }));
  const say = (reporter: string, state: string) => {
    const report = { state, points: [0, 0, 0, 0] } as never;
    for (const now of [0, 1_000]) comparison.report(reporter, report, now);
  };
  say(OTHER, hashKey(newState([1])));
  expect(comparison.divergence).toContain("not that of the peer");
  say("peer.example.org:18888", hashKey(newState([0])));
  expect(comparison.divergence).toBeNull();
});

test("many peers of the least stake do not outweigh one that agrees", async () => {
  const least = 1e12;
  const peer = newPeer({ genesis: newState([5e14, 4e14, least, least, least]) });
  const comparison = new StateComparison(peer);
  const say = (index: number, state: string) => {
    const report = { state, points: [0, 0, 0, 0] } as never;
    for (const now of [0, 1_000]) comparison.report(keyOf(keyPair(index).publicKey), report, now);
  };
  for (const liar of [2, 3, 4]) say(liar, hashKey(newState([1])));
  expect(comparison.keys("different").length).toBe(3);
  expect(comparison.divergence).toBeNull();
  say(1, hashKey(peer.state()));
  expect(comparison.divergence).toBeNull();
  say(1, hashKey(newState([1])));
  say(2, hashKey(peer.state()));
  expect(comparison.divergence).toContain("3 of 4 peers");
});
