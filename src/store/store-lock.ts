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
      if (isSqliteError(error, "SQLITE_BUSY")) throw inUse(directory, readHolder(holderPath));
      throw error;
    }
    writeHolder(holderPath);
    return new StoreLock(database);
  }

  release(): void {
    this.#database.close();
  }
}

function readHolder(path: string): string {
  try {
    return `process ${readFileSync(path, "utf8").trim()}`;
  } catch {
    // The holder's name is a courtesy; the lock itself has already said no.
    return "another process";
  }
}

function writeHolder(path: string): void {
  try {
    writeFileSync(path, `${process.pid}\n`);
  } catch {
    // On a full disk the lock still holds, only nameless.
  }
}

function inUse(directory: string, holder: string): StoreError {
  return new StoreError(
    "IN_USE",
    `The store in ${directory} is in use by ${holder}. Stop that process first, ` +
      "or give this peer a data directory of its own with --data-dir.",
  );
}
