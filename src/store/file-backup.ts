// A backup in one file: a store of its own that holds what the roots reached at one moment. Made
// anew, or added to: what it holds already is passed over. Others may write to the store meanwhile.

import type { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { bytesOfKey } from "../crypto/sha3.ts";
import { type CellReader, type CopyPause, type CopyProgress, copyAll } from "./closure-copy.ts";
import { storeErrorOf } from "./sqlite-error.ts";
import { openToAdd, syncFile } from "./sqlite-file.ts";
import { SqliteTables } from "./sqlite-tables.ts";
import { StoreError } from "./store.ts";
import { POSITION_COLUMNS } from "./store-format.ts";

/** Positions of a backup under way: they become the backup's with its roots. */
const NEXT_POSITIONS = "next_positions";
/**
 * Name under which a backup under way says which process makes it: of two at a time the later one
 * goes on.
 */
const WRITER_META = "backup writer";
type PositionTable = "positions" | typeof NEXT_POSITIONS;

type Roots = readonly (readonly [name: string, hashKey: string])[];

/** The roots and facts of a store as they were at one moment. */
export interface Snapshot {
  readonly roots: Roots;
  readonly metas: readonly (readonly [name: string, value: string])[];
}

export function hashesOf(roots: Roots): string[] {
  return roots.map(([, hashKey]) => hashKey);
}

/**
 * Roots and facts of a store; its positions of the same moment become those in a table of `target`.
 */
export function snapshot(
  source: SqliteTables,
  target: SqliteTables,
  table: PositionTable = "positions",
): Snapshot {
  const { database } = source;
  return source.guarded(() => {
    database.run("BEGIN");
    try {
      source.loadBatches();
      const found = { roots: source.roots(), metas: source.metas() };
      replacePositions(source, target, table);
      return found;
    } finally {
      database.run("COMMIT");
    }
  });
}

/** In place of those of an earlier backup, of which some may be no more after a fork. */
function replacePositions(source: SqliteTables, target: SqliteTables, table: PositionTable): void {
  const { database } = target;
  target.guarded(() => {
    database.transaction(() => {
      database.run(`DELETE FROM ${table}`);
      putPositions(source, database, table);
    })();
  });
}

/** To the positions that are there already; of those for one hash the added one counts. */
function addPositions(source: SqliteTables, target: SqliteTables): void {
  const { database } = target;
  target.guarded(() => database.transaction(() => putPositions(source, database, "positions"))());
}

/** Row by row: a million at once would be a hundred megabytes. */
function putPositions(source: SqliteTables, target: Database, table: PositionTable): void {
  const put = target.prepare(`INSERT OR REPLACE INTO ${table} VALUES (?1, ?2, ?3)`);
  try {
    for (const { hash, block, place } of positionRows(source)) put.run(hash, block, place);
    for (const [hashKey, { block, index }] of source.pending.positions()) {
      put.run(bytesOfKey(hashKey), block, index);
    }
  } finally {
    put.finalize();
  }
}

interface PositionRow {
  readonly hash: Uint8Array;
  readonly block: number;
  readonly place: number;
}

/** @throws StoreError of the source, which is not to be taken for the target's */
function* positionRows(tables: SqliteTables): Generator<PositionRow> {
  const { database, path } = tables;
  tables.requireSound("positions");
  const all = database.prepare("SELECT hash, block, place FROM positions ORDER BY hash");
  try {
    yield* all.iterate() as IterableIterator<PositionRow>;
  } catch (error) {
    throw storeErrorOf(error, path);
  } finally {
    all.finalize();
  }
}

/**
 * Makes or completes the backup in a file. Killed on the way it leaves what was there before, and
 * perhaps cells that the next one need not copy.
 * @throws StoreError when the file is a backup of another network or peer, the store is damaged or
 * the disk full, or (BUSY) another process has begun a backup to the same file meanwhile
 */
export async function backupToFile(
  source: SqliteTables,
  path: string,
  requireSame: (backup: SqliteTables) => void,
  pause: CopyPause,
): Promise<CopyProgress> {
  const backup = new SqliteTables(openToAdd(path), path);
  try {
    requireSame(backup);
    const writer = crypto.randomUUID();
    backup.transaction((w) => w.putMeta(WRITER_META, writer));
    const requireOwn = () => {
      if (backup.meta(WRITER_META) !== writer) throw overtaken(path);
    };
    const create = `CREATE TABLE IF NOT EXISTS ${NEXT_POSITIONS} ${POSITION_COLUMNS}`;
    backup.guarded(() => backup.database.run(create));
    const { roots, metas } = snapshot(source, backup, NEXT_POSITIONS);
    if (roots.length === 0) throw emptyStore(source.path);
    const progress = await copyAll(source, backup, hashesOf(roots), async (figures) => {
      requireOwn();
      await pause(figures);
    });
    backup.transaction((w) => {
      requireOwn();
      backup.database.run("DELETE FROM meta WHERE name = ?1", [WRITER_META]);
      for (const [name, value] of metas) w.putMeta(name, value);
      for (const [name, hash] of roots) w.putRoot(name, hash);
      backup.database.run("DROP TABLE positions");
      backup.database.run(`ALTER TABLE ${NEXT_POSITIONS} RENAME TO positions`);
    });
    return progress;
  } finally {
    backup.close();
    if (existsSync(path)) syncFile(path);
  }
}

function overtaken(path: string): StoreError {
  const advice = "it holds what this one would, and more";
  return new StoreError("BUSY", `Another backup to ${path} has been begun meanwhile: ${advice}.`);
}

/** For a store without a record, of which no copy can be made. */
export function emptyStore(path: string): StoreError {
  return new StoreError(
    "FOREIGN",
    `The store ${path} is empty: there is nothing to keep a copy of.`,
  );
}

/** For a backup whose first copy was cut short: cells are there, but no State to be found from. */
export function unfinishedBackup(path: string): StoreError {
  const advice = "Run the same `store backup` again, or use another one.";
  return new StoreError(
    "DAMAGED",
    `The backup ${path} was cut short before it was whole: nothing can be restored from it. ${advice}`,
  );
}

/**
 * Makes a store out of a backup: each cell is checked on the way.
 * @param source the backup, or all parts of it
 * @throws StoreError when the backup is damaged or lacks something
 */
export async function restoreTo(
  source: CellReader,
  tables: readonly SqliteTables[],
  path: string,
  pause: CopyPause,
): Promise<CopyProgress> {
  const store = new SqliteTables(openToAdd(path), path);
  try {
    const last = tables.at(-1) as SqliteTables;
    const roots = last.roots();
    if (roots.length === 0) throw unfinishedBackup(last.path);
    for (const each of tables) addPositions(each, store);
    const progress = await copyAll(source, store, hashesOf(roots), pause);
    store.transaction((w) => {
      for (const [name, value] of last.metas()) if (name !== WRITER_META) w.putMeta(name, value);
      for (const [name, hash] of roots) w.putRoot(name, hash);
    });
    return progress;
  } finally {
    store.close();
  }
}
