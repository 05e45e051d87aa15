// The folder of key files: one a key, named by the public key. Files and folder are readable by
// their owner only; a key that is there is never overwritten.

import { chmodSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { KeyPair } from "../crypto/ed25519.ts";
import { toHex } from "../crypto/hex.ts";
import { KeyFileError, openKey, openSeed, readKeyHeader, sealKey } from "./key-file.ts";
import {
  readContainerFile,
  replaceSecretFile,
  SecretFileError,
  writeSecretFile,
} from "./secret-file.ts";

const FOLDER_MODE = 0o700;
const SUFFIX = ".json";

/** No key, or more than one, answers to what was asked for. */
export class KeyNotFoundError extends Error {}

export interface StoredKey {
  readonly publicKey: string;
  readonly encrypted: boolean;
  readonly path: string;
}

function textOf(path: string): string {
  return new TextDecoder().decode(readContainerFile(path));
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

/** What a folder of key files holds. */
export interface KeyInventory {
  /** By public key, in order. */
  readonly keys: readonly StoredKey[];
  /** Of files that are no key files, or that can't be read; each names its file. */
  readonly faults: readonly (KeyFileError | SecretFileError)[];
}

/** A folder of key files; one that is not there is empty, and is made with the first key. */
export class KeyStore {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Keys by public key, in order. @throws KeyFileError, SecretFileError for a bad file */
  list(): StoredKey[] {
    return this.#paths().map(keyOfFile);
  }

  /** As `list`, past files that are bad. */
  inventory(): KeyInventory {
    const keys: StoredKey[] = [];
    const faults: (KeyFileError | SecretFileError)[] = [];
    for (const path of this.#paths()) {
      try {
        keys.push(keyOfFile(path));
      } catch (error) {
        if (!(error instanceof KeyFileError || error instanceof SecretFileError)) throw error;
        faults.push(error);
      }
    }
    return { keys, faults };
  }

  #paths(): string[] {
    let names: string[];
    try {
      names = readdirSync(this.folder);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
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
    chmodSync(this.folder, FOLDER_MODE);
    const path = join(this.folder, publicKey + SUFFIX);
    if (this.list().some((key) => key.publicKey === publicKey)) return null;
    writeSecretFile(path, await sealKey(seed, passphrase));
    return { publicKey, encrypted: passphrase !== null, path };
  }

  /** The one key whose hex begins with the prefix. @throws KeyNotFoundError */
  find(prefix: string): StoredKey {
    const wanted = prefix.toLowerCase().replace(/^0x/, "");
    const found = this.list().filter((key) => key.publicKey.startsWith(wanted));
    const [key] = found;
    if (found.length === 1 && key !== undefined) return key;
    const count = found.length === 0 ? "No key" : `${found.length} keys`;
    throw new KeyNotFoundError(
      `${count} in ${this.folder} begins with '${prefix}': \`convex-peer key list\` shows them`,
    );
  }

  /** @throws KeyFileError PASSPHRASE when it is wrong or missing */
  async open(key: StoredKey, passphrase: string | null): Promise<KeyPair> {
    return openKey(textOf(key.path), passphrase);
  }

  /** The key's 32-byte seed: the caller zeroes it when done. @throws KeyFileError as `open` does */
  async openSeed(key: StoredKey, passphrase: string | null): Promise<Uint8Array> {
    return openSeed(textOf(key.path), passphrase);
  }

  /** Puts the key under another passphrase, null for none. @throws KeyFileError as `open` does */
  async changePassphrase(
    key: StoredKey,
    passphrase: string | null,
    next: string | null,
  ): Promise<StoredKey> {
    const seed = await this.openSeed(key, passphrase);
    try {
      replaceSecretFile(key.path, await sealKey(seed, next));
    } finally {
      seed.fill(0);
    }
    return keyOfFile(key.path);
  }
}
