// Opening the store of a data directory, or a backup, for commands.

import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { CVM_TABLE } from "../../cvm/cvm-table.ts";
import { CellStore } from "../../store/cell-store.ts";
import { STORE_FILE } from "../../store/sqlite-file.ts";
import { sqliteStore } from "../../store/sqlite-store.ts";
import { SqliteTables } from "../../store/sqlite-tables.ts";
import { type Store, StoreError } from "../../store/store.ts";
import { CommandError, EXIT } from "../failure.ts";
import { isThere } from "../files/file-presence.ts";
import { unreadable } from "../files/file-words.ts";

/** @throws CommandError when there is no store in the folder */
export function requireStore(folder: string): string {
  const path = join(folder, STORE_FILE);
  if (isThere(path)) return path;
  const advice = "name the --data-dir of a peer that was started before";
  throw new CommandError(EXIT.NOINPUT, `There is no store in ${folder}: ${advice}`);
}

function requireReadable(path: string): void {
  try {
    closeSync(openSync(path, "r"));
  } catch (error) {
    throw unreadable("the store", path, error);
  }
}

/** The store to write to; null when a running process has it. @throws StoreError, CommandError */
export function openStore(folder: string): Store | null {
  requireStore(folder);
  try {
    return sqliteStore(folder, CVM_TABLE);
  } catch (error) {
    if (error instanceof StoreError && error.code === "IN_USE") return null;
    throw error;
  }
}

/** A store or backup to read, beside whoever writes to it. */
export interface ReadStore {
  readonly tables: SqliteTables;
  readonly store: Store;
}

/** @throws StoreError; CommandError when there is none, or this user may not read it */
export function readStore(path: string): ReadStore {
  requireReadable(path);
  const tables = SqliteTables.toRead(path);
  return { tables, store: new CellStore(tables, CVM_TABLE) };
}
