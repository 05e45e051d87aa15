// The folder of key files: one a key, named by the public key. Files and folder are readable by
// their owner only; a key that is there is never overwritten.

import { mkdirSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { KeyPair } from "../crypto/ed25519.ts";
import { toHex } from "../crypto/hex.ts";
import { systemCode } from "../system/system-code.ts";
import { KeyFileError, openKey, openSeed, readKeyHeader, sealKey } from "./key-file.ts";
import { readKeyFile, SecretFileError, setMode, writeSecretFile } from "./secret-file.ts";

const FOLDER_MODE = 0o700;
const SUFFIX = ".json";

/** No key, or more than one, answers to what was asked for. */
export class KeyNotFoundError extends Error {}

export interface StoredKey {
  readonly publicKey: string;
  readonly encrypted: boolean;
  readonly path: string;
}

/** By public key; of several files with one key, the one that is named by it comes first. */
function inOrder(a: StoredKey, b: StoredKey): number {
  if (a.publicKey !== b.publicKey) return a.publicKey < b.publicKey ? -1 : 1;
  const isNamedSo = ({ path, publicKey }: StoredKey) => basename(path) === publicKey + SUFFIX;
  return Number(isNamedSo(b)) - Number(isNamedSo(a));
}

function textOf(path: string): string {
  return new TextDecoder().decode(readKeyFile(path));
}

/** The key in a key file, wherever it lies. @throws KeyFileError, SecretFileError */
export function keyOfFile(path: string): StoredKey {
  try {
    const { publicKey, encrypted } = readKeyHeader(textOf(path));
    return { publicKey: toHex(publicKey), encrypted, path };
  } catch (error) {
    if (!(error instanceof KeyFileError)) throw error;
    throw new KeyFileError(error.code, `${path}: ${error.message}`);
  }
}

/** A file that is no key file, or that can't be read. */
export interface KeyFault {
  readonly path: string;
  /** Public key in hex that the file's name says it is of, null for another name. */
  readonly publicKey: string | null;
  /** Names the file, and says what to do. */
  readonly error: KeyFileError | SecretFileError;
}

const KEY_NAME = /^([0-9a-f]{64})\.json$/;

const FIX =
  "move the file away, and put a backup of it in its place, or bring a key that was in it back by " +
  "`convex-peer key recover`";

/** @throws what is no fault of the file's */
function faultOf(path: string, error: unknown): KeyFault {
  const publicKey = KEY_NAME.exec(basename(path))?.[1] ?? null;
  if (error instanceof SecretFileError) return { path, publicKey, error };
  if (!(error instanceof KeyFileError)) throw error;
  if (error.code !== "FORMAT") return { path, publicKey, error };
  return { path, publicKey, error: new KeyFileError(error.code, `${error.message}; ${FIX}`) };
}

/** What opening a file gives; damage that shows then names the file, and says what to do. */
async function opened<T>(path: string, open: (text: string) => Promise<T>): Promise<T> {
  try {
    return await open(textOf(path));
  } catch (error) {
    if (!(error instanceof KeyFileError) || error.code !== "FORMAT") throw error;
    throw new KeyFileError(error.code, `${path}: ${error.message}; ${FIX}`);
  }
}

/** The key pair in a key file, wherever it lies. @throws KeyFileError, SecretFileError */
export async function openStored(key: StoredKey, passphrase: string | null): Promise<KeyPair> {
  return opened(key.path, (text) => openKey(text, passphrase));
}

/** What a folder of key files holds. */
export interface KeyInventory {
  /** By public key, in order: all files, of which several may have one key. */
  readonly keys: readonly StoredKey[];
  readonly faults: readonly KeyFault[];
}

/** The key that is meant when nobody says which. */
export interface OnlyKey {
  /** Null when there is none. */
  readonly key: StoredKey | null;
  /** Number of keys to choose from, with those whose own files are bad. */
  readonly count: number;
  /** How many of them are in bad files alone. */
  readonly badCount: number;
}

function refuse({ error }: KeyFault): void {
  throw error;
}

/** A folder of key files; one that is not there is empty, and is made with the first key. */
export class KeyStore {
  readonly folder: string;
  readonly #passOver: (fault: KeyFault) => void;

  /** @param passOver is told of bad files beside the keys asked for; without it they are errors */
  constructor(folder: string, passOver: (fault: KeyFault) => void = refuse) {
    this.folder = folder;
    this.#passOver = passOver;
  }

  /**
   * Keys by public key, in order. @throws KeyFileError, SecretFileError unless bad files are passed
   * over
   */
  list(): readonly StoredKey[] {
    const { keys, faults } = this.inventory();
    faults.forEach(this.#passOver);
    return keys;
  }

  /** All there is, good and bad. */
  inventory(): KeyInventory {
    const keys: StoredKey[] = [];
    const faults: KeyFault[] = [];
    for (const path of this.#paths()) {
      try {
        keys.push(keyOfFile(path));
      } catch (error) {
        faults.push(faultOf(path, error));
      }
    }
    return { keys: keys.sort(inOrder), faults };
  }

  /**
   * The key there is. That a file goes bad must not make another key the one that is meant: it
   * counts as long as its name says of which key it is.
   * @throws KeyFileError, SecretFileError when all files are bad
   */
  only(): OnlyKey {
    const { keys, faults } = this.inventory();
    const [fault] = faults;
    const [key = null] = keys;
    if (key === null && fault !== undefined) throw fault.error;
    faults.forEach(this.#passOver);
    const known = new Set(keys.map(({ publicKey }) => publicKey));
    const named = faults.map(({ publicKey }) => publicKey).filter((each) => each !== null);
    const count = known.union(new Set(named)).size;
    return { key, count, badCount: count - known.size };
  }

  #paths(): string[] {
    let names: string[];
    try {
      names = readdirSync(this.folder);
    } catch (error) {
      if (systemCode(error) === "ENOENT") return [];
      throw error;
    }
    return names
      .filter((name) => name.endsWith(SUFFIX))
      .sort()
      .map((name) => join(this.folder, name));
  }

  /** Adds a key. Returns null when this key is there already: the file stays as it is. */
  async add(seed: Uint8Array, passphrase: string | null): Promise<StoredKey | null> {
    const publicKey = toHex(KeyPair.fromSeed(seed).publicKey);
    mkdirSync(this.folder, { recursive: true, mode: FOLDER_MODE });
    setMode(this.folder, FOLDER_MODE);
    const path = join(this.folder, publicKey + SUFFIX);
    if (this.list().some((key) => key.publicKey === publicKey)) return null;
    writeSecretFile(path, await sealKey(seed, passphrase));
    return { publicKey, encrypted: passphrase !== null, path };
  }

  /**
   * The one key whose hex begins with the prefix.
   * @throws KeyNotFoundError; KeyFileError, SecretFileError when it is in a bad file
   */
  find(prefix: string): StoredKey {
    const wanted = prefix.toLowerCase().replace(/^0x/, "");
    const { keys, faults } = this.inventory();
    const found = keys.filter((key) => key.publicKey.startsWith(wanted));
    const isNamedSo = ({ publicKey }: KeyFault) => publicKey?.startsWith(wanted) === true;
    const [key] = found;
    const bad = faults.find(isNamedSo);
    if (key === undefined && bad !== undefined) throw bad.error;
    faults.forEach(this.#passOver);
    const meant = [...found, ...faults.filter(isNamedSo)].map(({ publicKey }) => publicKey);
    const { size } = new Set(meant);
    if (size === 1 && key !== undefined) return key;
    const count = size === 0 ? "No key" : `${size} keys`;
    throw new KeyNotFoundError(
      `${count} in ${this.folder} begins with '${prefix}': \`convex-peer key list\` shows them`,
    );
  }

  /** All files that have a key, the one that is named by it first. */
  copiesOf({ publicKey }: StoredKey): readonly StoredKey[] {
    return this.inventory().keys.filter((each) => each.publicKey === publicKey);
  }

  /** @throws KeyFileError PASSPHRASE when it is wrong or missing */
  async open(key: StoredKey, passphrase: string | null): Promise<KeyPair> {
    return openStored(key, passphrase);
  }

  /** The key's 32-byte seed: the caller zeroes it when done. @throws KeyFileError as `open` does */
  async openSeed(key: StoredKey, passphrase: string | null): Promise<Uint8Array> {
    return opened(key.path, (text) => openSeed(text, passphrase));
  }
}
