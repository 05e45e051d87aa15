// `store backup` and `store restore`: to and from a file or a bucket. A backup is read beside the
// running peer, in a process of its own; it never holds a key.

import {
  accessSync,
  constants,
  mkdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { toHex } from "../../crypto/hex.ts";
import { CVM_TABLE } from "../../cvm/cvm-table.ts";
import { RESTORED_META, recordKey } from "../../peer/history/peer-record.ts";
import { type RecordFigures, recordFigures } from "../../peer/history/record-check.ts";
import { backupToBucket, PARTS_FOLDER, restoreFromBucket } from "../../store/bucket-backup.ts";
import { CellStore } from "../../store/cell-store.ts";
import type { CopyProgress } from "../../store/closure-copy.ts";
import { backupToFile, restoreTo } from "../../store/file-backup.ts";
import { giveToFolderOwner } from "../../store/file-owner.ts";
import { requireRoomToCopy } from "../../store/free-space.ts";
import { parseBucketAddress, S3Bucket } from "../../store/s3-bucket.ts";
import { DAMAGED_BACKUP } from "../../store/sqlite-error.ts";
import {
  logsBeside,
  openToAdd,
  removeDatabase,
  STORE_FILE,
  syncDirectory,
} from "../../store/sqlite-file.ts";
import { lockStore } from "../../store/sqlite-store.ts";
import { SqliteTables } from "../../store/sqlite-tables.ts";
import { StoreError } from "../../store/store.ts";
import { removeLockFiles, type StoreLock } from "../../store/store-lock.ts";
import { CommandError, EXIT, reportFailure } from "../failure.ts";
import { isThere } from "../files/file-presence.ts";
import { unwritable } from "../files/file-words.ts";
import { onEndSignal } from "../terminal/screen.ts";
import { Copying } from "./copying.ts";
import { type ReadStore, readStore, requireStore } from "./open-store.ts";

const RESTORING = "restoring.db";

export interface CopyOptions {
  readonly endpoint: string | null;
  readonly json: boolean;
}

/** What was copied, and of what. */
export interface CopyReport {
  readonly address: string;
  readonly cells: number;
  readonly bytes: number;
  readonly state: string;
  readonly blocks: number;
  /** Parts of a bucket's backup and bytes sent, null for a file. */
  readonly parts: number | null;
  readonly uploadedBytes: number | null;
}

function bucketAt(address: string, endpoint: string | null): S3Bucket | null {
  const parsed = parseBucketAddress(address);
  if (parsed !== null) return new S3Bucket(parsed, endpoint);
  if (endpoint !== null) {
    const why = "--s3-endpoint has no effect without an s3:// address";
    throw new CommandError(EXIT.USAGE, `${why}: give s3://BUCKET/PREFIX, or leave it out`);
  }
  if (address.includes("://")) {
    throw new CommandError(
      EXIT.USAGE,
      `A backup is a file or s3://BUCKET/PREFIX, found '${address}'`,
    );
  }
  return null;
}

function showing(title: string, total: number, folder: string, json: boolean) {
  const copying = new Copying(title, json);
  const pause = async ({ cells, bytes }: CopyProgress) => {
    requireRoomToCopy(folder);
    await copying.show({ done: cells, total, unit: "cells", bytes });
  };
  return { copying, pause };
}

/** Makes or adds to a backup of the store in a folder. @throws StoreError, CommandError */
export async function backup(
  folder: string,
  address: string,
  { endpoint, json }: CopyOptions,
): Promise<CopyReport> {
  const bucket = bucketAt(address, endpoint);
  if (bucket === null) {
    requireNoFolder(resolve(address));
    requireWritable(resolve(address));
    requireRoomToCopy(dirname(resolve(address)));
  }
  const store = requireStore(folder);
  // Opened, a store would be locked or altered, and a new file left behind.
  if (bucket === null) requireOutside(resolve(address), store);
  const source = readStore(store);
  try {
    const figures = recordFigures(source.store);
    if (figures === null) throw new CommandError(EXIT.DATAERR, `The store in ${folder} is empty`);
    const total = source.tables.lastRow;
    const place = bucket === null ? dirname(resolve(address)) : folder;
    const { copying, pause } = showing("copying", total, place, json);
    try {
      if (bucket !== null) {
        const made = await backupToBucket(source.tables, bucket, folder, figures, pause);
        return { ...figures, ...made, address: bucket.address };
      }
      const path = resolve(address);
      const same = (other: SqliteTables) => requireSame(source.tables, figures, other);
      const made = await backupToFile(source.tables, path, same, pause);
      const copied = readStore(path);
      const { state, blocks } = recordFigures(copied.store) ?? figures;
      copied.store.close();
      return { ...made, state, blocks, address: path, parts: null, uploadedBytes: null };
    } finally {
      copying.end();
    }
  } finally {
    source.store.close();
  }
}

/** @throws CommandError for a folder: a backup is one file */
function requireNoFolder(path: string): void {
  if (!isThere(path) || !statSync(path).isDirectory()) return;
  const advice = `a backup is a file: name one, as ${join(path, "backup")}`;
  throw new CommandError(EXIT.USAGE, `${path} is a folder; ${advice}`);
}

/** @throws CommandError when there is no such folder, or nothing may be written there */
function requireWritable(path: string): void {
  try {
    // With the dot a file is none of the folders of a path.
    accessSync(isThere(path) ? path : `${dirname(path)}/.`, constants.W_OK);
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** @throws StoreError when the file is the store itself, or in the data directory of a peer */
function requireOutside(path: string, store: string): void {
  const place = isThere(path) ? realpathSync(path) : path;
  if (place !== realpathSync(store) && !isThere(join(dirname(place), "keys"))) return;
  const advice = "a backup belongs outside of data directories";
  throw new StoreError("FOREIGN", `${path} is in the data directory of a peer: ${advice}.`);
}

/**
 * @param figures of the store that is to be kept a copy of
 * @throws StoreError when the file is a backup of another network, or of another peer: it would be
 * lost
 */
function requireSame(source: SqliteTables, figures: RecordFigures, backup: SqliteTables): void {
  const refuse = (whose: string) => {
    const what = `${backup.path} is a backup of ${whose}: give another file`;
    return new StoreError("FOREIGN", `${what}.`);
  };
  const found = backup.root("genesis");
  if (found !== null && found !== source.root("genesis")) throw refuse("another network");
  const key = recordKey(new CellStore(backup, CVM_TABLE));
  if (key === null || toHex(key) === figures.peer) return;
  throw refuse(`peer ${toHex(key)}, and this store is of ${figures.peer}`);
}

/** Makes the store of a folder out of a backup; a folder with a store is left alone. */
export async function restore(
  folder: string,
  address: string,
  options: CopyOptions,
): Promise<CopyReport> {
  requireNoStore(folder);
  const bucket = bucketAt(address, options.endpoint);
  if (bucket === null && !isThere(address)) {
    throw new CommandError(EXIT.NOINPUT, `There is no backup ${address}`);
  }
  if (bucket === null) requireNoFolder(resolve(address));
  return await inFolder(folder, async (first) => {
    requireRoomToCopy(folder);
    // Until it is done no peer begins a store of its own here, and no other restore is under way.
    const lock = lockStore(folder);
    const letSignalsBe = onEndSignal(() => giveUp(folder, first, lock));
    try {
      requireNoStore(folder);
      return await restoreAlone(folder, address, bucket, options.json);
    } catch (error) {
      if (first !== undefined) removeLockFiles(folder);
      throw error;
    } finally {
      letSignalsBe();
      lock.release();
    }
  });
}

/** On a signal: what was copied can be as large as a store, and is of no use. */
function giveUp(folder: string, first: string | undefined, lock: StoreLock): never {
  removeDatabase(join(folder, RESTORING));
  rmSync(join(folder, PARTS_FOLDER), { recursive: true, force: true });
  if (first !== undefined) removeLockFiles(folder);
  lock.release();
  if (first !== undefined) removeEmpty(folder, first);
  process.exit(reportFailure(new CommandError(EXIT.INTERRUPT, "Stopped: nothing was restored")));
}

/**
 * Runs `work` in a folder that is made for it; when that fails, what was made is gone again.
 * @param work is told the first folder that was made, undefined when all were there
 */
async function inFolder<T>(
  folder: string,
  work: (first: string | undefined) => Promise<T>,
): Promise<T> {
  const first = mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    return await work(first);
  } catch (error) {
    if (first !== undefined) removeEmpty(folder, first);
    throw error;
  }
}

/** Removes empty folders, up to the first one that was made of them. */
function removeEmpty(folder: string, first: string): void {
  for (let each = folder; each.startsWith(first); each = dirname(each)) {
    try {
      rmdirSync(each);
    } catch {
      // Somebody else has put something there.
      return;
    }
  }
}

async function restoreAlone(
  folder: string,
  address: string,
  bucket: S3Bucket | null,
  json: boolean,
): Promise<CopyReport> {
  const path = join(folder, RESTORING);
  removeDatabase(path);
  try {
    const made =
      bucket === null
        ? await fromFile(resolve(address), folder, path, json)
        : await fromBucket(bucket, folder, path, json);
    markRestored(path);
    const restored = readStore(path);
    const figures = recordFigures(restored.store);
    restored.store.close();
    if (figures === null) throw new CommandError(EXIT.DATAERR, `The backup ${address} is empty`);
    giveToFolderOwner(path);
    renameSync(path, join(folder, STORE_FILE));
    syncDirectory(folder);
    return { ...made, ...figures, address, parts: null, uploadedBytes: null };
  } finally {
    removeDatabase(path);
    rmSync(`${path}-journal`, { force: true });
  }
}

/** @throws CommandError when there is a store in the folder, or what belongs to one */
function requireNoStore(folder: string): void {
  const target = join(folder, STORE_FILE);
  if (isThere(target)) {
    const advice = `move it away first, with the ${STORE_FILE}-… beside it, or give another --data-dir`;
    throw new CommandError(EXIT.CANTCREAT, `There is a store in ${folder} already: ${advice}`);
  }
  requireNoLogs(target);
}

/** @throws CommandError when what a killed peer wrote last would go into the restored store */
function requireNoLogs(target: string): void {
  const logs = logsBeside(target);
  if (logs.length === 0) return;
  const advice = "move it to that store first, or give another --data-dir";
  throw new CommandError(
    EXIT.CANTCREAT,
    `${logs.join(" and ")} belongs to a store that was moved away: ${advice}`,
  );
}

/** So that the peer votes only when others have told what they know under its key. */
function markRestored(path: string): void {
  const tables = new SqliteTables(openToAdd(path), path);
  try {
    tables.transaction((w) => w.putMeta(RESTORED_META, "yes"));
  } finally {
    tables.close();
  }
}

async function fromFile(address: string, folder: string, path: string, json: boolean) {
  const source: ReadStore = readStore(address);
  const total = source.tables.lastRow;
  const { copying, pause } = showing("restoring", total, folder, json);
  try {
    return await restoreTo(source.tables, [source.tables], path, pause);
  } catch (error) {
    throw ofBackup(error, address);
  } finally {
    copying.end();
    source.store.close();
  }
}

/** The failure of a damaged cell speaks of a peer's store, and does not name the file. */
function ofBackup(error: unknown, address: string): unknown {
  const isDamage = error instanceof StoreError && error.code === "DAMAGED";
  if (!isDamage || error.message.includes(address)) return error;
  const words = `The backup ${address} is damaged: ${DAMAGED_BACKUP}`;
  return new StoreError("DAMAGED", `${words}. Nothing was restored.`, error);
}

async function fromBucket(bucket: S3Bucket, folder: string, path: string, json: boolean) {
  const { copying, pause } = showing("restoring", 0, folder, json);
  try {
    return await restoreFromBucket(bucket, folder, path, pause);
  } finally {
    copying.end();
  }
}
