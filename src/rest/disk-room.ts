// Room where the store is: a peer that can't write soon is not ready, although nothing has failed yet.

import { statfsSync } from "node:fs";
import type { PeerHealth } from "../peer/health.ts";

/** Less room than a few blocks and the log of the store need. */
export const DISK_ROOM_MIN = 16 * 2 ** 20;

/** Bytes that the peer may still write below a folder. */
export function diskRoom(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** The health of a peer whose store is in the folder; null for a store in memory. */
export function withDiskRoom(health: PeerHealth, folder: string | null): PeerHealth {
  const room = folder === null ? Number.POSITIVE_INFINITY : diskRoom(folder);
  if (room >= DISK_ROOM_MIN) return health;
  const left = `${(room / 2 ** 20).toFixed(0)} MB are left, ${DISK_ROOM_MIN / 2 ** 20} are needed`;
  const obstacle = health.obstacle ?? `The disk of ${folder} is full: ${left}`;
  return { ...health, isReady: false, obstacle };
}
