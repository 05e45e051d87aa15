// The rules of a store over any backend: cells are decoded and checked when they are first asked
// for, a batch writes everything its roots reach before the roots, and cells are known to be stored
// only after the transaction that wrote them.

import { sha3Key } from "../crypto/sha3.ts";
import type { DecodeTable } from "../data/byte-reader.ts";
import { Cell, type CellSource, type Ref, type Value } from "../data/cell.ts";
import { decode } from "../data/decode.ts";
import { encoding, hashKey as hashKeyOf } from "../data/encode.ts";
import { BadFormatError } from "../data/errors.ts";
import type { Backend, BackendReader, BackendWriter, StoredCell } from "./backend.ts";
import { CellCache } from "./cell-cache.ts";
import { HeldBytes } from "./held-bytes.ts";
import { type StoredCells, Unstored } from "./persist-walk.ts";
import {
  damagedCell,
  type Position,
  type Store,
  type StoreBatch,
  type WalkedCells,
} from "./store.ts";
import type { StoreUpkeep } from "./store-upkeep.ts";

/**
 * Source of the Refs that the store itself decodes: what they name is there, since roots are
 * written after all they reach. Refs of a message carry the store instead, which proves nothing.
 */
class OwnCells implements CellSource {
  readonly store: CellStore;
  constructor(store: CellStore) {
    this.store = store;
  }
  /**
   * @throws StoreError when the cell is not there: that is damage, not absence, but for what was
   * read before the last collection
   */
  cell(hashKey: string): Cell | bigint | null {
    const cell = this.store.cell(hashKey);
    if (cell === null && this.store.isCurrent(this)) throw damagedCell(hashKey, "is missing");
    return cell;
  }
  memorySize(hashKey: string): number {
    return this.store.memorySize(hashKey);
  }
}

export class CellStore implements Store, StoredCells {
  readonly #backend: Backend;
  readonly #table: DecodeTable;
  readonly #cache: CellCache;
  /** Source of what is decoded, and mark of what is stored, since the last collection. */
  #own: OwnCells;
  /** What was collected last, for those who still hold on to cells that are gone. */
  #previous: BackendReader | null = null;
  readonly #held = new HeldBytes();
  #timesForgotten = 0;
  /** How the file is looked after, null for a store that has none. */
  upkeep: StoreUpkeep | null = null;

  constructor(backend: Backend, table: DecodeTable, cache: CellCache = new CellCache()) {
    this.#backend = backend;
    this.#table = table;
    this.#cache = cache;
    this.#own = new OwnCells(this);
  }

  get heldBytes(): number {
    return this.#held.total;
  }

  get timesForgotten(): number {
    return this.#timesForgotten;
  }

  forget(): void {
    this.#timesForgotten++;
    this.#cache.clear();
    this.#held.clear();
  }

  /** @throws StoreError when the bytes are not those of the hash */
  cell(hashKey: string): Cell | bigint | null {
    const cached = this.#cache.get(hashKey);
    if (cached !== null) return cached;
    const row = this.#backend.cell(hashKey);
    if (row === null) return this.#previousCell(hashKey);
    const value = this.#decoded(hashKey, row, this.#own);
    if (value instanceof Cell) value.storedIn = this.#own;
    this.#cache.add(hashKey, value, this.#held.add(value));
    return value;
  }

  /** A cell that was collected: not stored, and what it names may not be either. */
  #previousCell(hashKey: string): Cell | bigint | null {
    const row = this.#previous?.cell(hashKey) ?? null;
    return row === null ? null : this.#decoded(hashKey, row, this);
  }

  #decoded(hashKey: string, row: StoredCell, source: CellSource): Cell | bigint {
    if (sha3Key(row.encoding) !== hashKey) throw damagedCell(hashKey, "does not have that hash");
    const value = this.#decode(hashKey, row.encoding, source);
    if (value instanceof Cell) {
      value.hashCache = hashKey;
      value.memoryCache = row.memorySize;
    }
    return value;
  }

  #decode(hashKey: string, bytes: Uint8Array, source: CellSource): Cell | bigint {
    try {
      const value = decode(bytes, this.#table, source, true);
      if (value instanceof Cell || typeof value === "bigint") return value;
    } catch (error) {
      if (!(error instanceof BadFormatError)) throw error;
      throw damagedCell(hashKey, `can't be read (${error.message})`);
    }
    throw damagedCell(hashKey, "is no cell of its own");
  }

  memorySize(hashKey: string): number {
    const size = this.#backend.memorySize(hashKey);
    return size >= 0 || this.#previous === null ? size : this.#previous.memorySize(hashKey);
  }

  has(hashKey: string): boolean {
    return this.#backend.has(hashKey);
  }

  holdsCell(cell: Cell): boolean {
    return cell.storedIn === this.#own;
  }

  isCurrent(source: CellSource): boolean {
    return source === this.#own;
  }

  /**
   * Knows of no cell in memory that it is stored any more: the backend holds fewer than before.
   * @param previous what it held, to read on in until the next call; null for nothing
   */
  beginGeneration(previous: BackendReader | null): void {
    this.#previous?.close();
    this.#previous = previous;
    this.#own = new OwnCells(this);
    this.forget();
  }

  /** Closes what was collected. Cells that only it holds are missing from now on. */
  endPrevious(): void {
    this.#previous?.close();
    this.#previous = null;
  }

  holdsRef(ref: Ref): boolean {
    return ref.source === this.#own || this.#backend.has(ref.hashKey);
  }

  requireComplete(value: Value, memoryMax = Number.POSITIVE_INFINITY): WalkedCells {
    const walk = new Unstored(this, memoryMax);
    walk.collect(value);
    return walk;
  }

  write(batch: StoreBatch): void {
    this.#write(batch, this.#backend);
  }

  writeUnsynced(batch: StoreBatch): void {
    this.#write(batch, this.#backend.unsynced ?? this.#backend);
  }

  async synced(): Promise<void> {
    await this.#backend.unsynced?.synced();
  }

  #write(batch: StoreBatch, writes: Pick<Backend, "transaction">): void {
    const found = new Unstored(this);
    const named = [...batch.roots.map(([, root]) => root), ...(batch.cells ?? [])];
    for (const value of named) found.collect(value);
    writes.transaction((w) => {
      for (const branch of found.branches) putValue(w, branch);
      for (const value of named) {
        if (!this.#backend.has(hashKeyOf(value))) putValue(w, value);
      }
      for (const [hash, position] of batch.positions ?? []) w.putPosition(hash, position);
      for (const [name, value] of batch.meta ?? []) w.putMeta(name, value);
      for (const [name, root] of batch.roots) w.putRoot(name, hashKeyOf(root));
    });
    this.#markStored(found);
  }

  #markStored(found: Unstored): void {
    for (const cell of found.walked) cell.storedIn = this.#own;
    for (const branch of found.branches) this.#held.add(branch);
  }

  root(name: string): string | null {
    return this.#backend.root(name);
  }

  meta(name: string): string | null {
    return this.#backend.meta(name);
  }

  position(hashKey: string): Position | null {
    return this.#backend.position(hashKey);
  }

  close(): void {
    this.forget();
    this.endPrevious();
    this.#backend.close();
  }
}

function putValue(w: BackendWriter, value: Cell | bigint): void {
  let memorySize = value instanceof Cell ? value.memoryCache : -1;
  // Above that it is rounded: whoever needs it has to add it up.
  if (memorySize > Number.MAX_SAFE_INTEGER) memorySize = -1;
  w.putCell(hashKeyOf(value), encoding(value), memorySize);
}
