// Whose Orders count in a merge (sheet 04 §3.2.1).

import { Blob } from "../data/blob.ts";
import type { Value } from "../data/cell.ts";
import { indexKeyOf, KEY_BYTES } from "../data/index-key.ts";
import type { State } from "../state/state.ts";
import { isEffective, registeredPeers } from "./registered-peers.ts";

/** Keys of the peers whose Orders count, by State: each Order that comes asks for it. */
const effective = new WeakMap<State, ReadonlySet<string>>();

/**
 * Whether Orders under this key count (sheet 04 §3.2.1): a peer of the State whose own stake,
 * rewards included and delegations not, is at least the minimum. Neither time nor decay plays a
 * part.
 */
export function isEffectivePeer(state: State, key: Value): boolean {
  const keys = keysOf(state);
  // What else stands for bytes, or for too many of them, has rules of its own (data/index-key.ts).
  if (key instanceof Blob && key.count === KEY_BYTES) return keys.has(indexKeyOf(key) as string);
  return isEffective(state.peers.get(key));
}

/** `isEffectivePeer` by a key of 32 bytes, as characters. */
export function isEffectiveSigner(state: State, signer: string): boolean {
  return keysOf(state).has(signer);
}

function keysOf(state: State): ReadonlySet<string> {
  let keys = effective.get(state);
  if (keys === undefined) {
    keys = effectivePeers(state);
    effective.set(state, keys);
  }
  return keys;
}

function effectivePeers(state: State): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const peer of registeredPeers(state.peers)) {
    if (peer.isEffective && peer.indexKey !== null) keys.add(peer.indexKey);
  }
  return keys;
}
