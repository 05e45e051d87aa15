// Room where the store is: a peer that can't write soon is not ready, although nothing has failed
// yet.

import type { PeerHealth } from "../peer/health.ts";
import { DISK_RESERVE_BYTES, freeBytes } from "../store/free-space.ts";

/** The health of a peer whose store is in the folder; null for a store in memory. */
export function withDiskRoom(health: PeerHealth, folder: string | null): PeerHealth {
  const room = folder === null ? Number.POSITIVE_INFINITY : freeBytes(folder);
  if (room >= DISK_RESERVE_BYTES) return health;
  const left = `${(room / 2 ** 20).toFixed(0)} MB are left, ${DISK_RESERVE_BYTES / 2 ** 20} are needed`;
  const obstacle = health.obstacle ?? `The disk of ${folder} is full: ${left}`;
  return { ...health, isReady: false, obstacle };
}
