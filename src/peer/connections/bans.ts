// Peers and hosts that the operator has banned: neither dialled nor served, kept in a file of the
// data directory.

import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { fromHex, hexOfKey } from "../../crypto/hex.ts";
import { keyOf } from "../../crypto/sha3.ts";
import { giveToFolderOwner } from "../../store/file-owner.ts";
import { syncPath, writeSynced } from "../../system/durable-file.ts";
import { systemCode } from "../../system/system-code.ts";
import { canonicalHost } from "./host-form.ts";

const FILE_MODE = 0o600;
const KEY_HEX = /^(?:0x)?[0-9a-f]{64}$/i;
/** Most entries of the list. */
const BANS_MAX = 10_000;

/** The list of bans can't be read or written. The message is for an operator. */
export class BansError extends Error {
  readonly code = "BANS";
  /** The message's first half, and its second: what to do about it. */
  readonly finding: string;
  readonly fix: string;
  constructor(finding: string, fix: string) {
    super(`${finding}: ${fix}`);
    this.finding = finding;
    this.fix = fix;
  }
}

/**
 * A change is in the file when its method returns, and nowhere when that throws. What another hand
 * puts into the file counts once it is read again.
 */
export class Bans {
  readonly #path: string | null;
  /** Peer keys as hex digits, and hosts, each in its one spelling. */
  #entries: ReadonlySet<string> = new Set();

  /**
   * @param path file of the list; null keeps it in memory alone
   * @throws BansError when the file is damaged
   */
  constructor(path: string | null) {
    this.#path = path;
    this.refresh();
  }

  /**
   * Takes the file as another hand may have left it; true when that had changed it.
   * @throws BansError when it is damaged: the list is as before then
   */
  refresh(): boolean {
    const path = this.#path;
    if (path === null) return false;
    const entries = new Set(existsSync(path) ? readEntries(path).map(normalEntry) : []);
    const isSame = entries.symmetricDifference(new Set(this.#entries)).size === 0;
    this.#entries = entries;
    return !isSame;
  }

  get entries(): string[] {
    return [...this.#entries].sort();
  }

  /** @param key 32 characters */
  hasKey(key: string): boolean {
    return this.#entries.size > 0 && this.#entries.has(hexOfKey(key));
  }

  /** In any spelling. */
  hasHost(host: string): boolean {
    return this.#entries.size > 0 && this.#entries.has(normalEntry(host));
  }

  /**
   * Adds a peer key in hex or a host. @throws BansError when the list is full or can't be written
   */
  add(entry: string): string {
    const normal = normalEntry(entry);
    const entries = new Set(this.#entries).add(normal);
    if (entries.size > BANS_MAX) throw fullList();
    this.#become(entries);
    return normal;
  }

  /** False when there is no such entry. @throws BansError when the list can't be written */
  remove(entry: string): boolean {
    const entries = new Set(this.#entries);
    if (!entries.delete(normalEntry(entry))) return false;
    this.#become(entries);
    return true;
  }

  #become(entries: ReadonlySet<string>): void {
    if (this.#path !== null) save(this.#path, [...entries].sort());
    this.#entries = entries;
  }
}

function save(path: string, entries: readonly string[]): void {
  const temporary = `${path}.new`;
  try {
    rmSync(temporary, { force: true });
    const text = `${JSON.stringify(entries, null, 1)}\n`;
    // A peer that root has started may be in the data directory of a service.
    writeSynced(temporary, text, FILE_MODE);
    giveToFolderOwner(temporary);
    renameSync(temporary, path);
    syncPath(dirname(path));
  } catch (error) {
    throw unusable("write", path, error);
  }
}

/** The key that an entry is, 32 characters, null when it is a host. */
export function bannedKey(entry: string): string | null {
  if (!KEY_HEX.test(entry)) return null;
  const bytes = fromHex(normalEntry(entry));
  return bytes === null ? null : keyOf(bytes);
}

function normalEntry(entry: string): string {
  const text = entry.trim().toLowerCase();
  if (KEY_HEX.test(text)) return text.replace(/^0x/, "");
  // What another hand has put into the file is kept, whether or not it bans anybody.
  return canonicalHost(text) ?? text;
}

function readEntries(path: string): string[] {
  let list: unknown;
  try {
    list = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) throw damaged(path);
    throw unusable("read", path, error);
  }
  if (Array.isArray(list) && list.every((entry) => typeof entry === "string")) return list;
  throw damaged(path);
}

function damaged(path: string): BansError {
  const expected = 'it must be a JSON list of keys and hosts in quotes, as ["192.0.2.7"]';
  const fix = "mend it, or move it away and start without any bans: those it holds are lost then";
  return new BansError(`The list of bans ${path} is damaged, ${expected}`, fix);
}

function fullList(): BansError {
  return new BansError(`the list of bans has ${BANS_MAX} entries`, "lift some with `peers unban`");
}

/** Reason and advice by the code of the system's error. */
const REFUSALS: Readonly<Record<string, readonly [string, string]>> = {
  ENOSPC: ["the disk is full", "free some space, then try again"],
  EROFS: ["its file system is read-only", "mount it for writing"],
  EACCES: ["permission denied", "give it to the user of the peer"],
  EISDIR: ["it is a folder", "move it away"],
};

function unusable(action: "read" | "write", path: string, error: unknown): BansError {
  const message = error instanceof Error ? error.message : String(error);
  const unknown = [message, "put that right"] as const;
  const [reason, fix] = REFUSALS[systemCode(error)] ?? unknown;
  return new BansError(`Cannot ${action} the list of bans ${path}: ${reason}`, fix);
}
