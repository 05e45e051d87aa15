// Keys that a command puts into the data directory, and how it says so.

import type { KeyStore, StoredKey } from "../../../keys/key-store.ts";
import { CommandError, EXIT } from "../../failure.ts";

export interface KeyFacts {
  readonly publicKey: string;
  readonly encrypted: boolean;
  readonly file: string;
}

export function factsOf(key: StoredKey): KeyFacts {
  return { publicKey: key.publicKey, encrypted: key.encrypted, file: key.path };
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** The key on standard output, what to know about its file on standard error. */
export function printKey(key: StoredKey, json: boolean, more: object = {}): void {
  if (json) {
    printJson({ ...factsOf(key), ...more });
    return;
  }
  process.stdout.write(`${key.publicKey}\n`);
  const how = key.encrypted
    ? "encrypted under your passphrase"
    : "NOT encrypted: whoever can read this file has the key (it is readable by you alone)";
  process.stderr.write(`Key file ${key.path}, ${how}.\n`);
}

/** Stores a seed and zeroes it. Null when the key is there already. */
export async function storeSeed(
  store: KeyStore,
  seed: Uint8Array,
  passphrase: string | null,
): Promise<StoredKey | null> {
  try {
    return await store.add(seed, passphrase);
  } finally {
    seed.fill(0);
  }
}

/** As `storeSeed`. @throws CommandError when the key is there already */
export async function storeNewSeed(
  store: KeyStore,
  seed: Uint8Array,
  passphrase: string | null,
): Promise<StoredKey> {
  const added = await storeSeed(store, seed, passphrase);
  if (added !== null) return added;
  const advice = "`convex-peer key list` shows it; nothing was changed";
  throw new CommandError(EXIT.CANTCREAT, `This key is in ${store.folder} already: ${advice}`);
}
