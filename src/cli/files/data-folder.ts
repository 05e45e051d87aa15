// Where a peer keeps its things when no --data-dir is given.

import { join, resolve } from "node:path";
import { CommandError, EXIT } from "../failure.ts";
import { requireAccess } from "./file-presence.ts";
import { userFolder } from "./user-folder.ts";

/** Where a service of the machine has its data, and root by default. */
export const SYSTEM_FOLDER = "/var/lib/convex-peer";

/**
 * `/var/lib/convex-peer` for root, else `$XDG_DATA_HOME/convex-peer`; null for a user without a
 * home.
 */
export function defaultDataFolder(): string | null {
  if (process.getuid?.() === 0) return SYSTEM_FOLDER;
  const folder = userFolder("XDG_DATA_HOME", [".local", "share"]);
  return folder === null ? null : join(folder, "convex-peer");
}

/** File of the bans, and socket of the operator, in the data directory. */
export const BANS_FILE = "bans.json";
export const OPERATOR_SOCKET = "operator.sock";

export interface DataFolder {
  readonly root: string;
  readonly keys: string;
  readonly store: string;
}

/** @param usual the default one, null where there is none @throws CommandError without any */
export function rootOf(given: string | undefined, usual = defaultDataFolder()): string {
  const root = given ?? usual;
  if (root !== null) return resolve(root);
  const why = "This user has no home for the data directory";
  throw new CommandError(EXIT.CONFIG, `${why}: name one with --data-dir DIR, or set HOME`);
}

/** The places inside a data directory, whether or not this user may look at them. */
export function placesOf(given: string | undefined): DataFolder {
  const root = rootOf(given);
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
