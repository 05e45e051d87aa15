// Hosts that the operator has named, and that prove no key: one of another network says nothing
// about this peer's State, one of this network no more than as long as it is connected.

import { expect, test } from "bun:test";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Blob } from "../../../src/data/blob.ts";
import { decodeMultiCell, encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { Vector } from "../../../src/data/vector.ts";
import { MESSAGE_TAG } from "../../../src/net/message.ts";
import { addressText } from "../../../src/peer/connections/peer-address.ts";
import { Result } from "../../../src/state/result.ts";
import { Cluster, hostOf } from "../cluster.ts";
import { keyPair, newState } from "../scene.ts";

const STAKE = 1e14;

test("a named host of another network is not compared with, and closed again", async () => {
  const cluster = new Cluster({ count: 2 });
  // Each is a network of one, in which the other's key has no stake.
  let dials = 0;
  const alone = cluster.start(0, {
    genesis: newState([STAKE]),
    dial: (address) => {
      dials++;
      return cluster.dial(0, address);
    },
  });
  cluster.start(1, { genesis: newState([1, STAKE]) });
  await cluster.run(20_000, 50);
  expect(alone.peer.obstacle()).toBeNull();
  expect(alone.network.outgoing.connected.size).toBe(0);
  expect(alone.network.comparison.keys("different")).toEqual([]);
  expect(cluster.notices.sort()).toEqual([
    `0: ${addressText(hostOf(1))} is of another network: it is not used`,
    `1: ${addressText(hostOf(0))} is of another network: it is not used`,
  ]);
  // It is dialled again, but not all the time.
  expect(dials).toBeGreaterThan(2);
  expect(dials).toBeLessThan(40);
});

test("a named host that is the peer itself is told of once, and closed again", async () => {
  const cluster = new Cluster({ count: 2 });
  const alone = cluster.start(0, { dial: () => cluster.dial(0, hostOf(0)) });
  await cluster.run(20_000, 50);
  expect(alone.network.outgoing.connected.size).toBe(0);
  expect(cluster.notices).toEqual([
    `0: ${addressText(hostOf(1))} is this peer itself: it is not used`,
  ]);
});

test("what a host without a key to prove has said goes with it", async () => {
  const challenge = Buffer.from(encodeMultiCell(MESSAGE_TAG.CHALLENGE));
  // The second one hears no challenges.
  const filter = (payload: Uint8Array, to: number) =>
    to === 1 && Buffer.from(payload).includes(challenge) ? null : payload;
  const cluster = new Cluster({ count: 2, filter });
  const first = cluster.start(0);
  cluster.start(1);
  const { comparison } = first.network;
  await cluster.until(() => comparison.keys("same").length === 1, 60_000);
  expect([...first.network.outgoing.connected].map(({ key }) => key)).toEqual([null]);
  await cluster.stop(1);
  await cluster.run(1_000);
  expect(comparison.keys("same")).toEqual([]);
});

test("a host without a key to prove has no stake, whichever key it claims", async () => {
  const genesis = newState([STAKE, STAKE, 1e12]);
  const challenge = Buffer.from(encodeMultiCell(MESSAGE_TAG.CHALLENGE));
  let lies = 0;
  const filter = (payload: Uint8Array, to: number, isDialled: boolean) => {
    const bytes = Buffer.from(payload);
    if (to === 2 && bytes.includes(challenge)) return null;
    if (to !== 0 || !isDialled || !bytes.includes(keyPair(2).publicKey)) return payload;
    const said = decodeMultiCell(payload, CVM_TABLE, null);
    if (!(said instanceof Result && said.result instanceof Vector)) return payload;
    // Its status, which says that it is the second peer, and has come to another State.
    const fields = [...said.result];
    fields[3] = Blob.of(keyPair(1).publicKey);
    fields[4] = Blob.of(new Uint8Array(32));
    lies++;
    return encodeMultiCell(Result.of({ id: said.id, result: Vector.from(fields) }));
  };
  const cluster = new Cluster({ count: 3, genesis, filter, named: (i) => (i === 0 ? [2] : [0]) });
  cluster.startAll();
  const { network, peer } = cluster.networked(0);
  await cluster.until(() => network.comparison.keys("different").length > 0, 60_000);
  await cluster.run(5_000);
  expect(lies).toBeGreaterThan(1);
  expect([...network.outgoing.connected].map(({ key }) => key)).toEqual([null]);
  expect(network.comparison.divergence).toBeNull();
  expect(peer.isVoting).toBe(true);
  expect(peer.obstacle()).toBeNull();
});
