// The key a command is about: the one that a prefix names, or the only one there is.

import { KeyNotFoundError, KeyStore, type StoredKey } from "../keys/key-store.ts";
import { dataFolder } from "./data-folder.ts";
import { CommandError, EXIT } from "./failure.ts";
import { dataDirFlag } from "./flags.ts";

export interface KeyChoiceFlags {
  readonly dataDir?: string | undefined;
  readonly key?: string | undefined;
}

export const keyFlag = {
  kind: "parsed",
  parse: String,
  optional: true,
  placeholder: "HEX",
  brief: "Beginning of the public key meant (not needed when there is one key)",
} as const;

export const keyChoiceFlags = { dataDir: dataDirFlag, key: keyFlag } as const;

/** The keys of the data directory, `--data-dir` or the usual one; it need not be there. */
export function keyStoreOf(flags: { readonly dataDir?: string | undefined }): KeyStore {
  return new KeyStore(dataFolder(flags.dataDir).keys);
}

/**
 * @param flag the one that names a key, for advice
 * @throws KeyNotFoundError, CommandError when there are several and none was named
 */
export function chosenKey(flags: KeyChoiceFlags, flag = "--key"): StoredKey {
  const store = keyStoreOf(flags);
  if (flags.key !== undefined) return store.find(flags.key);
  const keys = store.list();
  const [only] = keys;
  if (only === undefined) {
    throw new KeyNotFoundError(`No keys in ${store.folder}: \`convex-peer key new\` makes one`);
  }
  if (keys.length === 1) return only;
  const advice = `say which with ${flag} HEX (\`convex-peer key list\` shows them)`;
  throw new CommandError(EXIT.CONFIG, `${store.folder} holds ${keys.length} keys: ${advice}`);
}
