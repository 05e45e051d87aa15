// Secrets that the operator hands over or takes away in files: seeds, words, passphrases, key
// containers. They are read whole, within a bound, and never repeated in an error; they are written
// for the owner only, and never over a file that is there.

import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { SEED_LENGTH } from "../crypto/ed25519.ts";
import { fromHex } from "../crypto/hex.ts";
import { syncPath, UNABLE, writeSynced } from "../system/durable-file.ts";
import { systemCode } from "../system/system-code.ts";
import { AT_ONCE, openRegular, readPatiently } from "./patient-read.ts";

/** A passphrase, word or seed file is small; anything larger is a mistake. */
const SECRET_LENGTH_MAX = 4096;
/** A key store holds some 400 bytes a key. */
const CONTAINER_LENGTH_MAX = 1 << 20;
const FILE_MODE = 0o600;
/** Where systemd puts the credentials of a unit. */
const CREDENTIALS = "CREDENTIALS_DIRECTORY";

/**
 * `READ`: it is not there; `DENIED`: this user may not read it; `CONTENT`: it holds something else.
 */
export class SecretFileError extends Error {
  readonly code: "READ" | "DENIED" | "CONTENT" | "EXISTS" | "WRITE";
  constructor(code: SecretFileError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EACCES: "permission denied: run this as the file's owner",
  ENXIO: "it is a pipe, a socket or a device, not a file",
  EISDIR: "it is a folder, not a file",
  ENAMETOOLONG: "there is no such file",
  ELOOP: "it is a link that leads back to itself",
  EBADF: "it is not open: `3< FILE` opens descriptor 3",
};

/** What is said of an error without words of its own. */
const codeOrNone = (error: unknown) => systemCode(error) || "for a reason that is not known";

/** Why a file can't be read, in words where its reader can do something. */
export function readingReason(error: unknown): string {
  const code = codeOrNone(error);
  return REASONS[code] ?? code;
}

const WRITING_REASONS: Readonly<Record<string, string>> = {
  EEXIST: "it exists already, and was left as it is",
  ENOENT: "there is no such folder",
  ENOTDIR: "a part of the path is a file, not a folder",
  EACCES: "permission denied: choose another place, or run this as its owner",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  ENAMETOOLONG: "its name is too long",
  ELOOP: "it is a link that leads back to itself",
};

/** Why a file can't be made. */
export function writingReason(error: unknown): string {
  const code = codeOrNone(error);
  return WRITING_REASONS[code] ?? code;
}

export const isDenied = (error: unknown) => systemCode(error) === "EACCES";

/** As a path is opened unless a pipe is refused. */
const openAny = (path: string) => openSync(path, "r");

/** All that can be read from a descriptor, or a path that `open` opens, up to a bound. */
function readBounded(
  source: string | number,
  what: string,
  lengthMax: number,
  open: (path: string) => number = openAny,
): Buffer {
  const name = typeof source === "number" ? `descriptor ${source}` : source;
  let fd: number | null = null;
  try {
    fd = typeof source === "number" ? source : open(source);
    const bytes = Buffer.alloc(lengthMax + 1);
    let length = 0;
    for (;;) {
      const read = readPatiently(fd, bytes, length);
      length += read;
      if (read === 0 || length > lengthMax) break;
    }
    if (length <= lengthMax) return bytes.subarray(0, length);
  } catch (error) {
    const words = `Cannot read the ${what} from ${name}: ${readingReason(error)}`;
    throw new SecretFileError(isDenied(error) ? "DENIED" : "READ", words);
  } finally {
    if (fd !== null && typeof source === "string") closeSync(fd);
  }
  throw new SecretFileError("CONTENT", `The ${what} in ${name} is larger than ${lengthMax} bytes`);
}

function readText(source: string | number, what: string): string {
  const bytes = readBounded(source, what, SECRET_LENGTH_MAX);
  const text = bytes.toString("utf8");
  bytes.fill(0);
  return text;
}

function firstLine(text: string, source: string): string {
  const line = text.split(/\r?\n/, 1)[0] ?? "";
  if (line.length > 0) return line;
  throw new SecretFileError("CONTENT", `The passphrase in ${source} is empty`);
}

/** The first line of the file, without its line end. @throws SecretFileError */
export function readPassphraseFile(path: string): string {
  return firstLine(readText(path, "passphrase"), `the file ${path}`);
}

/** As `readPassphraseFile`, but "" for an empty file. @throws SecretFileError */
export function readPassphraseFileOrEmpty(path: string): string {
  return readText(path, "passphrase").split(/\r?\n/, 1)[0] ?? "";
}

/** The first line that comes through an open file descriptor. @throws SecretFileError */
export function readPassphraseDescriptor(fd: number): string {
  return firstLine(readText(fd, "passphrase"), `descriptor ${fd}`);
}

/** The first line of a credential that systemd handed to this unit. @throws SecretFileError */
export function readPassphraseCredential(name: string): string {
  const folder = process.env[CREDENTIALS];
  if (folder === undefined || name !== basename(name)) {
    const why = folder === undefined ? `${CREDENTIALS} is not set` : "it is not a plain name";
    throw new SecretFileError("READ", `No systemd credential '${name}': ${why}`);
  }
  return readPassphraseFile(join(folder, name));
}

/** Tokens, one a line; empty lines and those with `#` are none. @throws SecretFileError */
export function readTokenFile(path: string): string[] {
  const lines = readText(path, "tokens")
    .split(/\r?\n/)
    .map((line) => line.trim());
  const tokens = lines.filter((line) => line !== "" && !line.startsWith("#"));
  if (tokens.length > 0) return tokens;
  throw new SecretFileError("CONTENT", `The token file ${path} holds no token`);
}

/** 64 hex digits, `0x` and white space around allowed. @throws SecretFileError */
export function readSeedFile(path: string): Uint8Array {
  const seed = fromHex(readText(path, "seed").replace(/\s/g, "").replace(/^0x/, ""));
  if (seed !== null && seed.length === SEED_LENGTH) return seed;
  throw new SecretFileError("CONTENT", `The seed file ${path} must hold 64 hex digits (32 bytes)`);
}

/** The text of a file with words, as it stands. @throws SecretFileError */
export function readMnemonicFile(path: string): string {
  return readText(path, "words");
}

/** The bytes of a key container (PEM, PKCS#12). @throws SecretFileError */
export function readContainerFile(path: string): Uint8Array {
  return readBounded(path, "key", CONTAINER_LENGTH_MAX);
}

/** The bytes of a key file; what is no regular file is refused. @throws SecretFileError */
export function readKeyFile(path: string): Uint8Array {
  return readBounded(path, "key", CONTAINER_LENGTH_MAX, openRegular);
}

/**
 * Sets the mode of a file or folder. Root, who may be at work in the folder of another user, does
 * not follow links, and leaves files alone that have another name. @throws the system's error
 */
export function setMode(path: string, mode: number): void {
  if (process.geteuid?.() !== 0) {
    chmodSync(path, mode);
    return;
  }
  let fd: number;
  try {
    fd = openSync(path, AT_ONCE | constants.O_NOFOLLOW);
  } catch (error) {
    if (systemCode(error) === "ELOOP") return;
    throw error;
  }
  try {
    const found = fstatSync(fd);
    if (found.isDirectory() || found.nlink === 1) fchmodSync(fd, mode);
  } finally {
    closeSync(fd);
  }
}

/** True when others than the owner may read the file; with `groupMay`, others than its group. */
export function isReadableByOthers(path: string, groupMay = false): boolean {
  return (statSync(path).mode & (groupMay ? 0o007 : 0o077)) !== 0;
}

/** Behind the name of the file: the process that writes it, and what is its own. */
const TEMPORARY = /^\.(\d+)-[0-9a-f]{12}\.tmp$/;

/** Names in a folder; none where its user may not list it, but can make files all the same. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isDenied(error)) return [];
    throw error;
  }
}

/** A process that was killed while it wrote a file has left what it had, a seed say. */
function removeLeftovers(path: string): void {
  const [folder, name] = [dirname(path), basename(path)];
  for (const each of namesIn(folder)) {
    const pid = each.startsWith(name) ? TEMPORARY.exec(each.slice(name.length))?.[1] : undefined;
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(folder, each), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== "ESRCH";
  }
}

/** Calls `place` with the name of a complete file beside the path; the name is gone afterwards. */
function writeBeside(
  path: string,
  content: Uint8Array | string,
  place: (temporary: string) => void,
): void {
  const temporary = `${path}.${process.pid}-${randomBytes(6).toString("hex")}.tmp`;
  try {
    removeLeftovers(path);
    writeSynced(temporary, content, FILE_MODE);
    place(temporary);
    syncPath(dirname(path));
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    if (error.code === "EEXIST") {
      throw new SecretFileError("EXISTS", `${path} exists already; nothing was overwritten`);
    }
    const words = `Cannot write ${path}: ${writingReason(error)}`;
    throw new SecretFileError(isDenied(error) ? "DENIED" : "WRITE", words);
  } finally {
    // In a folder that is closed to this user there is none, and looking for it would fail.
    if (existsSync(temporary)) rmSync(temporary, { force: true });
  }
}

type Linking = (from: string, to: string) => void;

/** A link fails where the name exists, which a rename would replace. */
function placeNew(temporary: string, path: string, link: Linking): void {
  try {
    link(temporary, path);
  } catch (error) {
    // FAT, on which memory sticks come, has no hard links: the name is taken first.
    if (![...UNABLE, "EPERM"].includes(systemCode(error))) throw error;
    closeSync(openSync(path, "wx", FILE_MODE));
    try {
      renameSync(temporary, path);
    } catch (failure) {
      rmSync(path);
      throw failure;
    }
  }
}

/**
 * Makes a file that its owner alone may read; one of that name is left alone.
 * @param link how a file gets a second name, when not as the system does it; for tests
 * @throws SecretFileError
 */
export function writeSecretFile(
  path: string,
  content: Uint8Array | string,
  link: Linking = linkSync,
): void {
  writeBeside(path, content, (temporary) => placeNew(temporary, path, link));
}

/**
 * Replaces a file at one stroke: old and whole, or new and whole. It stays its owner's, also when
 * root does it. @throws SecretFileError
 */
export function replaceSecretFile(path: string, content: Uint8Array | string): void {
  writeBeside(path, content, (temporary) => {
    const former = statSync(path, { throwIfNoEntry: false });
    if (former !== undefined && process.getuid?.() === 0) {
      chownSync(temporary, former.uid, former.gid);
    }
    renameSync(temporary, path);
  });
}
