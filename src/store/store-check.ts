// Reads a whole store: the structure of its file, each cell against its hash, and that whatever a
// cell or a root names is there. Cells that no root reaches are read too: nothing then depends on
// them, but a disk that damaged one has damaged.

import { hexOfKey } from "../crypto/hex.ts";
import { HASH_LENGTH, keyOf, sha3Key } from "../crypto/sha3.ts";
import { namedCells } from "./closure-copy.ts";
import { openedSize } from "./memory-seal.ts";
import type { SqliteTables } from "./sqlite-tables.ts";
import { StoreError } from "./store.ts";

/** Rows read at a time, so that who writes meanwhile is not held up. */
const SLICE_ROWS = 2_000;
/** Findings after which a store is damaged enough. */
const FINDINGS_MAX = 100;

export interface CheckProgress {
  readonly cells: number;
  /** Number of rows at the beginning. */
  readonly total: number;
}

export interface CheckFigures {
  readonly cells: number;
  readonly bytes: number;
  /** What is wrong; empty for a sound store. */
  readonly findings: readonly string[];
}

/**
 * For one run. Damage is what it finds and not a failure: of a StoreError, the message is a
 * finding.
 */
export class StoreCheck {
  readonly #tables: SqliteTables;
  readonly #findings: string[] = [];
  #cells = 0;
  #bytes = 0;

  constructor(tables: SqliteTables) {
    this.#tables = tables;
  }

  /** @param pause called between two slices */
  async run(pause: (progress: CheckProgress) => Promise<void>): Promise<CheckFigures> {
    const total = this.#attempt(() => this.#tables.lastRow) ?? 0;
    await pause({ cells: 0, total });
    this.#attempt(() => this.#structure());
    this.#attempt(() => this.#batches());
    let last = 0;
    while (last < total && this.#findings.length < FINDINGS_MAX) {
      const next = this.#attempt(() => this.#slice(last));
      if (next === null || next === last) break;
      last = next;
      await pause({ cells: last, total });
    }
    this.#attempt(() => this.#roots());
    return { cells: this.#cells, bytes: this.#bytes, findings: this.#findings };
  }

  #attempt<T>(work: () => T): T | null {
    try {
      return this.#tables.guarded(work);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#findings.push(error.message);
      return null;
    }
  }

  #structure(): void {
    for (const [finding] of this.#tables.rows(`PRAGMA integrity_check(${FINDINGS_MAX})`)) {
      if (finding !== "ok") this.#findings.push(`the file: ${finding}`);
    }
  }

  /** Before the rows: what is folded meanwhile stands behind the last of them. */
  #batches(): void {
    this.#tables.loadBatches();
    for (const [hashKey, { encoding }] of [...this.#tables.pending.cells()]) {
      this.#cells++;
      this.#bytes += encoding.length;
      this.#attempt(() => this.#cell(hashKey, encoding, -1));
    }
  }

  /** Checks the rows behind an id; the last id, or the same without any. */
  #slice(after: number): number {
    const sql = `SELECT id, hash, encoding, memory FROM cells WHERE id > ?1 ORDER BY id LIMIT ${SLICE_ROWS}`;
    let last = after;
    for (const [id, hash, encoding, memory] of this.#tables.rows(sql, after)) {
      last = id as number;
      this.#cells++;
      if (!(hash instanceof Uint8Array) || !(encoding instanceof Uint8Array)) {
        this.#findings.push(`row ${last} of the cells holds no cell`);
        continue;
      }
      this.#bytes += encoding.length;
      this.#attempt(() => this.#cell(keyOf(hash), encoding, memory as number));
    }
    return last;
  }

  #cell(hashKey: string, encoding: Uint8Array, memory: number): void {
    if (hashKey.length !== HASH_LENGTH || sha3Key(encoding) !== hashKey) {
      this.#findings.push(`cell ${hex(hashKey)} does not have that hash`);
      return;
    }
    openedSize(hashKey, memory);
    for (const child of namedCells(hashKey, encoding)) {
      if (this.#tables.has(child)) continue;
      this.#findings.push(`cell ${hex(hashKey)} names ${hex(child)}, which is missing`);
    }
  }

  #roots(): void {
    for (const [name, hashKey] of this.#tables.roots()) {
      if (this.#tables.has(hashKey)) continue;
      this.#findings.push(`root '${name}' names ${hex(hashKey)}, which is missing`);
    }
  }
}

function hex(hashKey: string): string {
  return `0x${hexOfKey(hashKey)}`;
}
