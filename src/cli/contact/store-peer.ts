// Whose peer's the store of a data directory is, read beside whoever writes to it: a peer that is
// stopped, or hangs, can't be asked.

import { join } from "node:path";
import { STORE_FILE } from "../../store/sqlite-file.ts";
import { StoreError } from "../../store/store.ts";
import { CommandError } from "../failure.ts";
import { isThere } from "../files/file-presence.ts";
import { ownerOf, readStore } from "../store/open-store.ts";

/** Public key in hex; null without a store, or when it does not say. */
export function storePeer(folder: string): string | null {
  const path = join(folder, STORE_FILE);
  try {
    return isThere(path) ? ownerOf(readStore(path).store) : null;
  } catch (error) {
    // Who asks can name the peer; what is wrong with the store is for `store check`.
    if (error instanceof StoreError || error instanceof CommandError) return null;
    throw error;
  }
}
