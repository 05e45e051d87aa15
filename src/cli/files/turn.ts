// One process at a time: flock(2) on a file or folder that all of them open. The system lets go of
// it when its holder ends, however it ends.

import { openCLibrary } from "../../net/c-library.ts";
import type { CommandError } from "../failure.ts";

const LOCK_EX = 2;
const LOCK_NB = 4;
const LOOK_MS = 20;

/**
 * Runs `work` while nobody else holds what is open; it can be had by others again once the
 * descriptor is closed, which is up to who opened it.
 * @param late what to say where somebody else holds it for longer
 * @throws CommandError `late`; then nothing was done
 */
export async function turnAt<T>(
  fd: number,
  timeoutMs: number,
  late: () => CommandError,
  work: () => Promise<T>,
): Promise<T> {
  const library = openCLibrary({ flock: { args: ["i32", "i32"], returns: "i32" } });
  const deadline = performance.now() + timeoutMs;
  try {
    while (library !== null && library.symbols.flock(fd, LOCK_EX | LOCK_NB) !== 0) {
      if (performance.now() > deadline) throw late();
      await Bun.sleep(LOOK_MS);
    }
    return await work();
  } finally {
    library?.close();
  }
}
