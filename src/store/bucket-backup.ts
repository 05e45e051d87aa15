// Backups under an address of an S3-compatible store: parts, each a database with the cells that no
// earlier part has, and a manifest that names them with their checksums. The manifest is written
// last: a backup that was cut short is not there. Which cells the parts hold is noted beside the
// store; without that note, or with one of another backup, the next backup is a whole one.

import { createHash } from "node:crypto";
import { createReadStream, mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { hexOfKey } from "../crypto/hex.ts";
import { BucketError } from "./bucket-error.ts";
import { type CellReader, type CopyPause, type CopyProgress, copyAll } from "./closure-copy.ts";
import { emptyStore, hashesOf, restoreTo, snapshot } from "./file-backup.ts";
import { PartNotes } from "./part-notes.ts";
import { openToBuild, removeDatabase } from "./sqlite-file.ts";
import { SqliteTables } from "./sqlite-tables.ts";
import { StoreError } from "./store.ts";

/** Folder for the parts of a backup while it is restored. */
export const PARTS_FOLDER = "restoring.parts";
const MANIFEST = "manifest.json";
const MANIFEST_VERSION = 1;
/** Parts after which the next backup is a whole one: a restore reads all of them. */
const PARTS_MAX = 100;

/** Objects by name: what an S3-compatible store does for us. */
export interface Bucket {
  /** As it is named to an operator; holds no secret. */
  readonly address: string;
  /** Text of an object, null when there is none. */
  readText(name: string): Promise<string | null>;
  writeText(name: string, text: string): Promise<void>;
  upload(name: string, path: string): Promise<void>;
  download(name: string, path: string): Promise<void>;
}

interface Part {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Manifest {
  readonly version: number;
  /** Hash of the genesis State. */
  readonly genesis: string;
  /** Root of the peer's record, in hex. */
  readonly peer: string;
  /** Public key of the peer in hex; backups of earlier releases don't say it. */
  readonly key?: string;
  readonly madeAt: string;
  readonly parts: readonly Part[];
}

/** Whose store it is. */
export interface BackedUp {
  /** Hash of the genesis State. */
  readonly genesis: string;
  /** Public key of the peer in hex. */
  readonly peer: string;
}

export interface BucketBackup extends CopyProgress {
  readonly isWhole: boolean;
  readonly parts: number;
  readonly uploadedBytes: number;
}

/** @throws StoreError when the text is no manifest, or one of another version */
function parsedManifest(text: string, { address }: Bucket): Manifest {
  let found: Manifest;
  try {
    found = Object(JSON.parse(text)) as Manifest;
  } catch {
    throw new StoreError("DAMAGED", `The manifest of the backup ${address} can't be read.`);
  }
  if (found.version === MANIFEST_VERSION && Array.isArray(found.parts)) return found;
  const words = `has version ${found.version}; this release reads ${MANIFEST_VERSION}`;
  throw new StoreError("VERSION", `The manifest of the backup ${address} ${words}.`);
}

/**
 * Adds to a backup what it lacks.
 * @param folder where the part is built, and what it holds is noted
 * @throws StoreError when the backup is of another network or peer, or the store is damaged
 */
export async function backupToBucket(
  source: SqliteTables,
  bucket: Bucket,
  folder: string,
  { genesis, peer }: BackedUp,
  pause: CopyPause,
): Promise<BucketBackup> {
  const text = await bucket.readText(MANIFEST);
  const before = text === null ? null : parsedManifest(text, bucket);
  if (before !== null && before.genesis !== genesis) {
    const reason = `is of the network ${before.genesis}, not of ${genesis}`;
    throw new StoreError("FOREIGN", `The backup ${bucket.address} ${reason}.`);
  }
  if (before?.key !== undefined && before.key !== peer) {
    const reason = `is of peer ${before.key}, not of ${peer}: give another prefix`;
    throw new StoreError("FOREIGN", `The backup ${bucket.address} ${reason}.`);
  }
  const label = createHash("sha256").update(bucket.address).digest("hex").slice(0, 16);
  const notes = PartNotes.open(join(folder, `backup-${label}.db`));
  const partPath = join(folder, `backup-${label}.part`);
  try {
    removeDatabase(partPath);
    const isWhole =
      before === null || !notes.isOf(sha256(text ?? "")) || before.parts.length >= PARTS_MAX;
    if (isWhole) notes.clear();
    const built = await buildPart(source, partPath, notes, pause);
    const name = `part-${Date.now()}-${built.peer.slice(0, 16)}.db`;
    const part = { name, bytes: statSync(partPath).size, sha256: await fileSha256(partPath) };
    await bucket.upload(name, partPath);
    const parts = isWhole ? [part] : [...before.parts, part];
    const madeAt = new Date().toISOString();
    const manifest = {
      version: MANIFEST_VERSION,
      genesis,
      peer: built.peer,
      key: peer,
      madeAt,
      parts,
    };
    const manifestText = `${JSON.stringify(manifest, null, 2)}\n`;
    await bucket.writeText(MANIFEST, manifestText);
    notes.keep(sha256(manifestText));
    return { ...built.progress, isWhole, parts: parts.length, uploadedBytes: part.bytes };
  } finally {
    // Before the notes are closed: from then on another backup may build its part there.
    removeDatabase(partPath);
    notes.close();
  }
}

async function buildPart(source: SqliteTables, path: string, notes: PartNotes, pause: CopyPause) {
  const part = new SqliteTables(openToBuild(path), path);
  try {
    const { roots, metas } = snapshot(source, part);
    const peer = roots.find(([name]) => name === "peer");
    if (peer === undefined) throw emptyStore(source.path);
    const target = noted(part, notes);
    const progress = await copyAll(source, target, hashesOf(roots), pause);
    part.transaction((w) => {
      for (const [name, value] of metas) w.putMeta(name, value);
      for (const [name, hash] of roots) w.putRoot(name, hash);
    });
    return { progress, peer: hexOfKey(peer[1]) };
  } finally {
    part.close();
  }
}

/** The part as a target of copyAll that has what earlier parts have, and notes what it is given. */
function noted(part: SqliteTables, notes: PartNotes) {
  return {
    has: (hash: string) => notes.has(hash),
    transaction: (body: Parameters<SqliteTables["transaction"]>[0]) =>
      part.transaction((w) =>
        body({
          ...w,
          putCell: (hash, encoding, size) => {
            w.putCell(hash, encoding, size);
            notes.add(hash);
          },
        }),
      ),
  };
}

/**
 * Makes a store out of a backup.
 * @param folder for the parts, while they are needed
 * @throws BucketError when there is no backup, StoreError when a part is damaged
 */
export async function restoreFromBucket(
  bucket: Bucket,
  folder: string,
  path: string,
  pause: CopyPause,
): Promise<CopyProgress> {
  const text = await bucket.readText(MANIFEST);
  if (text === null)
    throw new BucketError("MISSING", `There is no backup at ${bucket.address}: check its name.`);
  const manifest = parsedManifest(text, bucket);
  const parts = join(folder, PARTS_FOLDER);
  // A restore that was killed may have left parts behind.
  rmSync(parts, { recursive: true, force: true });
  mkdirSync(parts, { mode: 0o700 });
  const open: SqliteTables[] = [];
  try {
    for (const { name, sha256: expected } of manifest.parts) {
      const part = join(parts, name.replaceAll("/", "_"));
      await bucket.download(name, part);
      if ((await fileSha256(part)) !== expected) {
        throw new StoreError("DAMAGED", `Part ${name} of the backup ${bucket.address} is damaged.`);
      }
      open.push(SqliteTables.toRead(part));
    }
    const source: CellReader = {
      cell: (hashKey) => {
        for (const part of open) {
          const found = part.cell(hashKey);
          if (found !== null) return found;
        }
        return null;
      },
    };
    return await restoreTo(source, open, path, pause);
  } finally {
    for (const part of open) part.close();
    rmSync(parts, { recursive: true, force: true });
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

async function fileSha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}
