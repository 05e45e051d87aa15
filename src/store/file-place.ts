// Whether the files that a store has open are still in their place. The system lets a process go on
// with a file that was removed: all that is written to it, and told to clients, is lost at its end.

import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { systemCode } from "../system/system-code.ts";
import { StoreError } from "./store.ts";

/** Null when there is none; undefined when that can't be seen. */
function identityOf(path: string): string | null | undefined {
  try {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch (error) {
    return systemCode(error) === "ENOENT" ? null : undefined;
  }
}

/** Of one opening of a store: another file may be opened later under the same names. */
export class FilePlace {
  /** Which file is open under each name; null for one that is made later. */
  readonly #open = new Map<string, string | null>();

  constructor(paths: readonly string[]) {
    for (const path of paths) this.#open.set(path, identityOf(path) ?? null);
  }

  /** @throws StoreError IO while a file is not in its place */
  require(): void {
    for (const [path, open] of this.#open) {
      const found = identityOf(path);
      if (found === undefined || found === open) continue;
      if (open !== null) throw lost(path);
      this.#open.set(path, found);
    }
  }
}

function lost(path: string): StoreError {
  const folder = dirname(path);
  const goesOn = "and the peer goes on by itself";
  if (!existsSync(folder)) {
    const fix = `Bring it back, ${goesOn}; or stop the peer, and start it with its new --data-dir`;
    return new StoreError(
      "IO",
      `The data directory ${folder} is gone: nothing is written. ${fix}.`,
    );
  }
  const what = `${path} was removed or replaced while this peer has it open`;
  const fix = `Move it back, ${goesOn}; or stop the peer, and restore a backup or start it with --join`;
  return new StoreError("IO", `${what}: nothing is written, which would be lost. ${fix}.`);
}
