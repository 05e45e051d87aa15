// Whether a network can begin with a State that somebody else has made.

import { MissingDataError } from "../data/cell.ts";
import { isHostFailure } from "../state/host-error.ts";
import type { State } from "../state/state.ts";

/** What every peer reads of a State before it does anything. */
const PARTS: readonly ((state: State) => unknown)[] = [
  (state) => state.accounts,
  (state) => state.peers,
  (state) => state.schedule,
  (state) => state.timestamp,
  (state) => state.juicePrice,
];

/** Why no peer can begin with a State: a part of it is of another kind. Null when one can. */
export function genesisFault(state: State): string | null {
  try {
    for (const read of PARTS) read(state);
    return null;
  } catch (error) {
    if (isHostFailure(error) || error instanceof MissingDataError) return error.message;
    throw error;
  }
}
