// One process a store. The lock is SQLite's own lock on an empty file beside the store: the system
// lets go of it when its holder dies, however it dies. A text file beside it names the holder.

import { Database } from "bun:sqlite";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isSqliteError } from "./sqlite-error.ts";
import { StoreError } from "./store.ts";

const LOCK_FILE = "store.lock";
const HOLDER_FILE = "store.pid";

/** Held from its making on until `release`, or until the process ends. */
export class StoreLock {
  readonly #database: Database;

  private constructor(database: Database) {
    this.#database = database;
  }

  /** @throws StoreError IN_USE when another process, or this one, has the store open */
  static acquire(directory: string): StoreLock {
    const holderPath = join(directory, HOLDER_FILE);
    const database = new Database(join(directory, LOCK_FILE), { create: true });
    try {
      database.run("BEGIN EXCLUSIVE");
    } catch (error) {
      database.close();
      if (isSqliteError(error, "SQLITE_BUSY")) throw inUse(directory);
      throw error;
    }
    writeHolder(holderPath);
    return new StoreLock(database);
  }

  release(): void {
    this.#database.close();
  }
}

/** The process that opened the store of a directory last; null when that is not known. */
export function lastHolder(directory: string): number | null {
  try {
    const pid = Number(readFileSync(join(directory, HOLDER_FILE), "utf8"));
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    // The holder's name is a courtesy; the lock itself says who may have the store.
    return null;
  }
}

function writeHolder(path: string): void {
  try {
    writeFileSync(path, `${process.pid}\n`);
  } catch {
    // On a full disk the lock still holds, only nameless.
  }
}

function inUse(directory: string): StoreError {
  const pid = lastHolder(directory);
  const holder = pid === null ? "another process" : `process ${pid}`;
  return new StoreError(
    "IN_USE",
    `The store in ${directory} is in use by ${holder}. Stop that process first, ` +
      "or give this peer a data directory of its own with --data-dir.",
  );
}
