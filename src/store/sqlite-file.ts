// The file of a store: how it is opened, by whoever writes it, reads it beside the writer, builds a
// copy or adds to one, and how it is made durable.

import { Database } from "bun:sqlite";
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename } from "node:path";
import { UNABLE } from "../system/durable-file.ts";
import { systemCode } from "../system/system-code.ts";
import { makeForFolderOwner } from "./file-owner.ts";
import type { SyncFile } from "./log-sync.ts";
import { foreignFile, lostFile, storeErrorOf } from "./sqlite-error.ts";
import { StoreError } from "./store.ts";
import { createTables, isEmpty, migrate, pragma, requireOurs } from "./store-format.ts";
import type { FoldLimits } from "./write-ahead.ts";

export const STORE_FILE = "store.db";
/**
 * A copy that a collection builds, and the file that it has replaced, for those who still read it.
 */
export const BUILD_FILE = "store.new.db";
export const PREVIOUS_FILE = "store.old.db";
export const WRITE_AHEAD_LOG = "-wal";
const JOURNAL = "-journal";
/** Files that SQLite keeps beside a database. */
const COMPANIONS = ["", WRITE_AHEAD_LOG, "-shm", JOURNAL];

/** What the store at a path is made of while it is open. */
export function filesOf(path: string): string[] {
  return [path, path + WRITE_AHEAD_LOG];
}

/** SQLite's own page cache, in KiB. */
const PAGE_CACHE_KIB = 16_384;
/** That of a copy while it is built: its keys come in no order. */
const BUILD_CACHE_KIB = 65_536;
/** Pages in the WAL before they are copied into the database file. */
const CHECKPOINT_PAGES = 1_000;
/**
 * How long to wait for a lock of another process: when opening, reading beside a writer, building.
 */
const BUSY_TIMEOUT_MS = 5_000;
/** How often a store that is being replaced is opened at most, and the pause in between. */
const SETTLE_ATTEMPTS = 11;
const SETTLE_MS = 20;

export interface SqliteOptions {
  /** Pages the database may have; beyond, it answers as a full disk does. For tests. */
  readonly pagesMax?: number;
  /** Room on the disk in bytes, when not as the system says. For tests. */
  readonly freeBytes?: () => number;
  /** Clock in ms by which that is asked for. */
  readonly now?: () => number;
  /** When batches are folded, when not as usual. For tests. */
  readonly fold?: FoldLimits;
  /** How the log is made durable, when not as the system does it. For tests. */
  readonly sync?: SyncFile;
}

