// A peer that was broken into is sealed: its key file gets a name and a mode that nothing here
// opens, and a mark in the data directory keeps `start` from running, or from making a new key in
// its place.

import { chmodSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { KeyStore } from "../../keys/key-store.ts";
import { CommandError, EXIT } from "../failure.ts";
import type { DataFolder } from "../files/data-folder.ts";
import { isThere } from "../files/file-presence.ts";

const MARK = "sealed.json";
const SEALED_SUFFIX = ".sealed";
const READ_ONLY = 0o400;

export interface Seal {
  /** Public key of the peer in hex. */
  readonly peer: string;
  /** When it was sealed, ISO 8601. */
  readonly at: string;
}

/**
 * The file that keeps `start` from running.
 * @param root the data directory
 */
function markPath(root: string): string {
  return join(root, MARK);
}

/** Null when the data directory is not sealed. */
export function sealOf(root: string): Seal | null {
  const path = markPath(root);
  if (!isThere(path)) return null;
  return JSON.parse(readFileSync(path, "utf8")) as Seal;
}

/** @throws CommandError when the data directory is sealed */
export function requireUnsealed(root: string): void {
  const seal = sealOf(root);
  if (seal === null) return;
  const fix = `take a new key on a clean machine; to undo it, remove ${markPath(root)} and rename the key`;
  throw new CommandError(EXIT.CONFIG, `This peer was sealed in an emergency on ${seal.at}: ${fix}`);
}

/** Where the key file of a sealed peer is, whose key is given in hex. */
export function sealedPath(folder: DataFolder, peer: string): string {
  return join(folder.keys, `${peer}.json${SEALED_SUFFIX}`);
}

/** What there was to seal, and what was done. */
export interface Sealing {
  readonly mark: "made" | "there already";
  /** Where the key file is now, null when the data directory held none. */
  readonly keyFile: string | null;
}

/** Seals the key of a peer; harmless when it is sealed. @throws CommandError */
export function sealPeer(folder: DataFolder, peer: string, now: Date): Sealing {
  try {
    return sealed(folder, peer, now);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && "path" in error)) throw error;
    const fix = "run it as the owner of the data directory";
    const what = `Cannot seal ${String(error.path)} (${String(error.code)})`;
    throw new CommandError(EXIT.CANTCREAT, `${what}: ${fix}`);
  }
}

function sealed(folder: DataFolder, peer: string, now: Date): Sealing {
  const wasSealed = sealOf(folder.root) !== null;
  if (!wasSealed) {
    const seal: Seal = { peer, at: now.toISOString() };
    writeFileSync(markPath(folder.root), `${JSON.stringify(seal)}\n`);
  }
  // One that can't be read is put away all the same.
  const { keys, faults } = new KeyStore(folder.keys).inventory();
  const found = [...keys, ...faults].filter((each) => each.publicKey === peer);
  const path = sealedPath(folder, peer);
  const main = found.find((each) => each.path + SEALED_SUFFIX === path) ?? found[0];
  for (const each of found) {
    const away = each === main ? path : each.path + SEALED_SUFFIX;
    renameSync(each.path, away);
    chmodSync(away, READ_ONLY);
  }
  const keyFile = isThere(path) ? path : null;
  return { mark: wasSealed ? "there already" : "made", keyFile };
}
