// The file of a store: its tables, its version, and how it is opened. A file of an older version is
// brought to this one when it is opened for writing; one of a newer version is refused.

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
import { makeForFolderOwner } from "./file-owner.ts";
import { foreignFile, storeErrorOf, systemCode } from "./sqlite-error.ts";
import { STORE_VERSION, STORE_VERSION_OLDEST, StoreError } from "./store.ts";
import type { FoldLimits } from "./write-ahead.ts";

export const STORE_FILE = "store.db";
/**
 * A copy that a collection builds, and the file that it has replaced, for those who still read it.
 */
export const BUILD_FILE = "store.new.db";
export const PREVIOUS_FILE = "store.old.db";
const WRITE_AHEAD_LOG = "-wal";
const JOURNAL = "-journal";
/** Files that SQLite keeps beside a database. */
const COMPANIONS = ["", WRITE_AHEAD_LOG, "-shm", JOURNAL];

/** "CVXP", marks a database as ours. */
const APPLICATION_ID = 0x43565850;
/** SQLite's own page cache, in KiB. */
const PAGE_CACHE_KIB = 16_384;
/** That of a copy while it is built: its keys come in no order. */
const BUILD_CACHE_KIB = 65_536;
/** Pages in the WAL before they are copied into the database file. */
const CHECKPOINT_PAGES = 1_000;
/** How long another process may keep a lock, for those who open, only read or build. */
const BUSY_TIMEOUT_MS = 5_000;
/** How often a store that is being replaced is opened again, and the pause before. */
const SETTLE_ATTEMPTS = 11;
const SETTLE_MS = 20;

/** Columns of the table of positions, and of one that is to take its place. */
export const POSITION_COLUMNS =
  "(hash BLOB PRIMARY KEY, block INTEGER NOT NULL, place INTEGER NOT NULL) WITHOUT ROWID";

const SCHEMA = `
CREATE TABLE cells (
  id INTEGER PRIMARY KEY, hash BLOB NOT NULL, encoding BLOB NOT NULL, memory INTEGER NOT NULL
);
CREATE UNIQUE INDEX cells_by_hash ON cells (hash);
CREATE TABLE roots (name TEXT PRIMARY KEY, hash BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE positions ${POSITION_COLUMNS};
`;
/** What was written and is not in the tables of cells and positions yet (write-ahead.ts). */
const BATCHES = "CREATE TABLE batches (id INTEGER PRIMARY KEY, content BLOB NOT NULL)";

/**
 * What brings a file from version n (the key) to the next. Version 2 has the tables of version 1; a
 * history in it may have forgotten its first BlockResults, which a release that reads only version
 * 1 would take for damage. Version 3 has batches.
 */
const MIGRATIONS: ReadonlyMap<number, string> = new Map([
  [1, ""],
  [2, BATCHES],
]);

export interface SqliteOptions {
  /** Pages the database may have; beyond, it answers as a full disk does. For tests. */
  readonly pagesMax?: number;
  /** Room on the disk in bytes, when not as the system says. For tests. */
  readonly freeBytes?: () => number;
  /** Clock in ms by which that is asked for. */
  readonly now?: () => number;
  /** When batches are folded, when not as usual. For tests. */
  readonly fold?: FoldLimits;
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
 * The store of a peer has a log, but for the moment in which another file takes its place: who
 * opens it then reads the new one's log into the old one. One that no peer has opened has none
 * either.
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

/** What is said of a file that is being replaced holds for a moment only. */
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
 * does that on the first read, but not for who may only read; it leaves a journal alone whose
 * writer lives.
 */
function rollBack(path: string): void {
  opened(path, { readwrite: true }, (database) => {
    database.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    pragma(database, "user_version");
  }).close();
}

/**
 * Logs beside the place of a store. Without their store they are of one that was moved away, and
 * SQLite would write them into whatever comes to its place.
 */
export function logsBeside(path: string): string[] {
  return [WRITE_AHEAD_LOG, JOURNAL].map((log) => path + log).filter((log) => existsSync(log));
}

/**
 * A copy of a store that is being built, and of no use until it is done: nothing is synced, and
 * after a failure it is to be thrown away.
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

/** A copy that is added to, and stays as it was when that fails; made when there is none. */
export function openToAdd(path: string): Database {
  const isNew = !existsSync(path);
  return opened(path, { create: true }, (database) => {
    database.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    if (!isNew) requireOurs(database, path);
    database.run("PRAGMA journal_mode = DELETE");
    // With FULL a journal that was removed can be back after a loss of power, and what it was of is
    // rolled back: a backup that was whole would be none.
    database.run("PRAGMA synchronous = EXTRA");
    database.run(`PRAGMA cache_size = -${BUILD_CACHE_KIB}`);
    if (pragma(database, "user_version") === 0) createTables(database);
  });
}

/** SQLite opens what may only be read without a word, and fails at the first write. */
function requireWritable(path: string, isNew: boolean): void {
  try {
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
    database = new Database(path, options);
    prepare(database);
    return database;
  } catch (error) {
    database?.close();
    throw storeErrorOf(error, path);
  }
}

function createTables(database: Database): void {
  database.transaction(() => {
    database.run(SCHEMA);
    database.run(BATCHES);
    database.run(`PRAGMA application_id = ${APPLICATION_ID}`);
    database.run(`PRAGMA user_version = ${STORE_VERSION}`);
  })();
  // From here on the file itself says what it is, even if it is ever separated from its log.
  database.run("PRAGMA wal_checkpoint(TRUNCATE)");
}

/** All steps in one transaction: a process killed between two of them has changed nothing. */
function migrate(database: Database, version: number): void {
  if (version === STORE_VERSION) return;
  database.transaction(() => {
    for (let from = version; from < STORE_VERSION; from++) {
      const step = MIGRATIONS.get(from) as string;
      if (step !== "") database.run(step);
    }
    database.run(`PRAGMA user_version = ${STORE_VERSION}`);
  })();
}

/**
 * @throws StoreError unless the database is a store that this release reads, or one never finished
 */
function requireOurs(database: Database, path: string): void {
  const version = pragma(database, "user_version");
  const id = pragma(database, "application_id");
  if (id === 0 && version === 0 && isEmpty(database)) return;
  if (id !== APPLICATION_ID) throw foreignFile(path);
  if (version >= STORE_VERSION_OLDEST && version <= STORE_VERSION) return;
  const reads = `formats ${STORE_VERSION_OLDEST} to ${STORE_VERSION}`;
  const release = version > STORE_VERSION ? "a newer release made it: use that" : "it is too old";
  throw new StoreError(
    "VERSION",
    `The store ${path} has format ${version}; this release reads ${reads}. Nothing was changed: ` +
      `${release}, restore a backup, or start on another data directory.`,
  );
}

function isEmpty(database: Database): boolean {
  return numberOf(database, "SELECT count(*) FROM sqlite_schema") === 0;
}

/** The number that a pragma is set to. */
export function pragma(database: Database, name: string): number {
  return numberOf(database, `PRAGMA ${name}`);
}

/** First value of the first row, for questions that have a number as answer. */
export function numberOf(database: Database, sql: string): number {
  const statement = database.prepare(sql);
  try {
    return (statement.values()[0] as [number])[0];
  } finally {
    statement.finalize();
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

/** What a file system says that can't sync directories. */
const UNABLE = ["EINVAL", "EBADF", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"];

/**
 * Makes the names in a directory durable, where its file system can, and this user may read it:
 * SQLite does not insist on more either.
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

/** Has what was written to a file on the disk when it returns. @throws StoreError */
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
