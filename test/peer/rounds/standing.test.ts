// What a peer says of itself, as time goes by.

import { beforeEach, describe, expect, test } from "bun:test";
import { keyOf } from "../../../src/crypto/sha3.ts";
import {
  BACKLOG_TIMEOUT_MS,
  CLOCK_SKEW_MAX_MS,
  EXECUTE_BLOCKS_MAX,
  EXECUTION_TIMEOUT_MS,
  FINALITY_TIMEOUT_MS,
  TWIN_SILENCE_MS,
} from "../../../src/peer/bounds.ts";
import { Standing } from "../../../src/peer/rounds/standing.ts";
import { keyPair, newState, TestClock } from "../scene.ts";

const OTHER = keyOf(keyPair(1).publicKey);
const state = newState([1e14, 1e14]);

let clock: TestClock;
let standing: Standing;

beforeEach(() => {
  clock = new TestClock();
  const others = [OTHER];
  const network = {
    reachablePeers: () => others,
    heardPeers: () => others,
    hasListened: () => true,
  };
  standing = new Standing(clock, keyPair(0).publicKey, network);
  standing.follow({ final: 0, unfinished: 0, backlog: 0 }, true);
});

const obstacle = () => standing.obstacle(state);

test("a voter that all reach is in nobody's way", () => {
  expect([obstacle(), standing.staleness(state), standing.lack(state)]).toEqual([null, null, null]);
  expect(standing.mayVote(state)).toBe(true);
});

describe("a peer that has blocks to execute", () => {
  test("is behind when they are many", () => {
    standing.follow({ final: 90, unfinished: 0, backlog: EXECUTE_BLOCKS_MAX }, true);
    expect(obstacle()).toBeNull();
    standing.follow({ final: 91, unfinished: 0, backlog: EXECUTE_BLOCKS_MAX + 1 }, true);
    expect(obstacle()).toContain(`catching up: ${EXECUTE_BLOCKS_MAX + 1} final blocks`);
    expect(standing.mayVote(state)).toBe(false);
  });

  test("is behind when the same ones take long, however many come after them", () => {
    standing.follow({ final: 5, unfinished: 0, backlog: 3 }, true);
    clock.advance(BACKLOG_TIMEOUT_MS - 1);
    standing.follow({ final: 8, unfinished: 0, backlog: 4 }, true);
    expect(obstacle()).toBeNull();
    clock.advance(1);
    expect(obstacle()).toContain("catching up: 4 final blocks");
    // With the first ones done, it is others that have waited, and not for long.
    standing.follow({ final: 8, unfinished: 0, backlog: 3 }, true);
    expect(obstacle()).toBeNull();
    clock.advance(BACKLOG_TIMEOUT_MS);
    standing.follow({ final: 8, unfinished: 0, backlog: 0 }, true);
    expect(obstacle()).toBeNull();
  });
});

test("execution that does not come back is told, until it does", () => {
  standing.executing(true);
  clock.advance(EXECUTION_TIMEOUT_MS - 1);
  expect([standing.isHung, obstacle()]).toEqual([false, null]);
  clock.advance(1);
  expect(obstacle()).toBe(
    `Execution of a block has not come back for ${EXECUTION_TIMEOUT_MS / 1000} s`,
  );
  standing.executing(false);
  expect([standing.isHung, obstacle()]).toEqual([false, null]);
});

test("blocks that do not become final are told, until one does", () => {
  standing.follow({ final: 1, unfinished: 2, backlog: 0 }, true);
  clock.advance(FINALITY_TIMEOUT_MS - 1);
  standing.follow({ final: 1, unfinished: 3, backlog: 0 }, true);
  expect([standing.waitingMs, obstacle()]).toEqual([FINALITY_TIMEOUT_MS - 1, null]);
  clock.advance(1);
  expect(obstacle()).toContain("No block has become final");
  standing.follow({ final: 2, unfinished: 2, backlog: 0 }, true);
  expect([standing.waitingMs, obstacle()]).toEqual([0, null]);
  standing.follow({ final: 2, unfinished: 0, backlog: 0 }, true);
  expect(standing.waitingMs).toBeNull();
});

