// The tables of an open store, with what stands in batches before it is in them: prepared
// statements, and their failures in words.

import type { Database, Statement } from "bun:sqlite";
import { bytesOfKey, keyOf } from "../crypto/sha3.ts";
import type { BackendReader, BackendWriter, StoredCell } from "./backend.ts";
import { decodeBatch } from "./batch.ts";
import { openedSize, sealedSize } from "./memory-seal.ts";
import { PendingBatches } from "./pending-batches.ts";
import { damagedFile, storeErrorOf } from "./sqlite-error.ts";
import { openToRead } from "./sqlite-file.ts";
import type { Position } from "./store.ts";

export class SqliteTables implements BackendReader {
  readonly path: string;
  readonly database: Database;
  /** What the batches hold, as far as this process knows. */
  readonly pending = new PendingBatches();
  readonly #hasBatches: boolean;
  readonly #isBesideWriter: boolean;
  #firstBatch = 0;
  #lastBatch = 0;
  readonly #statements: Statement[] = [];
  readonly #selectCell: Statement;
  readonly #selectHas: Statement;
  readonly #selectMemory: Statement;
  readonly #selectRoot: Statement;
  readonly #selectMeta: Statement;
  readonly #selectPosition: Statement;
  #writer: BackendWriter | null = null;
  #isSyncing = true;

  /**
   * @param database is closed with the tables
   * @param isBesideWriter whether another process may be writing to it
   * @throws StoreError when a batch is damaged
   */
  constructor(database: Database, path: string, isBesideWriter = false) {
    this.database = database;
    this.path = path;
    this.#isBesideWriter = isBesideWriter;
    // Formats 1 and 2 have none.
    const named = "SELECT 1 FROM sqlite_schema WHERE name = 'batches'";
    this.#hasBatches = this.rows(named).length > 0;
    this.#selectCell = this.#prepare("SELECT encoding, memory FROM cells WHERE hash = ?1");
    this.#selectHas = this.#prepare("SELECT 1 FROM cells WHERE hash = ?1");
    this.#selectMemory = this.#prepare("SELECT memory FROM cells WHERE hash = ?1");
    this.#selectRoot = this.#prepare("SELECT hash FROM roots WHERE name = ?1");
    this.#selectMeta = this.#prepare("SELECT value FROM meta WHERE name = ?1");
    this.#selectPosition = this.#prepare("SELECT block, place FROM positions WHERE hash = ?1");
    this.loadBatches();
  }

  /**
   * Tables of a store's file that another process may be writing to. @throws StoreError as
   * openToRead
   */
  static toRead(path: string): SqliteTables {
    return new SqliteTables(openToRead(path), path, true);
  }

  /** Number of the last batch known, 0 for none. */
  get lastBatch(): number {
    return this.#lastBatch;
  }

