// The further peers of `local --peers N`: on loopback, without API, thrown away when they stop.

import type { KeyPair } from "../../crypto/ed25519.ts";
import { CVM_TABLE } from "../../cvm/cvm-table.ts";
import { Bans } from "../../peer/connections/bans.ts";
import type { PeerAddress } from "../../peer/connections/peer-address.ts";
import type { State } from "../../state/state.ts";
import { memoryStore } from "../../store/memory-store.ts";
import { type HostedPeer, hostPeer, stopPeer } from "./hosted-peer.ts";

/**
 * Starts a peer for each key, and has all of them, the first one too, know each other.
 * @throws PeerPortError when one has no port: then none of them runs
 */
export function startLocalPeers(options: {
  readonly first: HostedPeer;
  readonly keyPairs: readonly KeyPair[];
  readonly genesis: State;
  /** Address of the first; the others take the ports behind it, or free ones if it did. */
  readonly listen: PeerAddress;
  readonly onFault: (error: unknown, where: string) => void;
}): HostedPeer[] {
  const { first, keyPairs, genesis, listen, onFault } = options;
  const further: HostedPeer[] = [];
  try {
    for (const [i, keyPair] of keyPairs.entries()) {
      const port = listen.port === 0 ? 0 : listen.port + 1 + i;
      const hosted = hostPeer({
        store: memoryStore(CVM_TABLE),
        keyPair,
        genesis,
        bans: new Bans(null),
        allowsPrivate: true,
        listen: { host: listen.host, port },
        onFault,
      });
      further.push(hosted);
    }
  } catch (error) {
    for (const hosted of further) void stopPeer(hosted);
    throw error;
  }
  for (const { networked } of further) networked.start();
  const all = [first, ...further];
  for (const [i, { networked }] of all.entries()) {
    for (const [j, { listener }] of all.entries()) {
      // One connection between two peers is enough for both to speak and hear.
      const { host, port } = listener;
      if (j < i) networked.network.outgoing.name({ host, port }, true);
    }
    networked.network.tick();
  }
  return further;
}
