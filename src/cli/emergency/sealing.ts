// A peer that was broken into is sealed: its key file gets a name and a mode that nothing here
// opens, and a mark in the data directory keeps `start` from running, or from making a new key in
// its place.

import {
  accessSync,
  constants,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { KeyStore } from "../../keys/key-store.ts";
import { setMode } from "../../keys/secret-file.ts";
import { syncPath, writeSynced } from "../../system/durable-file.ts";
import { CommandError, EXIT } from "../failure.ts";
import type { DataFolder } from "../files/data-folder.ts";
import { isThere } from "../files/file-presence.ts";

const MARK = "sealed.json";
const SEALED_SUFFIX = ".sealed";
/** Of a copy the name is another. */
const SEALED_NAME = /^[0-9a-f]{64}\.json\.sealed$/;
const READ_ONLY = 0o400;

export interface Seal {
  /** Public key of the peer in hex, null when the mark does not tell. */
  readonly peer: string | null;
  /** When it was sealed, ISO 8601, null when the mark does not tell. */
  readonly at: string | null;
}

/**
 * The file that keeps `start` from running.
 * @param root the data directory
 */
function markPath(root: string): string {
  return join(root, MARK);
}

/** Null when the data directory is not sealed; a mark that can't be read seals it all the same. */
export function sealOf(root: string): Seal | null {
  const path = markPath(root);
  if (!isThere(path)) return null;
  const { peer, at } = readMark(statSync(path).isFile() ? readFileSync(path, "utf8") : "");
  const textOf = (value: unknown) => (typeof value === "string" ? value : null);
  return { peer: textOf(peer), at: textOf(at) };
}

function readMark(text: string): { readonly peer?: unknown; readonly at?: unknown } {
  try {
    return Object(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** As part of a sentence: that a peer was sealed, and when as far as that is known. */
export function sealedText({ at }: Seal): string {
  return at === null ? "sealed in an emergency" : `sealed in an emergency on ${at}`;
}

/** As `sealedText`, with what to do; null when the data directory is not sealed. */
export function sealAdvice(root: string): string | null {
  const seal = sealOf(root);
  if (seal === null) return null;
  const undo = `to undo it, remove ${markPath(root)} and rename the key`;
  return `${sealedText(seal)}: take a new key on a clean machine; ${undo}`;
}

/** @throws CommandError when the data directory is sealed */
export function requireUnsealed(root: string): void {
  const advice = sealAdvice(root);
  if (advice !== null) throw new CommandError(EXIT.CONFIG, `This peer was ${advice}`);
}

/** Where the key file of a sealed peer is, whose key is given in hex. */
export function sealedPath(folder: DataFolder, peer: string): string {
  return join(folder.keys, `${peer}.json${SEALED_SUFFIX}`);
}

/**
 * Public key in hex of the peer whose key was put away where the mark could not be written, or was
 * cut short; null when no key was.
 * @throws CommandError when it can't be told which is meant
 */
export function putAwayPeer(folder: DataFolder): string | null {
  if (!isThere(folder.keys)) return null;
  const names = readdirSync(folder.keys).filter((name) => SEALED_NAME.test(name));
  const [peer] = names.map((name) => name.slice(0, name.indexOf(".")));
  if (peer === undefined) return null;
  const { keys, faults } = new KeyStore(folder.keys).inventory();
  if (names.length === 1 && keys.length === 0 && faults.length === 0) return peer;
  const what = `${folder.keys} holds ${names.join(" and ")}, put away in an emergency, and others`;
  throw new CommandError(EXIT.CONFIG, `${what}: say which peer is meant with --peer HEX`);
}

/** What there was to seal, and what was done. */
export interface Sealing {
  readonly mark: "made" | "there already";
  /** Where the key file is now, null when the data directory held none. */
  readonly keyFile: string | null;
}

/** What can be done where sealing fails, by the code of the system's error. */
const FIXES: Readonly<Record<string, string>> = {
  EACCES: "permission denied: run it as the owner of the data directory",
  EPERM: "permission denied: run it as the owner of the data directory",
  EROFS: "the file system is read-only: make it writable, and run emergency again",
  ENOSPC: "the disk is full: free some space, and run emergency again",
};

/** Why a part of it can't be done, null when it is. */
function failureOf(path: string, work: () => void): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && "syscall" in error)) throw error;
    return `Cannot seal ${path}: ${FIXES[String(error.code)] ?? String(error.code)}`;
  }
}

/**
 * @throws CommandError when this user could not seal what is there: the places that must be written
 */
export function requireSealable({ root, keys }: DataFolder): void {
  for (const place of [root, keys].filter((each) => isThere(each))) {
    const failure = failureOf(place, () => accessSync(place, constants.W_OK));
    if (failure !== null) throw new CommandError(EXIT.CANTCREAT, failure);
  }
}

/**
 * Closes a data directory to `start`; harmless when it is closed. Null when that is done, else why
 * not.
 */
export function closeToStart({ root }: DataFolder, peer: string, now: Date): string | null {
  // A mark that tells nothing is written anew.
  if (sealOf(root)?.at != null) return null;
  const path = markPath(root);
  return failureOf(path, () => writeMark(path, { peer, at: now.toISOString() }));
}

/**
 * Seals the key of a peer; harmless when it is sealed. All is tried: where the disk is full the
 * mark can't be written, and the key can be put away.
 * @param now time of this emergency: a mark with it is one that was made in it
 * @throws CommandError when a part of it has failed
 */
export function sealPeer(folder: DataFolder, peer: string, now: Date): Sealing {
  const failures = [closeToStart(folder, peer, now)];
  // A key file that can't be read is put away all the same.
  const { keys, faults } = new KeyStore(folder.keys).inventory();
  const found = [...keys, ...faults].filter((each) => each.publicKey === peer);
  const path = sealedPath(folder, peer);
  const main = found.find((each) => each.path + SEALED_SUFFIX === path) ?? found[0];
  for (const each of found) {
    const away = each === main ? path : each.path + SEALED_SUFFIX;
    const put = () => {
      renameSync(each.path, away);
      setMode(away, READ_ONLY);
      syncPath(dirname(away));
    };
    failures.push(failureOf(each.path, put));
  }
  const keyFile = isThere(path) ? path : null;
  const told = failures.filter((failure) => failure !== null);
  if (told.length === 0) {
    const isNew = sealOf(folder.root)?.at === now.toISOString();
    return { mark: isNew ? "made" : "there already", keyFile };
  }
  const done = keyFile === null ? "" : `. The key file is put away: ${keyFile}`;
  throw new CommandError(EXIT.CANTCREAT, told.join("; ") + done);
}

/** A mark is there as a whole, or not at all. */
function writeMark(path: string, seal: Seal): void {
  const temporary = `${path}.new`;
  // Made anew: a link that lies there leads where root should write nothing.
  rmSync(temporary, { force: true });
  try {
    writeSynced(temporary, `${JSON.stringify(seal)}\n`);
    renameSync(temporary, path);
    syncPath(dirname(path));
  } finally {
    rmSync(temporary, { force: true });
  }
}
