// Where a peer keeps its things when no --data-dir is given (decisions: configuration).

import { join, resolve } from "node:path";
import { requireAccess } from "./file-presence.ts";
import { userFolder } from "./user-folder.ts";

/** Where a service of the machine has its data, and root by default. */
export const SYSTEM_FOLDER = "/var/lib/convex-peer";

/** `/var/lib/convex-peer` for root, else `$XDG_DATA_HOME/convex-peer`. */
export function defaultDataFolder(): string {
  if (process.getuid?.() === 0) return SYSTEM_FOLDER;
  return join(userFolder("XDG_DATA_HOME", ".local", "share"), "convex-peer");
}

/** File of the bans, and socket of the operator, in the data directory. */
export const BANS_FILE = "bans.json";
export const OPERATOR_SOCKET = "operator.sock";

export interface DataFolder {
  readonly root: string;
  readonly keys: string;
  readonly store: string;
}

/** The places inside a data directory, whether or not this user may look at them. */
export function placesOf(given: string | undefined): DataFolder {
  const root = resolve(given ?? defaultDataFolder());
  return { root, keys: join(root, "keys"), store: join(root, "store.db") };
}

/**
 * The places inside a data directory, which may be absent.
 * @throws SystemFailure PERMISSION when it is there and closed to this user
 */
export function dataFolder(given: string | undefined): DataFolder {
  const folder = placesOf(given);
  requireAccess(folder.root);
  return folder;
}
