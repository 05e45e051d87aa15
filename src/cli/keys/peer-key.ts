// The key a peer runs with: a key file named by the operator, a key of the data directory, or, in
// an empty one, a new key.

import type { KeyPair } from "../../crypto/ed25519.ts";
import { type KeyStore, keyOfFile, type StoredKey } from "../../keys/key-store.ts";
import { CommandError, EXIT } from "../failure.ts";
import { newSeed } from "./new-seed.ts";
import {
  fileFlag,
  givenPassphrase,
  openingPassphrase,
  type PassphraseFlags,
  passphraseFlags,
} from "./passphrase.ts";
import { heldText, keyFlag, keyStoreIn } from "./stored-key.ts";

export interface PeerKeyFlags extends PassphraseFlags {
  readonly key?: string | undefined;
  readonly keyFile?: string | undefined;
}

export const peerKeyFlags = {
  key: keyFlag,
  keyFile: fileFlag("Key file to use, instead of one in the data directory"),
  ...passphraseFlags,
} as const;

export interface PeerKey {
  readonly stored: StoredKey;
  readonly keyPair: KeyPair;
}

async function chooseKey(
  keys: KeyStore,
  flags: PeerKeyFlags,
  beforeNew: () => void,
  passphrase: string | null,
): Promise<StoredKey> {
  if (flags.keyFile !== undefined) {
    if (flags.key === undefined) return keyOfFile(flags.keyFile);
    throw new CommandError(EXIT.USAGE, "Give --key or --key-file, not both");
  }
  if (flags.key !== undefined) return keys.find(flags.key);
  const only = keys.only();
  const { key, count } = only;
  if (count > 1) {
    const advice = "say which with --key HEX (`convex-peer key list` shows them)";
    throw new CommandError(EXIT.CONFIG, `${keys.folder} holds ${heldText(only)}: ${advice}`);
  }
  if (key !== null) return key;
  beforeNew();
  const added = await keys.add(newSeed(), passphrase);
  if (added === null) throw new Error("a new key was there already");
  return added;
}

/**
 * @param beforeNew throws when there must not be a new key
 * @throws KeyNotFoundError, KeyFileError, SecretFileError, CommandError
 */
export async function peerKey(
  folder: string,
  flags: PeerKeyFlags,
  beforeNew: () => void,
): Promise<PeerKey> {
  const keys = keyStoreIn(folder);
  // Read once: a descriptor gives its passphrase only once.
  const given = givenPassphrase(flags);
  const stored = await chooseKey(keys, flags, beforeNew, given);
  const passphrase = given ?? (await openingPassphrase({}, stored));
  return { stored, keyPair: await keys.open(stored, passphrase) };
}