/** The store's own file, synced at every commit, made when there is none. */
export function openStoreFile(path: string, options: SqliteOptions = {}): Database {
  const isNew = !existsSync(path);
  requireWritable(path, isNew);
  return opened(path, { create: true }, (database) => {
    // Who reads beside may be opening it at the same moment; later nobody is waited for.
    database.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    if (!isNew) requireOurs(database, path);
    database.run("PRAGMA journal_mode = WAL");
    database.run("PRAGMA synchronous = FULL");
    database.run(`PRAGMA cache_size = -${PAGE_CACHE_KIB}`);
    database.run(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    const version = pragma(database, "user_version");
    if (version === 0) createTables(database);
    else migrate(database, version);
    if (options.pagesMax !== undefined) database.run(`PRAGMA max_page_count = ${options.pagesMax}`);
    database.run("PRAGMA busy_timeout = 0");
  });
}

/**
 * A store's file to read from, beside a process that may be writing to it, or replacing it.
 * @throws StoreError when there is none, or it is foreign or of another version
 */
export function openToRead(path: string): Database {
  if (!existsSync(path)) {
    const advice = "name the --data-dir of a peer, or the file of a backup";
    throw new StoreError("FOREIGN", `There is no store ${path}: ${advice}.`);
  }
  if (basename(path) === STORE_FILE) return openedSettled(path);
  if (existsSync(path + JOURNAL)) rollBack(path);
  return openedToRead(path);
}

/**
 * The store of a peer, which may be exchanged for another file at this moment: then the log beside
 * it can be the new file's, and must not be read into the old one. It is opened again until it has
 * a log and is still the same file. A store that no peer has opened never has a log: after some
 * attempts it is taken as it is.
 */
function openedSettled(path: string): Database {
  for (let attempt = 1; attempt < SETTLE_ATTEMPTS; attempt++) {
    const { ino } = statSync(path);
    const database = openedUnlessRefused(path);
    if (database !== null) {
      if (hasLog(database) && statSync(path).ino === ino) return database;
      database.close();
    } else if (existsSync(path + JOURNAL)) {
      // Its owner was killed, or the power cut, as it was about to be replaced.
      rollBack(path);
    }
    Bun.sleepSync(SETTLE_MS);
  }
  return openedToRead(path);
}

/** Null when it is refused: while a file is being replaced that may be so for a moment only. */
function openedUnlessRefused(path: string): Database | null {
  try {
    return openedToRead(path);
  } catch (error) {
    if (error instanceof StoreError) return null;
    throw error;
  }
}

function openedToRead(path: string): Database {
  return opened(path, { readonly: true }, (database) => {
    database.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    requireOurs(database, path);
    if (isEmpty(database)) throw foreignFile(path);
  });
}

/**
 * The format of a store's file, this release's or any other; null where there is none, or what is
 * there is no database that can be read.
 */
export function formatOf(path: string): number | null {
  if (!existsSync(path)) return null;
  let format: number | null = null;
  const read = (database: Database) => {
    database.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    format = pragma(database, "user_version");
  };
  try {
    opened(path, { readonly: true }, read).close();
    return format;
  } catch (error) {
    if (error instanceof StoreError) return null;
    throw error;
  }
}

function hasLog(database: Database): boolean {
  const statement = database.prepare("PRAGMA journal_mode");
  try {
    return statement.values()[0]?.[0] === "wal";
  } finally {
    statement.finalize();
  }
}

/**
 * Takes back what a killed process left half written (of a backup: its last transaction). SQLite
 * does that on the first read, unless the file was opened to read only; it leaves a journal alone
 * whose writer still runs.
 */
function rollBack(path: string): void {
  opened(path, { readwrite: true }, (database) => {
    database.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    pragma(database, "user_version");
  }).close();
}

/**
 * Logs beside the path of a store. Where there is no store, they belong to one that was moved away,
 * and SQLite would write them into whatever file is put in its place.
 */
export function logsBeside(path: string): string[] {
  return [WRITE_AHEAD_LOG, JOURNAL].map((log) => path + log).filter((log) => existsSync(log));
}

/**
 * SQLite removes a log whose file is empty or was just made, even where it only reads.
 * @throws StoreError when that would be what a peer wrote last
 */
function requireFileOfLog(path: string): void {
  const sizeOf = (name: string) => statSync(name, { throwIfNoEntry: false })?.size ?? 0;
  const log = path + WRITE_AHEAD_LOG;
  if (sizeOf(log) > 0 && sizeOf(path) === 0) throw lostFile(path, log, existsSync(path));
}

/**
 * A copy to be built, of no use until it is done: nothing is synced, so a failed one is removed.
 */
export function openToBuild(path: string): Database {
  requireWritable(path, !existsSync(path));
  return opened(path, { create: true }, (database) => {
    database.run("PRAGMA journal_mode = OFF");
    database.run("PRAGMA synchronous = OFF");
    database.run(`PRAGMA cache_size = -${BUILD_CACHE_KIB}`);
    if (pragma(database, "user_version") === 0) createTables(database);
  });
}

/** A backup to be added to; it stays as it was when that fails. Made when there is none. */
export function openToAdd(path: string): Database {
  const isNew = !existsSync(path);
  return opened(path, { create: true }, (database) => {
    database.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    if (!isNew) requireOurs(database, path);
    database.run("PRAGMA journal_mode = DELETE");
    // With FULL a journal that was removed can be back after a loss of power, and its transaction
    // is rolled back: a backup that was whole would be none.
    database.run("PRAGMA synchronous = EXTRA");
    database.run(`PRAGMA cache_size = -${BUILD_CACHE_KIB}`);
    if (pragma(database, "user_version") === 0) createTables(database);
  });
}

/** SQLite says nothing when it opens a file that may only be read, and fails at the first write. */
function requireWritable(path: string, isNew: boolean): void {
  try {
    requireFileOfLog(path);
    if (isNew) makeForFolderOwner(path);
    else accessSync(path, constants.W_OK);
  } catch (error) {
    throw storeErrorOf(error, path);
  }
}

/** @throws StoreError when SQLite or the system can't open the file, or finds it damaged */
function opened(
  path: string,
  options: ConstructorParameters<typeof Database>[1],
  prepare: (database: Database) => void,
): Database {
  let database: Database | null = null;
  try {
    requireFileOfLog(path);
    database = new Database(path, options);
    prepare(database);
    return database;
  } catch (error) {
    database?.close();
    throw storeErrorOf(error, path);
  }
}

/**
 * Removes a database with the files that SQLite keeps beside it; none is no failure.
 * @throws StoreError
 */
export function removeDatabase(path: string): void {
  try {
    for (const companion of COMPANIONS) rmSync(path + companion, { force: true });
  } catch (error) {
    throw storeErrorOf(error, path);
  }
}

/**
 * Makes the names in a directory durable, unless its file system can't, or this user may not read
 * it: SQLite does not insist on more either.
 * @param sync how that is done, when not as the system does it; for tests
 * @throws StoreError when the directory is not there, or the disk fails
 */
export function syncDirectory(directory: string, sync: (fd: number) => void = fsyncSync): void {
  try {
    const fd = openSync(directory, "r");
    try {
      sync(fd);
    } catch (error) {
      if (!UNABLE.includes(systemCode(error))) throw error;
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (systemCode(error) !== "EACCES") throw storeErrorOf(error, directory);
  }
}

/** Makes what was written to a file durable. @throws StoreError when the disk fails */
export function syncFile(path: string): void {
  try {
    const fd = openSync(path, "r+");
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw storeErrorOf(error, path);
  }
}