describe("a clock", () => {
  test("that is far from those of others is told, and which way", () => {
    for (const [skewMs, words] of [
      [CLOCK_SKEW_MAX_MS - 1, null],
      [CLOCK_SKEW_MAX_MS, "s behind those"],
      [1 - CLOCK_SKEW_MAX_MS, null],
      [-CLOCK_SKEW_MAX_MS, "s ahead of those"],
    ] as const) {
      standing.skew(skewMs);
      if (words === null) expect(obstacle()).toBeNull();
      else expect(obstacle()).toContain(words);
    }
  });

  test("that was set back keeps others from counting what is signed, where they are needed", () => {
    standing.signsAhead(CLOCK_SKEW_MAX_MS - 1);
    expect(obstacle()).toBeNull();
    standing.signsAhead(CLOCK_SKEW_MAX_MS);
    expect(obstacle()).toContain("was set back");
    expect(standing.obstacle(newState([3e14, 1e14]))).toBeNull();
  });
});

test("another process with the key silences a peer that has signed, for a while", () => {
  const fresh = new Standing(clock, keyPair(0).publicKey, {
    reachablePeers: () => [OTHER],
    heardPeers: () => [OTHER],
    hasListened: () => true,
  });
  fresh.overtaken();
  expect(fresh.mayVote(state)).toBe(true);
  standing.overtaken();
  expect(obstacle()).toContain("Another process signs with the key");
  expect(standing.mayVote(state)).toBe(false);
  clock.advance(TWIN_SILENCE_MS);
  expect([obstacle(), standing.mayVote(state)]).toEqual([null, true]);
});

test("of several obstacles the gravest is told, and each ends with its cause", () => {
  standing.follow({ final: 0, unfinished: 0, backlog: 0 }, false);
  expect(obstacle()).toContain("does not vote yet");
  expect(standing.lack(state)).toBe("others");
  standing.diverge("others have another State");
  expect([standing.isDiverged, obstacle()]).toEqual([true, "others have another State"]);
  standing.silence("its key is another's");
  expect(obstacle()).toBe("The peer only observes: its key is another's");
  expect(standing.mayVote(state)).toBe(false);
  standing.fork("blocks were replaced");
  expect([standing.isForked, standing.impediment]).toEqual([true, obstacle()]);
  expect(obstacle()).toContain("looks for the way back");
  standing.stall("no space.", 77);
  expect([standing.stalledUntilMs, standing.failure]).toEqual([77, obstacle()]);
  expect(obstacle()).toBe("The peer can't use its store: no space");
  standing.halt("a fault");
  expect([standing.isHalted, standing.failure]).toEqual([true, obstacle()]);
  expect(standing.lack(state)).toBeNull();
  standing.close();
  expect(obstacle()).toBe("Peer is shutting down");
  standing.unstall();
  standing.unfork();
  expect([standing.stalledUntilMs, standing.isForked]).toEqual([null, false]);
});

test("a peer without stake has no vote, and its State may be that of the network all the same", () => {
  const foreign = newState([1e14]);
  const observer = new Standing(clock, keyPair(1).publicKey, {
    reachablePeers: () => [],
    heardPeers: () => [],
    hasListened: () => true,
  });
  expect(observer.obstacle(foreign)).toBe("Peer not registered in global state");
  expect([observer.staleness(foreign), observer.lack(foreign)]).toEqual([null, null]);
  observer.skew(-CLOCK_SKEW_MAX_MS);
  expect(observer.staleness(foreign)).toBeNull();
  observer.skew(CLOCK_SKEW_MAX_MS);
  expect(observer.staleness(foreign)).toContain("s behind those");
});
