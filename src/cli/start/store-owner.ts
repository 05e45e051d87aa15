// A store is of one peer: who has lost its key is told so before another one is made in its place.

import { join } from "node:path";
import { toHex } from "../../crypto/hex.ts";
import { CVM_TABLE } from "../../cvm/cvm-table.ts";
import { recordKey } from "../../peer/history/peer-record.ts";
import { sqliteStore } from "../../store/sqlite-store.ts";
import { sealedPath } from "../emergency/sealing.ts";
import { CommandError, EXIT } from "../failure.ts";
import type { DataFolder } from "../files/data-folder.ts";
import { isThere } from "../files/file-presence.ts";

/**
 * To be asked where no key is, before a new one is made.
 * @throws CommandError when the data directory has the store of a peer; StoreError when it can't be
 * read
 */
export function requireNoOwner(folder: DataFolder): void {
  if (!isThere(folder.store)) return;
  const owner = ownerOf(folder);
  if (owner === null) return;
  const missing = `The store of ${folder.root} belongs to peer 0x${owner}, and its key is not in ${folder.keys}`;
  const place = join(folder.keys, `${owner}.json`);
  const sealed = sealedPath(folder, owner);
  const ways = isThere(sealed)
    ? `it was sealed in an emergency: rename ${sealed} to undo it`
    : `bring it back by \`convex-peer key recover\` from its words, by \`key import\` from another ` +
      `tool's file, or put the backup of its file at ${place}`;
  const other = "use another --data-dir for a new peer";
  throw new CommandError(EXIT.CONFIG, `${missing}: ${ways}; or ${other}. No key was made`);
}

function ownerOf(folder: DataFolder): string | null {
  const store = sqliteStore(folder.root, CVM_TABLE);
  try {
    const key = recordKey(store);
    return key === null ? null : toHex(key);
  } finally {
    store.close();
  }
}
