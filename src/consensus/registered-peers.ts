// The peers of a State in the order of their Index, with what a merge asks of each. Anybody may
// register any number of peers, each with a copper of stake and some 80,000,000 copper of memory,
// and each State is asked for its weights. So what was found below a cell of the Index is
// remembered by that cell, and a Block changes few cells (with 3,000 peers, on a busy machine, 0.2
// to 1 ms a State instead of 8 to 30).

import { keyOf } from "../crypto/sha3.ts";
import { Blob } from "../data/blob.ts";
import { resolveAt, type Value } from "../data/cell.ts";
import { indexKeyOf } from "../data/index-key.ts";
import type { Index } from "../data/index-map.ts";
import { childIn } from "../data/index-tree.ts";
import { hasCount } from "../data/index-walk.ts";
import { MINIMUM_EFFECTIVE_STAKE } from "../state/constants.ts";
import { StakeMathError } from "../state/peer-stake.ts";
import { PeerStatus } from "../state/peer-status.ts";

export interface RegisteredPeer {
  /** Bytes of its key as characters (crypto/sha3.ts), null when that is no Blob. */
  readonly key: string | null;
  /** Bytes of its key that count in an Index. */
  readonly indexKey: string | null;
  readonly status: PeerStatus;
  /** Own and delegated shares of its balance. */
  readonly shares: number;
  /** Whether its own stake is enough for its Orders to count (sheet 04 §3.2.1). */
  readonly isEffective: boolean;
}

/** The peers below a cell of the Index; null when its counts are not those of its entries. */
type Part = readonly RegisteredPeer[] | null;
const known = new WeakMap<Index, Part>();

/**
 * All entries that are peers.
 * @throws BadStructureError as the entries of the Index, MissingDataError
 */
export function registeredPeers(peers: Index): readonly RegisteredPeer[] {
  return partOf(peers) ?? peers.entries().flatMap(([key, status]) => peerOf(key, status));
}

function partOf(tree: Index): Part {
  const found = known.get(tree);
  if (found !== undefined) return found;
  const part = gathered(tree);
  known.set(tree, part);
  return part;
}

function gathered(tree: Index): Part {
  const { slots } = tree;
  const own = tree.hasEntry ? 2 : 0;
  if (slots.length === own ? tree.count !== own / 2 : !hasCount(tree)) return null;
  const all = own === 0 ? [] : peerOf(resolveAt(slots, 0), resolveAt(slots, 1));
  for (let i = own; i < slots.length; i++) {
    const part = partOf(childIn(tree, i));
    if (part === null) return null;
    for (const peer of part) all.push(peer);
  }
  return all;
}

/** A list of one; empty for an entry that is no peer. */
function peerOf(key: Value, status: Value): RegisteredPeer[] {
  if (!(status instanceof PeerStatus)) return [];
  return [
    {
      key: key instanceof Blob ? keyOf(key.toBytes()) : null,
      indexKey: indexKeyOf(key),
      status,
      shares: Number(status.totalShares),
      isEffective: isEffective(status),
    },
  ];
}

/**
 * Rewards count, delegations do not; neither time nor decay plays a part. A stake that can't be
 * computed (sheet 03 §4.3, defects) voids its peer's blocks as well.
 */
export function isEffective(status: Value | undefined): boolean {
  if (!(status instanceof PeerStatus)) return false;
  try {
    return status.peerStake >= MINIMUM_EFFECTIVE_STAKE;
  } catch (error) {
    if (error instanceof StakeMathError) return false;
    throw error;
  }
}
