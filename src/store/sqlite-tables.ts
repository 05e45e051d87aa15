// The tables of an open store: prepared statements, and their failures in words.

import type { Database, Statement } from "bun:sqlite";
import { bytesOfKey, keyOf } from "../crypto/sha3.ts";
import type { BackendReader, BackendWriter, StoredCell } from "./backend.ts";
import { openedSize, sealedSize } from "./memory-seal.ts";
import { storeErrorOf } from "./sqlite-error.ts";
import type { Position } from "./store.ts";

export class SqliteTables implements BackendReader {
  readonly path: string;
  readonly database: Database;
  readonly #statements: Statement[] = [];
  readonly #selectCell: Statement;
  readonly #selectHas: Statement;
  readonly #selectMemory: Statement;
  readonly #selectRoot: Statement;
  readonly #selectMeta: Statement;
  readonly #selectPosition: Statement;
  #writer: BackendWriter | null = null;

  /** @param database is closed with the tables */
  constructor(database: Database, path: string) {
    this.database = database;
    this.path = path;
    this.#selectCell = this.#prepare("SELECT encoding, memory FROM cells WHERE hash = ?1");
    this.#selectHas = this.#prepare("SELECT 1 FROM cells WHERE hash = ?1");
    this.#selectMemory = this.#prepare("SELECT memory FROM cells WHERE hash = ?1");
    this.#selectRoot = this.#prepare("SELECT hash FROM roots WHERE name = ?1");
    this.#selectMeta = this.#prepare("SELECT value FROM meta WHERE name = ?1");
    this.#selectPosition = this.#prepare("SELECT block, place FROM positions WHERE hash = ?1");
  }

  cell(hashKey: string): StoredCell | null {
    const row = this.#first(this.#selectCell, bytesOfKey(hashKey));
    if (row === null) return null;
    return { encoding: row[0] as Uint8Array, memorySize: openedSize(hashKey, row[1] as number) };
  }

  has(hashKey: string): boolean {
    return this.#first(this.#selectHas, bytesOfKey(hashKey)) !== null;
  }

  memorySize(hashKey: string): number {
    const row = this.#first(this.#selectMemory, bytesOfKey(hashKey));
    return row === null ? -1 : openedSize(hashKey, row[0] as number);
  }

  root(name: string): string | null {
    const row = this.#first(this.#selectRoot, name);
    return row === null ? null : keyOf(row[0] as Uint8Array);
  }

  meta(name: string): string | null {
    const row = this.#first(this.#selectMeta, name);
    return row === null ? null : (row[0] as string);
  }

  position(hashKey: string): Position | null {
    const row = this.#first(this.#selectPosition, bytesOfKey(hashKey));
    return row === null ? null : { block: row[0] as number, index: row[1] as number };
  }

  roots(): (readonly [name: string, hashKey: string])[] {
    const rows = this.rows("SELECT name, hash FROM roots ORDER BY name");
    return rows.map(([name, hash]) => [name as string, keyOf(hash as Uint8Array)]);
  }

  metas(): (readonly [name: string, value: string])[] {
    return this.rows("SELECT name, value FROM meta ORDER BY name") as [string, string][];
  }

  /** All rows of a query that is asked once. */
  rows(sql: string, ...parameters: (string | number)[]): unknown[][] {
    return this.guarded(() => {
      const statement = this.database.prepare(sql);
      try {
        return statement.values(...parameters);
      } finally {
        statement.finalize();
      }
    });
  }

  #first(statement: Statement, key: Uint8Array | string): unknown[] | null {
    try {
      return statement.values(key)[0] ?? null;
    } catch (error) {
      throw storeErrorOf(error, this.path);
    }
  }

  /** @throws StoreError in place of what SQLite or the system throws */
  guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw storeErrorOf(error, this.path);
    }
  }

  transaction(body: (w: BackendWriter) => void): void {
    const { database } = this;
    this.#writer ??= this.#prepareWriter();
    try {
      database.run("BEGIN IMMEDIATE");
      body(this.#writer);
      database.run("COMMIT");
    } catch (error) {
      // Some failures (a full disk among them) have already rolled back by themselves.
      if (database.inTransaction) database.run("ROLLBACK");
      throw storeErrorOf(error, this.path);
    }
  }

  close(): void {
    // A statement left open would keep the file, and its log, open behind the closed connection.
    for (const statement of this.#statements) statement.finalize();
    this.database.close();
  }

  #prepare(sql: string): Statement {
    try {
      const statement = this.database.prepare(sql);
      this.#statements.push(statement);
      return statement;
    } catch (error) {
      throw storeErrorOf(error, this.path);
    }
  }

  #prepareWriter(): BackendWriter {
    const cells = "INSERT OR IGNORE INTO cells (hash, encoding, memory) VALUES (?1, ?2, ?3)";
    const insertCell = this.#prepare(cells);
    const insertRoot = this.#prepare("INSERT OR REPLACE INTO roots VALUES (?1, ?2)");
    const insertMeta = this.#prepare("INSERT OR REPLACE INTO meta VALUES (?1, ?2)");
    const insertPosition = this.#prepare("INSERT OR REPLACE INTO positions VALUES (?1, ?2, ?3)");
    return {
      putCell: (hashKey, encoding, memorySize) => {
        insertCell.run(bytesOfKey(hashKey), encoding, sealedSize(hashKey, memorySize));
      },
      putRoot: (name, hashKey) => {
        insertRoot.run(name, bytesOfKey(hashKey));
      },
      putMeta: (name, value) => {
        insertMeta.run(name, value);
      },
      putPosition: (hashKey, { block, index }) => {
        insertPosition.run(bytesOfKey(hashKey), block, index);
      },
    };
  }
}
