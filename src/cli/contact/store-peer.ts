// Whose peer's the store of a data directory is, read beside whoever writes to it: a peer that is
// stopped, or hangs, can't be asked.

import { join } from "node:path";
import { toHex } from "../../crypto/hex.ts";
import { recordKey } from "../../peer/history/peer-record.ts";
import { STORE_FILE } from "../../store/sqlite-file.ts";
import { StoreError } from "../../store/store.ts";
import { CommandError } from "../failure.ts";
import { isThere } from "../files/file-presence.ts";
import { readStore } from "../store/open-store.ts";

/** Public key in hex; null without a store, or when it does not say. */
export function storePeer(folder: string): string | null {
  const path = join(folder, STORE_FILE);
  if (!isThere(path)) return null;
  try {
    const { store } = readStore(path);
    try {
      const key = recordKey(store);
      return key === null ? null : toHex(key);
    } finally {
      store.close();
    }
  } catch (error) {
    // Who asks can name the peer; what is wrong with the store is for `store check`.
    if (error instanceof StoreError || error instanceof CommandError) return null;
    throw error;
  }
}
