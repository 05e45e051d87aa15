// How the store of a running process is looked after: the last step of a collection, which puts the
// copy that was built beside it (collection.ts) in its place.

import { statSync } from "node:fs";
import { join } from "node:path";
import type { CellStore } from "./cell-store.ts";
import { finishBuild, strangeCopy } from "./collection.ts";
import { giveToFolderOwner } from "./file-owner.ts";
import { BUILD_FILE, removeDatabase, syncFile } from "./sqlite-file.ts";
import type { SqliteBackend } from "./sqlite-store.ts";
import type { SqliteTables } from "./sqlite-tables.ts";
import { StoreError } from "./store.ts";
import type { WriteTimes } from "./write-times.ts";

/** Positions that may be written between the last round of a copy and its adoption. */
const RECENT_POSITIONS_MAX = 500_000;

/** What a store takes on disk, in bytes. */
export interface StoreBytes {
  readonly file: number;
  /** The write-ahead log. */
  readonly beside: number;
}

/** What a collection has come to. */
export interface Adopted {
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** How long the process did nothing else. */
  readonly pauseMs: number;
}

export class StoreUpkeep {
  readonly #backend: SqliteBackend;
  readonly #store: CellStore;
  #token = "";

  constructor(backend: SqliteBackend, store: CellStore) {
    this.#backend = backend;
    this.#store = store;
  }

  get directory(): string {
    return this.#backend.directory;
  }

  get writes(): WriteTimes {
    return this.#backend.writeTimes;
  }

  get bytes(): StoreBytes {
    const { path } = this.#backend.tables;
    return { file: sizeOf(path), beside: sizeOf(`${path}-wal`) };
  }

  /** Why nothing can be written where the store is, whoever asks; null while there is room. */
  get lackOfRoom(): string | null {
    try {
      return this.#backend.lackOfRoom();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return error.message;
    }
  }

  get #total(): number {
    const { file, beside } = this.bytes;
    return file + beside;
  }

  /**
   * Notes from now on what positions are written.
   * @returns a token that the copy has to bear: its positions were read after this
   */
  noteRecent(): string {
    this.#backend.noteRecent(RECENT_POSITIONS_MAX);
    this.#token = crypto.randomUUID();
    return this.#token;
  }

  /**
   * Completes the copy with what was written since it was built, and goes on with it. To be called
   * when nothing is under way; whoever holds cells has to load them again.
   * @throws StoreError when there is no copy that fits, another process reads the store, or the
   * disk is full; the store is then as it was
   */
  adopt(): Adopted {
    const started = performance.now();
    const path = join(this.directory, BUILD_FILE);
    const { recent, tables } = this.#backend;
    if (recent === null) throw strangeCopy(path);
    const bytesBefore = this.#total;
    finishBuild(tables, path, recent, this.#token);
    this.#replace(path);
    const pauseMs = performance.now() - started;
    return { bytesBefore, bytesAfter: this.#total, pauseMs };
  }

  /** Goes on with a copy. */
  #replace(copyPath: string): void {
    const before = this.#backend.exchanges;
    let previous: SqliteTables | null = null;
    try {
      previous = this.#backend.replaceFile(copyPath);
    } finally {
      // Also after a failure, when it is not known which of the two is in place.
      if (this.#backend.exchanges > before) this.#store.beginGeneration(previous);
    }
  }

  /** Gives the space of what was collected back. */
  endPrevious(): void {
    this.#store.endPrevious();
    this.#backend.removePrevious();
  }

  /**
   * Writes the file anew with what is in it, without gaps. Only for a process that does nothing
   * else.
   * @throws StoreError as `adopt`
   */
  compact(): Adopted {
    const started = performance.now();
    this.#backend.fold();
    const { tables } = this.#backend;
    const path = join(this.directory, BUILD_FILE);
    const bytesBefore = this.#total;
    removeDatabase(path);
    tables.guarded(() => tables.database.run("VACUUM INTO ?1", [path]));
    giveToFolderOwner(path);
    syncFile(path);
    this.#replace(path);
    this.endPrevious();
    return { bytesBefore, bytesAfter: this.#total, pauseMs: performance.now() - started };
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
