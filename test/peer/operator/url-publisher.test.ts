// A peer publishes its address, with the key of its controller when it has it, and others find it.

import { describe, expect, test } from "bun:test";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Blob } from "../../../src/data/blob.ts";
import { createGenesis } from "../../../src/genesis/genesis.ts";
import { addressText, publishedUrl } from "../../../src/peer/connections/peer-address.ts";
import { urlStanding } from "../../../src/peer/operator/url-publisher.ts";
import type { PeerStatus } from "../../../src/state/peer-status.ts";
import { memoryStore } from "../../../src/store/memory-store.ts";
import { Cluster, hostOf } from "../cluster.ts";
import { keyPair } from "../scene.ts";

const keys = [0, 1, 2].map((i) => keyPair(i).publicKey);
const [first] = keys as [Uint8Array];
const GENESIS = createGenesis({ governanceKey: first, genesisKey: first, peerKeys: keys });

function urlOf(i: number): string {
  return `tcp://${addressText(hostOf(i))}`;
}

test("addresses are published and found: a star becomes a mesh", async () => {
  // Peers 1 and 2 know peer 0 only.
  const named = (i: number) => (i === 0 ? [] : [0]);
  const cluster = new Cluster({ count: 3, genesis: GENESIS, named });
  const store = () => memoryStore(CVM_TABLE);
  for (const i of [0, 1, 2])
    cluster.start(i, { store: store(), url: urlOf(i), allowsPrivate: true });
  const published = (i: number) => {
    const record = cluster
      .networked(0)
      .peer.state()
      .peer(Blob.of(keyPair(i).publicKey)) as PeerStatus;
    return publishedUrl(record);
  };
  await cluster.until(() => [0, 1, 2].every((i) => published(i) === urlOf(i)), 60_000, 50);
  const count = (i: number) => cluster.networked(i).network.outgoing.connected.size;
  await cluster.until(() => [0, 1, 2].every((i) => count(i) === 2), 20_000, 50);
  expect(cluster.faults).toEqual([]);
});

describe("whether an address can be published", () => {
  test.each([
    ["OURS", urlOf(1), 1, 1],
    ["FOREIGN", urlOf(1), 1, 2],
    ["UNKNOWN", urlOf(1), 9, 9],
  ] as const)("%p", (standing, url, peer, holder) => {
    const key = keyPair(peer).publicKey;
    expect(urlStanding(GENESIS, key, url, keyPair(holder).publicKey)).toBe(standing);
  });
});
