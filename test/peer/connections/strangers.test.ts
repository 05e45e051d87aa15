// Connections that have proved no key: their Beliefs take turns, within a bound, and one that
// proves the key of a peer is a stranger no more.

import { expect, test } from "bun:test";
import { toHex } from "../../../src/crypto/hex.ts";
import { keyOf } from "../../../src/crypto/sha3.ts";
import type { Cell } from "../../../src/data/cell.ts";
import { CVMString } from "../../../src/data/string.ts";
import { NoReplyError } from "../../../src/net/pending-requests.ts";
import { Bans } from "../../../src/peer/connections/bans.ts";
import type { Neighbour } from "../../../src/peer/connections/neighbour.ts";
import { Strangers } from "../../../src/peer/connections/strangers.ts";
import {
  CHALLENGE_AGAIN_MS,
  LOOK_COUNTS_MAX_MS,
  UNTRUSTED_BELIEF_BYTES_MAX,
  UNTRUSTED_BELIEF_PAUSE_MS,
  UNTRUSTED_BELIEF_PAUSES,
  UNTRUSTED_BELIEFS_MAX,
} from "../../../src/peer/network-bounds.ts";
import { MINIMUM_EFFECTIVE_STAKE } from "../../../src/state/constants.ts";
import { SeededRandom } from "../cluster.ts";
import { keyPair, newPeer, newState, TestClock } from "../scene.ts";

const saying = (words: string) => (): Cell => CVMString.of(words);

function scene() {
  const clock = new TestClock();
  const bans = new Bans(null);
  const peer = newPeer({
    clock,
    genesis: newState([MINIMUM_EFFECTIVE_STAKE, MINIMUM_EFFECTIVE_STAKE]),
  });
  const taken: (readonly [unknown, string])[] = [];
  const proved: (readonly [unknown, string | null])[] = [];
  const strangers = new Strangers({
    clock,
    bans,
    peer,
    random: new SeededRandom(1),
    identity: { keyPair: keyPair(0), network: new Uint8Array(32) },
    take: (neighbour, payload) => taken.push([neighbour, String(payload)]),
    onProved: (neighbour, said) => proved.push([neighbour, said === null ? null : String(said)]),
  });
  return { clock, bans, strangers, taken, proved };
}

/** A connection that answers a challenge as it is told to: with a key, with none, or not at all. */
function stranger(answer: Uint8Array | null | "silence" = null, direction = "incoming") {
  const found = { asked: 0, closed: "", isTrusted: false };
  const neighbour = {
    key: null as string | null,
    isOpen: true,
    isProving: false,
    origin: { direction, isNamed: false, address: { host: "192.0.2.1", port: 1 } },
    connection: {
      close: (reason: string) => {
        found.closed = reason;
      },
      trust: () => {
        found.isTrusted = true;
      },
    },
    prove: async () => {
      found.asked++;
      if (answer === "silence") throw new NoReplyError("TIMEOUT", "no answer");
      return answer;
    },
  };
  return { found, neighbour: neighbour as unknown as Neighbour };
}

/** Lets what was answered come through. */
const answered = () => new Promise((resolve) => setImmediate(resolve));

test("Beliefs take turns, the latest of each, no more than the bound, none of who has gone", () => {
  const { clock, strangers, taken } = scene();
  const many = Array.from({ length: UNTRUSTED_BELIEFS_MAX + 1 }, () => stranger().neighbour);
  for (const [i, neighbour] of many.entries())
    strangers.onBelief(neighbour, saying(`first ${i}`), 1);
  const [first, second, third, fourth] = many as [Neighbour, Neighbour, Neighbour, Neighbour];
  strangers.onBelief(first, saying("second 0"), 1);
  strangers.forget(second);
  Object.assign(fourth, { isOpen: false });
  expect(taken).toEqual([]);
  clock.advance(UNTRUSTED_BELIEF_PAUSE_MS);
  expect(taken).toEqual([[first, "second 0"]]);
  clock.advance(UNTRUSTED_BELIEF_PAUSE_MS);
  expect(taken.slice(1)).toEqual([[third, "first 2"]]);
  for (let i = 0; i < 2 * UNTRUSTED_BELIEFS_MAX; i++) clock.advance(UNTRUSTED_BELIEF_PAUSE_MS);
  expect(taken.length).toBe(UNTRUSTED_BELIEFS_MAX - 2);
  expect(taken.some(([who]) => who === many.at(-1))).toBe(false);
});

