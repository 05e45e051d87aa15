// Puts a key under another passphrase in all files of the folder that have it: one left behind
// could still be opened as before. Each file is replaced at one stroke. A change that is cut short
// leaves every file whole, some as before and some as after, and the same change goes on then.

import { realpathSync } from "node:fs";
import { KeyFileError, sealKey } from "./key-file.ts";
import { type KeyStore, keyOfFile, type StoredKey } from "./key-store.ts";
import { replaceSecretFile } from "./secret-file.ts";

/** A copy, and the seed that a passphrase gives of it, or why it gives none. */
interface Opening {
  readonly copy: StoredKey;
  readonly seed: Uint8Array | null;
  readonly refusal: KeyFileError | null;
}

async function open(store: KeyStore, copy: StoredKey, passphrase: string | null): Promise<Opening> {
  try {
    return { copy, seed: await store.openSeed(copy, passphrase), refusal: null };
  } catch (error) {
    if (!(error instanceof KeyFileError) || error.code !== "PASSPHRASE") throw error;
    return { copy, seed: null, refusal: error };
  }
}

/** Whether a copy that the old passphrase does not open is under the new one already. */
async function isChanged(store: KeyStore, copy: StoredKey, next: string | null): Promise<boolean> {
  if (next === null) return false;
  const { seed } = await open(store, copy, next);
  seed?.fill(0);
  return seed !== null;
}

async function refusalOf(
  store: KeyStore,
  openings: readonly Opening[],
  next: string | null,
): Promise<KeyFileError | null> {
  const opened = openings.find(({ seed }) => seed !== null);
  for (const { copy, refusal } of openings) {
    if (refusal === null) continue;
    if (opened === undefined) return refusal;
    if (await isChanged(store, copy, next)) continue;
    const two = `The passphrase opens ${opened.copy.path}, but not ${copy.path}, which has the same key`;
    const fix = "move the one that is not wanted out of the folder. Nothing was changed";
    return new KeyFileError("PASSPHRASE", `${two}: ${fix}`);
  }
  return null;
}

/**
 * Puts a key under another passphrase, null for none. Returns its files, the one named by the key
 * first.
 * @throws KeyFileError, SecretFileError; when one of the files can't be opened, none is changed
 */
export async function changePassphrase(
  store: KeyStore,
  key: StoredKey,
  passphrase: string | null,
  next: string | null,
): Promise<readonly StoredKey[]> {
  const copies = store.copiesOf(key);
  const openings: Opening[] = [];
  try {
    for (const copy of copies) openings.push(await open(store, copy, passphrase));
    const refusal = await refusalOf(store, openings, next);
    if (refusal !== null) throw refusal;
    for (const { copy, seed } of openings) {
      // Of a link the file: it would go on to open as before, and the link be none.
      if (seed !== null) replaceSecretFile(realpathSync(copy.path), await sealKey(seed, next));
    }
  } finally {
    for (const { seed } of openings) seed?.fill(0);
  }
  return copies.map(({ path }) => keyOfFile(path));
}
