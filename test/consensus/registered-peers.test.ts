// The peers of a State are found again from State to State, and are those of their Index.

import { expect, test } from "bun:test";
import fc from "fast-check";
import { registeredPeers } from "../../src/consensus/registered-peers.ts";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import type { Value } from "../../src/data/cell.ts";
import { Index } from "../../src/data/index-map.ts";
import { PeerStatus } from "../../src/state/peer-status.ts";

const OWNER = Address.of(12);
const keyOf = (n: number) => Blob.of(new Uint8Array(32).fill(n));
const peer = (stake: number) => PeerStatus.create(OWNER, stake);

/** By the definition, from the entries. */
function expected(peers: Index): [Value, number][] {
  return peers
    .entries()
    .filter(([, status]) => status instanceof PeerStatus)
    .map(([key, status]) => [key, Number((status as PeerStatus).totalShares)]);
}

const found = (peers: Index) =>
  registeredPeers(peers).map(({ key, shares }): [Value, number] => [
    Blob.of(Buffer.from(key ?? "", "latin1")),
    shares,
  ]);

test("registered peers are the entries of the Index in their order, after each of many changes", () => {
  const change = fc.tuple(fc.nat(40), fc.option(fc.nat(9)));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      let peers: Index = Index.EMPTY;
      for (const [n, stake] of changes) {
        const next = stake === null ? peers.dissoc(keyOf(n)) : peers.assoc(keyOf(n), peer(stake));
        peers = (next ?? Index.EMPTY) as Index;
        expect(found(peers)).toEqual(expected(peers));
      }
    }),
  );
});

test("in a State in which one peer has changed the others are not looked at again", () => {
  const entries = Array.from({ length: 50 }, (_, n): [Value, Value] => [keyOf(n), peer(n + 1)]);
  const before = Index.from(entries) as Index;
  const after = before.assoc(keyOf(7), peer(100)) as Index;
  const [old, now] = [registeredPeers(before), registeredPeers(after)];
  expect(now.filter((each, i) => each !== old[i]).map(({ shares }) => shares)).toEqual([100]);
});

test("what is no peer is left out, and who is effective is told by stake", () => {
  const entries: [Value, Value][] = [
    [keyOf(1), 5],
    [keyOf(2), peer(999_999_999_999)],
    [keyOf(3), peer(1_000_000_000_000)],
  ];
  const peers = registeredPeers(Index.from(entries) as Index);
  expect(peers.map(({ isEffective }) => isEffective)).toEqual([false, true]);
});

test("in an Index whose counts are wrong the peers that are counted are found", () => {
  const whole = Index.from([1, 2, 3].map((n) => [keyOf(n), peer(n)])) as Index;
  const fewer = new Index(2, whole.hasEntry, whole.slots, whole.depth, whole.mask);
  expect(found(fewer)).toEqual(expected(fewer));
  expect(registeredPeers(fewer).length).toBe(2);
  const more = new Index(4, whole.hasEntry, whole.slots, whole.depth, whole.mask);
  expect(() => registeredPeers(more)).toThrow("too few entries");
});
