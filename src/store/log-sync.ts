// Makes what stands in a store's log durable on a thread of the system's, while the peer goes on:
// SQLite itself would have all of the peer wait for the disk at each commit. With
// synchronous=NORMAL a commit only appends to the log, and each frame of it has a checksum that
// covers all before: after a loss of power SQLite goes on from the last whole transaction. That is
// the last one synced, or a later one.

import { closeSync, existsSync, fdatasync, openSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { syncDirectory } from "./sqlite-file.ts";
import { StoreError } from "./store.ts";

export type SyncFile = (fd: number) => Promise<void>;

export class LogSync {
  readonly #path: string;
  readonly #fd: number;
  readonly #sync: SyncFile;
  #underWay = 0;
  #isClosed = false;
  #failure: StoreError | null = null;

  private constructor(path: string, sync: SyncFile) {
    this.#path = path;
    this.#fd = openSync(path, "r");
    this.#sync = sync;
  }

  /**
   * The log of an open database, null where the file system lets it have none.
   * @param sync how a file is made durable, when not as the system does it; for tests
   * @throws StoreError, or what the system throws
   */
  static of(path: string, sync: SyncFile = promisify(fdatasync)): LogSync | null {
    if (!existsSync(path)) return null;
    // It may have been made just now: SQLite makes its name durable at a sync of its own only.
    syncDirectory(dirname(path));
    return new LogSync(path, sync);
  }

  /** Why nothing may be written any more, null while nothing has failed. */
  get failure(): StoreError | null {
    return this.#failure;
  }

  /**
   * Resolves when all is on disk that stood in the log at the call.
   * @throws StoreError DAMAGED when the disk fails. The system may then take for written what is
   * not, and no later sync would say so: only who reads the file anew knows
   */
  async synced(): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    this.#underWay++;
    try {
      await this.#sync(this.#fd);
    } catch (error) {
      this.#failure ??= failedSync(this.#path, error);
      throw this.#failure;
    } finally {
      this.#underWay--;
      if (this.#isClosed) this.#closeFile();
    }
  }

  /** Closes the file once no sync is under way. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closeFile();
  }

  #closeFile(): void {
    if (this.#underWay === 0) closeSync(this.#fd);
  }
}

function failedSync(path: string, error: unknown): StoreError {
  const reason = error instanceof Error ? error.message : String(error);
  return new StoreError(
    "DAMAGED",
    `The disk has failed to keep what was written to ${path} (${reason}). Nothing more is written. ` +
      "Look at the disk, then start again: what is whole in the store is found again.",
    error,
  );
}
