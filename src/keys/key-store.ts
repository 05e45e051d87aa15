// The folder of key files: one a key, named by the public key. Files and folder are readable by their
// owner only; a key that is there is never overwritten.

import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { KeyPair } from "../crypto/ed25519.ts";
import { toHex } from "../crypto/hex.ts";
import { openKey, readKeyHeader, sealKey } from "./key-file.ts";

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const SUFFIX = ".json";

/** No key, or more than one, answers to what was asked for. */
export class KeyNotFoundError extends Error {}

export interface StoredKey {
  readonly publicKey: string;
  readonly encrypted: boolean;
  readonly path: string;
}

function writeNew(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  const fd = openSync(temporary, "wx", FILE_MODE);
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  try {
    // A link fails where the name exists, which a rename would replace.
    linkSync(temporary, path);
  } finally {
    unlinkSync(temporary);
  }
}

export class KeyStore {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Keys by public key, in order. @throws KeyFileError for a file that is not a key file */
  list(): StoredKey[] {
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
      .map((name) => {
        const path = join(this.folder, name);
        const { publicKey, encrypted } = readKeyHeader(readFileSync(path, "utf8"));
        return { publicKey: toHex(publicKey), encrypted, path };
      });
  }

  /** Adds a key. Returns null when this key is there already: the file stays as it is. */
  async add(seed: Uint8Array, passphrase: string | null): Promise<StoredKey | null> {
    const publicKey = toHex(KeyPair.fromSeed(seed).publicKey);
    mkdirSync(this.folder, { recursive: true, mode: FOLDER_MODE });
    chmodSync(this.folder, FOLDER_MODE);
    const path = join(this.folder, publicKey + SUFFIX);
    if (this.list().some((key) => key.publicKey === publicKey)) return null;
    writeNew(path, await sealKey(seed, passphrase));
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

  open(key: StoredKey, passphrase: string | null): Promise<KeyPair> {
    return openKey(readFileSync(key.path, "utf8"), passphrase);
  }
}

/** True when others than the owner may read the file. */
export function isReadableByOthers(path: string): boolean {
  return (statSync(path).mode & 0o077) !== 0;
}
