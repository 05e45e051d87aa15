// The key a command is about: the one that a prefix names, or the only one there is.

import {
  type KeyFault,
  KeyNotFoundError,
  KeyStore,
  type OnlyKey,
  type StoredKey,
} from "../../keys/key-store.ts";
import { CommandError, EXIT } from "../failure.ts";
import { dataFolder } from "../files/data-folder.ts";
import { dataDirFlag, parseFilled } from "../flags.ts";
import { type Warn, warnPlainly } from "../log/notices.ts";

export interface KeyChoiceFlags {
  readonly dataDir?: string | undefined;
  readonly key?: string | undefined;
}

export const keyFlag = {
  kind: "parsed",
  parse: parseFilled,
  optional: true,
  placeholder: "HEX",
  brief: "Beginning of the public key meant (not needed when there is one key)",
} as const;

export const keyChoiceFlags = { dataDir: dataDirFlag, key: keyFlag } as const;

/** What this process has told of files. */
const told = new Set<string>();

function warnOfFault({ error: { message } }: KeyFault, warn: Warn): void {
  if (told.has(message)) return;
  told.add(message);
  warn(`${message}.`);
}

/** The keys in a folder: bad files beside those that a command needs are told of, once. */
export function keyStoreIn(folder: string, warn: Warn = warnPlainly): KeyStore {
  return new KeyStore(folder, (fault) => warnOfFault(fault, warn));
}

/** The keys of the data directory, `--data-dir` or the usual one; it need not be there. */
export function keyStoreOf(flags: { readonly dataDir?: string | undefined }): KeyStore {
  return keyStoreIn(dataFolder(flags.dataDir).keys);
}

/** How many keys there are, where there are several to choose from. */
export function heldText({ count, badCount }: OnlyKey): string {
  const good = count - badCount;
  const keys = good === 1 ? "1 key" : `${good} keys`;
  if (badCount === 0) return keys;
  const files = badCount === 1 ? "a bad file of another" : `bad files of ${badCount} others`;
  return `${keys} and ${files}`;
}

/**
 * @param flag the one that names a key, for advice
 * @throws KeyNotFoundError, CommandError when there are several and none was named
 */
export function chosenKey(flags: KeyChoiceFlags, flag = "--key"): StoredKey {
  const store = keyStoreOf(flags);
  if (flags.key !== undefined) return store.find(flags.key);
  const only = store.only();
  const { key, count } = only;
  if (key === null) {
    const other = flag === "--key" ? "" : `, or say which with ${flag} HEX`;
    const advice = `\`convex-peer key new\` makes one${other}`;
    throw new KeyNotFoundError(`No keys in ${store.folder}: ${advice}`);
  }
  if (count === 1) return key;
  const advice = `say which with ${flag} HEX (\`convex-peer key list\` shows them)`;
  throw new CommandError(EXIT.CONFIG, `${store.folder} holds ${heldText(only)}: ${advice}`);
}
