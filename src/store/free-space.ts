// Room on the disk of a store. Below the reserve nothing more is written: SQLite could not clean up
// after itself on a disk that is full to the last byte, and the machine has others to serve.

import { statfsSync } from "node:fs";
import { storeErrorOf } from "./sqlite-error.ts";
import { StoreError } from "./store.ts";

const MEGABYTE = 1 << 20;
/** Room that the store leaves to others: with less, it is only read. */
export const DISK_RESERVE_BYTES = 64 * MEGABYTE;
/** Room from which on it is written again. */
export const DISK_RESUME_BYTES = 96 * MEGABYTE;
/** Room that a copy of the store leaves: the store itself goes first. */
const COPY_RESERVE_BYTES = 256 * MEGABYTE;
/** How often the system is asked. */
const LOOK_MS = 250;

/**
 * Bytes that this process may still write where a folder is.
 * @throws StoreError when the folder is gone, or its disk is
 */
export function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch (error) {
    throw storeErrorOf(error, folder);
  }
}

/**
 * Asks at most four times a second. Too little is less than DISK_RESERVE_BYTES, from then on less
 * than DISK_RESUME_BYTES.
 */
export class SpaceGuard {
  readonly #free: () => number;
  readonly #now: () => number;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #bytes = Number.POSITIVE_INFINITY;
  #isLow = false;

  /** @param now milliseconds of any clock */
  constructor(free: () => number, now: () => number = () => performance.now()) {
    this.#free = free;
    this.#now = now;
  }

  /** Why nothing is written, null while there is room. @throws StoreError as `freeBytes` */
  lack(path: string): string | null {
    if (this.#now() - this.#lookedAtMs >= LOOK_MS) {
      this.#bytes = this.#free();
      // Where it can't be told it is asked each time.
      this.#lookedAtMs = this.#now();
    }
    this.#isLow = this.#bytes < (this.#isLow ? DISK_RESUME_BYTES : DISK_RESERVE_BYTES);
    if (!this.#isLow) return null;
    return (
      `Only ${megabytes(this.#bytes)} MB are free for the store ${path}, which is read-only until ` +
      `there are ${megabytes(DISK_RESUME_BYTES)}. Queries are answered; free some space, and it ` +
      "goes on by itself."
    );
  }

  /** @throws StoreError FULL while there is too little room */
  require(path: string): void {
    const lack = this.lack(path);
    if (lack !== null) throw new StoreError("FULL", lack);
  }
}

/** @throws StoreError FULL when a store that is begun there could not be written to */
export function requireRoomToBegin(folder: string): void {
  const free = freeBytes(folder);
  if (free >= DISK_RESERVE_BYTES) return;
  throw new StoreError(
    "FULL",
    `Only ${megabytes(free)} MB are free in ${folder}: a new store is begun where there are ` +
      `${megabytes(DISK_RESERVE_BYTES)}. Free some space, then start again.`,
  );
}

/** @throws StoreError FULL when a copy would take what the store needs */
export function requireRoomToCopy(folder: string): void {
  const free = freeBytes(folder);
  if (free >= COPY_RESERVE_BYTES) return;
  throw new StoreError(
    "FULL",
    `Only ${megabytes(free)} MB are free in ${folder}: a copy needs as much as it will hold, and ` +
      `leaves ${megabytes(COPY_RESERVE_BYTES)}. Nothing was changed; free some space first.`,
  );
}

function megabytes(bytes: number): number {
  return Math.floor(bytes / MEGABYTE);
}
