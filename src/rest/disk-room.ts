// Room where the store is: a peer that can't write soon is not ready, although nothing has failed
// yet.

import type { PeerHealth } from "../peer/health.ts";
import { DISK_RESERVE_BYTES, freeBytes } from "../store/free-space.ts";
import { StoreError } from "../store/store.ts";

/** Bytes that may still be written where a folder is, and why that can't be told; then none. */
export function roomIn(folder: string): { readonly bytes: number; readonly reason: string | null } {
  try {
    return { bytes: freeBytes(folder), reason: null };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { bytes: 0, reason: error.message };
  }
}

/** The health of a peer whose store is in the folder; null for a store in memory. */
export function withDiskRoom(health: PeerHealth, folder: string | null): PeerHealth {
  if (folder === null) return health;
  const { bytes, reason } = roomIn(folder);
  if (bytes >= DISK_RESERVE_BYTES) return health;
  const left = `${(bytes / 2 ** 20).toFixed(0)} MB are left, ${DISK_RESERVE_BYTES / 2 ** 20} are needed`;
  const obstacle = health.obstacle ?? reason ?? `The disk of ${folder} is full: ${left}`;
  return { ...health, isReady: false, isStuck: true, obstacle };
}
