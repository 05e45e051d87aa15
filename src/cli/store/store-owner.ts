// A store is of one peer. Its key is the one that is meant among several, and who has lost it is
// told so before another one is made in its place.

import { join } from "node:path";
import { toHex } from "../../crypto/hex.ts";
import { CVM_TABLE } from "../../cvm/cvm-table.ts";
import { recordKey } from "../../peer/history/peer-record.ts";
import { sqliteStore } from "../../store/sqlite-store.ts";
import { type Store, StoreError } from "../../store/store.ts";
import { sealedPath } from "../emergency/sealing.ts";
import { CommandError, EXIT } from "../failure.ts";
import type { DataFolder } from "../files/data-folder.ts";
import { isThere } from "../files/file-presence.ts";
import { readStore } from "./open-store.ts";

/**
 * Public key in hex of the peer that the store of a data directory belongs to, null without one.
 * @throws StoreError when it can't be read, or another process has it
 */
export function storeOwner(folder: DataFolder): string | null {
  return isThere(folder.store) ? ownerOf(sqliteStore(folder.root, CVM_TABLE)) : null;
}

/**
 * As `storeOwner`, but read beside whoever writes to it: a peer that is stopped, or hangs, can't be
 * asked. Null also when it does not say.
 */
export function storeOwnerIfKnown(folder: DataFolder): string | null {
  try {
    return isThere(folder.store) ? ownerOf(readStore(folder.store).store) : null;
  } catch (error) {
    // Who asks can name the peer; what is wrong with the store is for `store check`.
    if (error instanceof StoreError || error instanceof CommandError) return null;
    throw error;
  }
}

/** Null for an empty store; closes it. @throws StoreError when it can't be read */
function ownerOf(store: Store): string | null {
  try {
    const key = recordKey(store);
    return key === null ? null : toHex(key);
  } finally {
    store.close();
  }
}

/** What to say where the key of a store's owner is not among those of the data directory. */
export function ownerMissing(folder: DataFolder, owner: string): CommandError {
  const missing = `The store of ${folder.root} belongs to peer 0x${owner}, and its key is not in ${folder.keys}`;
  const place = join(folder.keys, `${owner}.json`);
  const sealed = sealedPath(folder, owner);
  const ways = isThere(sealed)
    ? `it was sealed in an emergency: rename ${sealed} to undo it`
    : `bring it back by \`convex-peer key recover\` from its words, by \`key import\` from another ` +
      `tool's file, or put the backup of its file at ${place}`;
  const other = "use another --data-dir for a new peer";
  return new CommandError(EXIT.CONFIG, `${missing}: ${ways}; or ${other}. No key was made`);
}
