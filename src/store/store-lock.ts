// At most one process has a store open, and at most one collects it. Each lock is SQLite's own lock
// on an empty file beside the store, which the system releases when its holder dies, however it
// dies. A text file beside it names the holder.

import { Database } from "bun:sqlite";
import {
  closeSync,
  constants,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { systemCode } from "../system/system-code.ts";
import { makeForFolderOwner } from "./file-owner.ts";
import { isSqliteError, strangeLock } from "./sqlite-error.ts";
import { StoreError } from "./store.ts";

const LOCK_FILE = "store.lock";
const HOLDER_FILE = "store.pid";
/** For the process that builds a copy beside the store: two would build in one file. */
const COLLECTION_LOCK_FILE = "collection.lock";
const COLLECTION_HOLDER_FILE = "collection.pid";

/** Held from its making on until `release`, or until the process ends. */
export class StoreLock {
  readonly #database: Database;

  private constructor(database: Database) {
    this.#database = database;
  }

  /** @throws StoreError IN_USE when another process, or this one, has the store open */
  static acquire(directory: string): StoreLock {
    const lock = StoreLock.#locked(join(directory, LOCK_FILE), join(directory, HOLDER_FILE));
    if (lock === null) throw inUse(directory);
    return lock;
  }

  /** @throws StoreError BUSY when another process, or this one, collects the store */
  static acquireCollection(directory: string): StoreLock {
    const holderPath = join(directory, COLLECTION_HOLDER_FILE);
    const lock = StoreLock.#locked(join(directory, COLLECTION_LOCK_FILE), holderPath);
    if (lock === null) throw isCollected(directory, holderOf(holderPath));
    return lock;
  }

  /** Null when it is locked already. */
  static #locked(path: string, holderPath: string): StoreLock | null {
    for (const each of [path, holderPath]) makeForFolderOwner(each);
    const database = new Database(path, { create: true });
    try {
      database.run("BEGIN EXCLUSIVE");
    } catch (error) {
      database.close();
      if (isSqliteError(error, "SQLITE_BUSY")) return null;
      throw isSqliteError(error, "SQLITE_NOTADB") ? strangeLock(path, error) : error;
    }
    writeHolder(holderPath);
    return new StoreLock(database);
  }

  release(): void {
    this.#database.close();
  }
}

/**
 * Removes what a lock has left in a directory of which nothing is to stay. Only while it is held:
 * whoever comes then makes another one.
 */
export function removeLockFiles(directory: string): void {
  for (const name of [LOCK_FILE, HOLDER_FILE]) rmSync(join(directory, name), { force: true });
}

/** The process that opened the store of a directory last; null when that is not known. */
export function lastHolder(directory: string): number | null {
  return holderOf(join(directory, HOLDER_FILE));
}

/** Locks of the system: number, kind, "ADVISORY", access, process, device and inode, range. */
const LOCKS = "/proc/locks";
const UNTOLD: readonly string[] = ["ENOENT", "EACCES", "EPERM"];

/**
 * The process that has the store of a directory open; null when none has, or that can't be told, as
 * on other systems than Linux. Who only looks must not lock: a peer that starts would be refused.
 */
export function storeHolder(directory: string): number | null {
  const pid = lastHolder(directory);
  const lock = statSync(join(directory, LOCK_FILE), { throwIfNoEntry: false });
  if (pid === null || lock === undefined) return null;
  const row = new RegExp(`^\\d+: \\S+ +\\S+ +WRITE +${pid} \\S+:${lock.ino} `, "m");
  try {
    return row.test(readFileSync(LOCKS, "utf8")) ? pid : null;
  } catch (error) {
    // Another system, or one that keeps its locks from this user.
    if (UNTOLD.includes(systemCode(error))) return null;
    throw error;
  }
}

function holderOf(path: string): number | null {
  try {
    const pid = Number(readFileSync(path, "utf8"));
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    // The holder's name is a courtesy; the lock itself says who may have the store.
    return null;
  }
}

/** Follows no link, and waits for no pipe: this may be root, in the folder of another user. */
const TO_WRITE =
  constants.O_WRONLY |
  constants.O_CREAT |
  constants.O_TRUNC |
  constants.O_NOFOLLOW |
  constants.O_NONBLOCK;

function writeHolder(path: string): void {
  try {
    const fd = openSync(path, TO_WRITE, 0o644);
    try {
      writeFileSync(fd, `${process.pid}\n`);
    } finally {
      closeSync(fd);
    }
  } catch {
    // The lock holds all the same; on a full disk its holder just has no name.
  }
}

/** What to say while the process that was there last has the store of a directory. */
export function inUse(directory: string): StoreError {
  const pid = lastHolder(directory);
  const holder = pid === null ? "another process" : `process ${pid}`;
  return new StoreError(
    "IN_USE",
    `The store in ${directory} is in use by ${holder}. Stop that process first, ` +
      "or give this peer a data directory of its own with --data-dir.",
  );
}

function isCollected(directory: string, pid: number | null): StoreError {
  const holder = pid === null ? "another process" : `process ${pid}`;
  const advice = "when it has ended, the store is smaller, or can be collected again";
  return new StoreError(
    "BUSY",
    `The store in ${directory} is being collected by ${holder}: ${advice}.`,
  );
}
