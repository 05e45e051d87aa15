// The key a peer runs with: a key file named by the operator, a key of the data directory (among
// several the one that its store belongs to) or, in an empty one, a new key.

import { mkdirSync } from "node:fs";
import type { KeyPair } from "../../crypto/ed25519.ts";
import { type KeyStore, keyOfFile, type OnlyKey, type StoredKey } from "../../keys/key-store.ts";
import { giveToFolderOwner } from "../../store/file-owner.ts";
import { lockStore } from "../../store/sqlite-store.ts";
import { CommandError, EXIT } from "../failure.ts";
import type { DataFolder } from "../files/data-folder.ts";
import { sayAsLog, warnAsLog } from "../log/notices.ts";
import { ownerMissing, storeOwner } from "../store/store-owner.ts";
import { shortKey } from "./account-key.ts";
import { newSeed } from "./new-seed.ts";
import {
  fileFlag,
  givenPassphrase,
  openingPassphrase,
  type PassphraseFlags,
  passphraseFlags,
  warnIfInClear,
} from "./passphrase.ts";
import { heldText, keyFlag, keyStoreIn } from "./stored-key.ts";

const OWNER_ONLY = 0o700;

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

/** The one among several that the store belongs to. @throws CommandError when it belongs to none */
function ownersKey(keys: KeyStore, only: OnlyKey, folder: DataFolder): StoredKey {
  const owner = storeOwner(folder);
  if (owner === null) {
    const advice = "say which with --key HEX (`convex-peer key list` shows them)";
    throw new CommandError(EXIT.CONFIG, `${keys.folder} holds ${heldText(only)}: ${advice}`);
  }
  const { keys: good, faults } = keys.inventory();
  const isHere = [...good, ...faults].some(({ publicKey }) => publicKey === owner);
  if (!isHere) throw ownerMissing(folder, owner);
  const found = keys.find(owner);
  const which = `of its ${heldText(only)} the peer takes the one that its store belongs to`;
  sayAsLog("peer", "info", `${keys.folder}: ${which}, ${shortKey(owner)}.`);
  return found;
}

async function chooseKey(
  keys: KeyStore,
  flags: PeerKeyFlags,
  folder: DataFolder,
  passphrase: string | null,
): Promise<StoredKey> {
  if (flags.keyFile !== undefined) {
    if (flags.key === undefined) return keyOfFile(flags.keyFile);
    throw new CommandError(EXIT.USAGE, "Give --key or --key-file, not both");
  }
  if (flags.key !== undefined) return keys.find(flags.key);
  const only = keys.only();
  const { key, count } = only;
  if (count > 1) return ownersKey(keys, only, folder);
  if (key !== null) return key;
  const owner = storeOwner(folder);
  if (owner !== null) throw ownerMissing(folder, owner);
  return firstKey(keys, folder, passphrase);
}

/** A new key, made while no other process begins here, which would make another one. */
async function firstKey(
  keys: KeyStore,
  folder: DataFolder,
  passphrase: string | null,
): Promise<StoredKey> {
  mkdirSync(keys.folder, { recursive: true, mode: OWNER_ONLY });
  // As root it is made for the service whose data directory it is, which could not read it.
  giveToFolderOwner(keys.folder);
  const lock = lockStore(folder.root);
  try {
    const { key: made } = keys.only();
    if (made !== null) return made;
    const added = await keys.add(newSeed(), passphrase);
    if (added === null) throw new Error("a new key was there already");
    giveToFolderOwner(added.path);
    return added;
  } finally {
    lock.release();
  }
}

/**
 * The key for the peer of a data directory, which may have its store there.
 * @throws KeyNotFoundError, KeyFileError, SecretFileError, CommandError; StoreError when the store
 * must be asked, and can't be read
 */
export async function peerKey(folder: DataFolder, flags: PeerKeyFlags): Promise<PeerKey> {
  const keys = keyStoreIn(folder.keys, warnAsLog);
  // Read once: a descriptor gives its passphrase only once.
  const given = givenPassphrase(flags, warnAsLog);
  const stored = await chooseKey(keys, flags, folder, given);
  warnIfInClear(given, stored, warnAsLog);
  const passphrase = given ?? (await openingPassphrase({}, stored));
  return { stored, keyPair: await keys.open(stored, passphrase) };
}