test("a Belief that is too long is not read, others in their turn", () => {
  const { clock, strangers, taken } = scene();
  const [first, second] = [stranger(), stranger()].map((each) => each.neighbour as Neighbour);
  let reads = 0;
  const counted = (words: string) => () => {
    reads++;
    return saying(words)();
  };
  strangers.onBelief(first as Neighbour, counted("too long"), UNTRUSTED_BELIEF_BYTES_MAX + 1);
  strangers.onBelief(first as Neighbour, counted("former"), UNTRUSTED_BELIEF_BYTES_MAX);
  strangers.onBelief(first as Neighbour, counted("latter"), UNTRUSTED_BELIEF_BYTES_MAX);
  strangers.onBelief(second as Neighbour, () => null, 1);
  const third = stranger().neighbour;
  strangers.onBelief(third, counted("far too long"), UNTRUSTED_BELIEF_BYTES_MAX + 1);
  expect(reads).toBe(0);
  for (let i = 0; i < 4; i++) clock.advance(UNTRUSTED_BELIEF_PAUSE_MS);
  expect(taken).toEqual([[first, "latter"]]);
  expect(reads).toBe(1);
});

test("who takes long to be looked at makes the next one wait as many times as long", () => {
  const { clock, strangers, taken } = scene();
  const [first, second] = [stranger(), stranger()].map((each) => each.neighbour as Neighbour);
  const slowly = () => {
    clock.advance(1_000);
    return saying("slowly")();
  };
  strangers.onBelief(first as Neighbour, slowly, 1);
  strangers.onBelief(second as Neighbour, saying("then"), 1);
  clock.advance(UNTRUSTED_BELIEF_PAUSE_MS);
  clock.advance(UNTRUSTED_BELIEF_PAUSES * 1_000 - 1);
  expect(taken).toEqual([[first, "slowly"]]);
  clock.advance(1);
  expect(taken.at(-1)).toEqual([second, "then"]);
});

test("an hour for which the machine stood still makes nobody wait for four", () => {
  const { clock, strangers, taken } = scene();
  const [first, second] = [stranger(), stranger()].map((each) => each.neighbour as Neighbour);
  const stopped = () => {
    clock.advance(3_600_000);
    return saying("stopped")();
  };
  strangers.onBelief(first as Neighbour, stopped, 1);
  strangers.onBelief(second as Neighbour, saying("then"), 1);
  clock.advance(UNTRUSTED_BELIEF_PAUSE_MS);
  clock.advance(UNTRUSTED_BELIEF_PAUSES * LOOK_COUNTS_MAX_MS);
  expect(taken.at(-1)).toEqual([second, "then"]);
});

test("nothing is taken after the end", () => {
  const { clock, strangers, taken } = scene();
  strangers.onBelief(stranger().neighbour, saying("late"), 1);
  strangers.close();
  clock.advance(UNTRUSTED_BELIEF_PAUSE_MS);
  expect(taken).toEqual([]);
});

test("who proves the key of a peer is heard at once, with what it had said", async () => {
  const { clock, strangers, taken, proved } = scene();
  const { publicKey } = keyPair(1);
  const { found, neighbour } = stranger(publicKey);
  strangers.onBelief(neighbour, saying("news"), 1);
  await answered();
  expect(proved).toEqual([[neighbour, "news"]]);
  expect([neighbour.key, found.isTrusted]).toEqual([keyOf(publicKey), true]);
  clock.advance(UNTRUSTED_BELIEF_PAUSE_MS);
  expect(taken).toEqual([]);
});

test("no key, no peer's key, this peer's own, a banned one: a stranger still", async () => {
  const { bans, strangers, proved } = scene();
  bans.add(toHex(keyPair(1).publicKey));
  const banned = stranger(keyPair(1).publicKey);
  const others = [null, "silence" as const, keyPair(7).publicKey, keyPair(0).publicKey].map((key) =>
    stranger(key),
  );
  for (const { neighbour } of [banned, ...others]) strangers.challenge(neighbour);
  await answered();
  expect(proved).toEqual([]);
  expect(banned.found.closed).toBe("it is banned");
  expect(others.map(({ neighbour }) => neighbour.key)).toEqual([null, null, null, null]);
});

test("a key is asked for now and then, and only of who has come in", () => {
  const { clock, strangers } = scene();
  const { found, neighbour } = stranger();
  strangers.challenge(neighbour);
  strangers.challenge(neighbour);
  expect(found.asked).toBe(1);
  clock.advance(CHALLENGE_AGAIN_MS);
  strangers.challenge(neighbour);
  expect(found.asked).toBe(2);
  neighbour.key = "k".repeat(32);
  clock.advance(CHALLENGE_AGAIN_MS);
  strangers.challenge(neighbour);
  expect(found.asked).toBe(2);
  const dialled = stranger(null, "outgoing");
  strangers.challenge(dialled.neighbour);
  expect(dialled.found.asked).toBe(0);
});
