// Which cells the parts of a backup in a bucket hold, noted beside the store. They can be done
// without: the next backup then is a whole one. Who has them open is the one who makes a part.

import { Database, type Statement } from "bun:sqlite";
import { bytesOfKey } from "../crypto/sha3.ts";
import { makeForFolderOwner } from "./file-owner.ts";
import { isSqliteError, storeErrorOf } from "./sqlite-error.ts";
import { removeDatabase } from "./sqlite-file.ts";
import { StoreError } from "./store.ts";

export class PartNotes {
  readonly #path: string;
  readonly #database: Database;
  readonly #has: Statement;
  readonly #add: Statement;

  /** @param database within the transaction that `keep` ends */
  private constructor(path: string, database: Database) {
    this.#path = path;
    this.#database = database;
    this.#has = database.prepare("SELECT 1 FROM held WHERE hash = ?1");
    this.#add = database.prepare("INSERT OR IGNORE INTO held VALUES (?1)");
  }

  /**
   * The notes in a file, made where there is none; what is damaged is begun anew.
   * @throws StoreError BUSY while another process has them, and when the disk fails
   */
  static open(path: string): PartNotes {
    try {
      return PartNotes.#openSound(path);
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== "DAMAGED") throw error;
    }
    removeDatabase(path);
    return PartNotes.#openSound(path);
  }

  static #openSound(path: string): PartNotes {
    let database: Database | null = null;
    try {
      makeForFolderOwner(path);
      database = new Database(path, { create: true });
      begin(database);
      requireSound(database);
      return new PartNotes(path, database);
    } catch (error) {
      database?.close();
      if (!isSqliteError(error, "SQLITE_BUSY")) throw notesErrorOf(error, path);
      const advice = "try again when it has ended";
      throw new StoreError("BUSY", `Another backup to the same address is under way: ${advice}.`);
    }
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw notesErrorOf(error, this.#path);
    }
  }

  /** Whether these notes are of that manifest. */
  isOf(sha256: string): boolean {
    const sql = "SELECT sha256 FROM manifest";
    return this.#guarded(() => firstValue(this.#database, sql) === sha256);
  }

  clear(): void {
    this.#guarded(() => this.#database.run("DELETE FROM held"));
  }

  has(hashKey: string): boolean {
    return this.#guarded(() => this.#has.values(bytesOfKey(hashKey)).length > 0);
  }

  add(hashKey: string): void {
    this.#guarded(() => this.#add.run(bytesOfKey(hashKey)));
  }

  /** Keeps what was noted, as that of a manifest. */
  keep(sha256: string): void {
    this.#guarded(() => {
      this.#database.run("DELETE FROM manifest");
      this.#database.run("INSERT INTO manifest VALUES (?1)", [sha256]);
      this.#database.run("COMMIT");
    });
  }

  /** Without `keep` before, they stay what they were. */
  close(): void {
    this.#has.finalize();
    this.#add.finalize();
    this.#database.close();
  }
}

/** Everything from here to `keep` happens, or nothing. */
function begin(database: Database): void {
  database.run("PRAGMA journal_mode = DELETE");
  database.run("BEGIN IMMEDIATE");
  database.run("CREATE TABLE IF NOT EXISTS held (hash BLOB PRIMARY KEY) WITHOUT ROWID");
  database.run("CREATE TABLE IF NOT EXISTS manifest (sha256 TEXT)");
}

/** Takes as long as reading it: a small part of making a backup. */
function requireSound(database: Database): void {
  const found = firstValue(database, "PRAGMA quick_check(1)");
  if (found !== "ok") throw new StoreError("DAMAGED", String(found));
}

/** The failure of the notes at `path`, in words about them: of the store it says nothing. */
function notesErrorOf(error: unknown, path: string): unknown {
  const failure = storeErrorOf(error, path, "notes");
  if (!(failure instanceof StoreError)) return failure;
  if (failure.code !== "DAMAGED" && failure.code !== "FOREIGN") return failure;
  return new StoreError(
    "DAMAGED",
    `The notes ${path} of what the backup holds are damaged. Delete this file, and back up ` +
      "again: that backup is a whole one then. The store itself is as it was.",
    error,
  );
}

function firstValue(database: Database, sql: string): unknown {
  const statement = database.prepare(sql);
  try {
    return statement.values()[0]?.[0];
  } finally {
    statement.finalize();
  }
}
