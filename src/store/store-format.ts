// The tables of a store's file and their version (STORE_VERSION). A file of an older version is
// brought to this one when it is opened for writing; one of a newer version is refused.

import type { Database } from "bun:sqlite";
import { foreignFile } from "./sqlite-error.ts";
import { STORE_VERSION, STORE_VERSION_OLDEST, StoreError } from "./store.ts";

/** "CVXP", marks a database as ours. */
const APPLICATION_ID = 0x43565850;

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

/** Makes the tables of a new file. */
export function createTables(database: Database): void {
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
export function migrate(database: Database, version: number): void {
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
export function requireOurs(database: Database, path: string): void {
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

/** Whether a database has no tables. */
export function isEmpty(database: Database): boolean {
  return numberOf(database, "SELECT count(*) FROM sqlite_schema") === 0;
}

/** The number that a pragma is set to. */
export function pragma(database: Database, name: string): number {
  return numberOf(database, `PRAGMA ${name}`);
}

/** First value of the first row, for questions that have a number as answer. */
function numberOf(database: Database, sql: string): number {
  const statement = database.prepare(sql);
  try {
    return (statement.values()[0] as [number])[0];
  } finally {
    statement.finalize();
  }
}
