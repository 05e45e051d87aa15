// Keys that a command puts into the data directory, and how it says so.

import type { KeyStore, StoredKey } from "../../../keys/key-store.ts";
import { giveToFolderOwner } from "../../../store/file-owner.ts";
import { ownPeer } from "../../contact/own-peer.ts";
import { sealAdvice } from "../../emergency/sealing.ts";
import { CommandError, EXIT } from "../../failure.ts";
import { dataFolder } from "../../files/data-folder.ts";
import { shortKey } from "../../keys/account-key.ts";
import { guardClause } from "../../keys/key-file-guard.ts";
import { heldText, keyStoreOf } from "../../keys/stored-key.ts";
import { printJsonLine } from "../../terminal/json-line.ts";

export interface KeyFacts {
  readonly publicKey: string;
  readonly encrypted: boolean;
  readonly file: string;
}

/** What `--json` tells of a key, without opening it. */
export function factsOf(key: StoredKey): KeyFacts {
  return { publicKey: key.publicKey, encrypted: key.encrypted, file: key.path };
}

/** The key on standard output, what to know about its file on standard error. */
export function printKey(key: StoredKey, json: boolean, more: object = {}): void {
  if (json) {
    printJsonLine({ ...factsOf(key), ...more });
    return;
  }
  process.stdout.write(`${key.publicKey}\n`);
  process.stderr.write(`Key file ${key.path}, ${guardClause(key)}.\n`);
}

/** Stores a seed and zeroes it. Null when the key is there already. */
export async function storeSeed(
  store: KeyStore,
  seed: Uint8Array,
  passphrase: string | null,
): Promise<StoredKey | null> {
  try {
    const added = await store.add(seed, passphrase);
    // In the data directory of a service it must be the service's, as root's it could not be read.
    if (added !== null) for (const path of [store.folder, added.path]) giveToFolderOwner(path);
    return added;
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

/** Says what a second key in a data directory means for the peer, and one in a sealed directory. */
export async function warnOfSeveral(dataDir: string | undefined): Promise<void> {
  const { root } = dataFolder(dataDir);
  const sealed = sealAdvice(root);
  if (sealed !== null)
    process.stderr.write(`Warning: no peer starts in ${root}, which was ${sealed}.\n`);
  const store = keyStoreOf({ dataDir });
  const only = store.only();
  if (only.count < 2) return;
  const running = (await ownPeer(dataDir))?.peer ?? null;
  const whose =
    running === null
      ? "`convex-peer start` takes the one that its store belongs to; where there is no store yet, it " +
        'has to be told: --key HEX, or key = "HEX" under [start] in the configuration'
      : `The peer that runs here, ${shortKey(running)}, goes on with its own`;
  process.stderr.write(`Warning: ${store.folder} now holds ${heldText(only)}. ${whose}.\n`);
}
