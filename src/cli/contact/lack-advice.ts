// What the operator can do for a peer that lacks others.

import type { Lack } from "../../peer/rounds/standing.ts";

const ADVICE: Readonly<Record<Lack, string>> = {
  others:
    "See that the others run (`convex-peer peers list` has those connected), and connect to the rest: " +
    "`convex-peer peers connect HOST:PORT`",
  "word since its backup":
    "Restored from a backup, this peer votes only when it has heard the others: " +
    "start it with --join HOST:PORT, or name one with `convex-peer peers connect HOST:PORT`",
};

/** Null when there is nothing to do; peers of earlier versions tell no lack. */
export function lackAdvice(lack: Lack | null | undefined): string | null {
  return lack == null ? null : ADVICE[lack];
}
