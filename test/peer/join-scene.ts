// Joining by hosts that have nothing but a genesis State and a Belief, and say what they are told.

import type { KeyPair } from "../../src/crypto/ed25519.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { hashBytes } from "../../src/data/encode.ts";
import type { Joined, JoinOptions } from "../../src/peer/join.ts";
import { join } from "../../src/peer/join.ts";
import type { Peer } from "../../src/peer/peer.ts";
import type { Belief } from "../../src/state/belief.ts";
import type { State } from "../../src/state/state.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { hostOf, MemoryLink } from "./cluster.ts";
import { messageScene } from "./message-scene.ts";
import { keyPair, type TestClock } from "./scene.ts";

export interface FakeHost {
  readonly keyPair: KeyPair;
  readonly genesis: State;
  readonly belief: Belief;
  /** What it says of its Order: all four points. */
  readonly point: number;
}

/** Joins by hosts at `hostOf(0)` and so on, with the key of `keyPair(9)`. */
export function joinByHosts(
  clock: TestClock,
  hosts: readonly FakeHost[],
  more: Partial<JoinOptions> = {},
): Promise<Joined> {
  const servers = hosts.map((host) => serverOf(clock, host));
  return join({
    addresses: hosts.map((_, i) => hostOf(i)),
    genesisHash: null,
    publicKey: keyPair(9).publicKey,
    store: memoryStore(CVM_TABLE),
    clock,
    dial: async (address) => {
      const ends = [0, 1].map(() => new MemoryLink(address, clock, 0, () => true));
      const [near, far] = ends as [MemoryLink, MemoryLink];
      near.other = far;
      far.other = near;
      const i = hosts.findIndex((_, at) => hostOf(at).host === address.host);
      servers[i]?.attach(far);
      return near;
    },
    onEvent: () => {},
    ...more,
  });
}

function serverOf(clock: TestClock, { keyPair: { publicKey }, genesis, belief, point }: FakeHost) {
  const store = memoryStore(CVM_TABLE);
  store.write({
    roots: [
      ["genesis", genesis],
      ["belief", belief],
    ],
  });
  const status = {
    belief: hashBytes(belief),
    genesis: hashBytes(genesis),
    peer: publicKey,
    state: hashBytes(genesis),
    points: [point, point, point, point],
  };
  const peer = { status: () => status, state: () => genesis, cells: store } as unknown as Peer;
  return messageScene(peer, { clock }).server;
}
