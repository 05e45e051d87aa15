// How far execution is behind what this peer knows of the Order.

import { MissingDataError } from "../data/cell.ts";
import { Block } from "../state/block.ts";
import { StoreError } from "../store/store.ts";
import type { PeerApi } from "./peer-api.ts";

/**
 * Milliseconds since 1970 that a block gives as its time; null when it is not there to be asked.
 */
export function blockTimestamp(peer: PeerApi, position: number): number | null {
  try {
    const block = peer.block(position)?.value;
    return block instanceof Block ? Number(block.timestamp) : null;
  } catch (error) {
    if (error instanceof MissingDataError || error instanceof StoreError) return null;
    throw error;
  }
}

/** Milliseconds that the oldest known block waits to be executed; 0 when none does. */
export function lagMs(peer: PeerApi, now: number): number {
  const timestamp = blockTimestamp(peer, peer.position);
  return timestamp === null ? 0 : Math.max(0, now - timestamp);
}