  /** Reads what has been written since the last time. */
  loadBatches(): void {
    if (!this.#hasBatches) return;
    const [first, last] = this.rows("SELECT min(id), max(id) FROM batches")[0] as (number | null)[];
    if ((first ?? 0) === this.#firstBatch && (last ?? 0) === this.#lastBatch) return;
    // What was folded in the meantime is in the tables.
    if (first !== this.#firstBatch) {
      this.pending.clear();
      this.#lastBatch = 0;
    }
    this.#firstBatch = first ?? 0;
    const unread = "SELECT id, content FROM batches WHERE id > ?1 ORDER BY id";
    const rows = this.rows(unread, this.#lastBatch);
    for (const [id, content] of rows) {
      this.pending.add(decodeBatch(content as Uint8Array, this.path));
      this.#lastBatch = id as number;
    }
  }

  /** Inside a transaction. */
  appendBatch(id: number, content: Uint8Array): void {
    this.database.run("INSERT INTO batches VALUES (?1, ?2)", [id, content]);
  }

  /** Inside a transaction: those up to a number. */
  deleteBatches(lastId: number): void {
    this.database.run("DELETE FROM batches WHERE id <= ?1", [lastId]);
  }

  cell(hashKey: string): StoredCell | null {
    return this.pending.cell(hashKey) ?? this.#storedCell(hashKey) ?? this.#cellSince(hashKey);
  }

  /** A cell may have come since the batches were read, or have gone from them to the table. */
  #cellSince(hashKey: string): StoredCell | null {
    if (!this.#isBesideWriter) return null;
    this.loadBatches();
    return this.pending.cell(hashKey) ?? this.#storedCell(hashKey);
  }

  #storedCell(hashKey: string): StoredCell | null {
    const row = this.#first(this.#selectCell, bytesOfKey(hashKey));
    if (row === null) return null;
    return { encoding: row[0] as Uint8Array, memorySize: openedSize(hashKey, row[1] as number) };
  }

  has(hashKey: string): boolean {
    if (this.pending.has(hashKey) || this.#isStored(hashKey)) return true;
    if (!this.#isBesideWriter) return false;
    this.loadBatches();
    return this.pending.has(hashKey) || this.#isStored(hashKey);
  }

  #isStored(hashKey: string): boolean {
    return this.#first(this.#selectHas, bytesOfKey(hashKey)) !== null;
  }

  memorySize(hashKey: string): number {
    const pending = this.pending.memorySize(hashKey);
    if (pending !== null) return pending;
    const row = this.#first(this.#selectMemory, bytesOfKey(hashKey));
    return row === null ? -1 : openedSize(hashKey, row[0] as number);
  }

  root(name: string): string | null {
    const row = this.#named(this.#selectRoot, name, "roots");
    return row === null ? null : keyOf(row[0] as Uint8Array);
  }

  meta(name: string): string | null {
    const row = this.#named(this.#selectMeta, name, "meta");
    return row === null ? null : (row[0] as string);
  }

  #named(statement: Statement, name: string, table: "roots" | "meta"): unknown[] | null {
    const row = this.#first(statement, name);
    if (row === null) this.requireSound(table);
    return row;
  }

  /**
   * SQLite takes garbage for other names than those looked for, or for none at all. A peer whose
   * root is not there would begin anew, and sign what contradicts what it has signed before. Takes
   * as long as reading the table.
   * @throws StoreError
   */
  requireSound(table: "roots" | "meta" | "positions"): void {
    if (this.rows(`PRAGMA quick_check(${table})`)[0]?.[0] === "ok") return;
    throw damagedFile(this.path, `its ${table} can't be read`);
  }

  position(hashKey: string): Position | null {
    if (this.#isBesideWriter) this.loadBatches();
    const pending = this.pending.position(hashKey);
    return pending ?? this.#storedPosition(hashKey);
  }

  #storedPosition(hashKey: string): Position | null {
    const row = this.#first(this.#selectPosition, bytesOfKey(hashKey));
    return row === null ? null : { block: row[0] as number, index: row[1] as number };
  }

  roots(): (readonly [name: string, hashKey: string])[] {
    this.requireSound("roots");
    const rows = this.rows("SELECT name, hash FROM roots ORDER BY name");
    return rows.map(([name, hash]) => [name as string, keyOf(hash as Uint8Array)]);
  }

  metas(): (readonly [name: string, value: string])[] {
    this.requireSound("meta");
    return this.rows("SELECT name, value FROM meta ORDER BY name") as [string, string][];
  }

  /** Number of the last row of the cells: how many there are, about. */
  get lastRow(): number {
    return this.#count("SELECT coalesce(max(id), 0) FROM cells");
  }

  /** Number of cells; takes as long as reading their index. */
  countCells(): number {
    let count = this.#count("SELECT count(*) FROM cells");
    for (const hashKey of new Set([...this.pending.cells()].map(([key]) => key))) {
      if (!this.#isStored(hashKey)) count++;
    }
    return count;
  }

  /** Number of transactions that have a position. */
  countTransactions(): number {
    return this.#countPositions("place >= 0", ({ index }) => index >= 0);
  }

  /** Number of blocks and transactions with a position before a block. */
  countPositionsBefore(block: number): number {
    return this.#countPositions(`block < ${block}`, (position) => position.block < block);
  }

  #countPositions(condition: string, matches: (position: Position) => boolean): number {
    let count = this.#count(`SELECT count(*) FROM positions WHERE ${condition}`);
    for (const [hashKey, position] of new Map(this.pending.positions())) {
      const stored = this.#storedPosition(hashKey);
      if (stored !== null && matches(stored)) count--;
      if (matches(position)) count++;
    }
    return count;
  }

  #count(sql: string): number {
    return (this.rows(sql)[0] as [number])[0];
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

  /** @param isSynced whether its changes are durable when it returns */
  transaction(body: (w: BackendWriter) => void, isSynced = true): void {
    const { database } = this;
    this.#writer ??= this.#prepareWriter();
    try {
      if (isSynced !== this.#isSyncing) {
        database.run(`PRAGMA synchronous = ${isSynced ? "FULL" : "NORMAL"}`);
        this.#isSyncing = isSynced;
      }
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
