// Whether there are cells that may still change: views of the arguments of a running reduce (T37).
// While there are, no size is measured before it is needed: it could become wrong, and which sizes
// are known differs between peers.

// Nor is it in a block in which that leaves traces: to measure a view canonicalises it, also when
// its reduce has ended; and it builds the cells of a range, on which it depends whether slices of
// that share the leaves that are arrays (T34).

import { BlockValue } from "./run-memory.ts";

let open = 0;
/** Whether measuring may leave traces in a block. */
const traceable = new BlockValue(() => ({ wasMade: false }));

/** Nests: each call needs an `endUnsettled`, in a finally. */
export function beginUnsettled(): void {
  open++;
}

/** Ends the innermost `beginUnsettled`. */
export function endUnsettled(): void {
  open--;
}

/** Whether sizes must not be measured before they are needed. */
export function isUnsettled(): boolean {
  return open > 0;
}

/** Whether any was made in any block: only ever saves asking. */
let wereAny = false;

/** Notes that there is a view, or a Vector with a leaf that is an array. */
export function noteTraceable(): void {
  wereAny = true;
  const block = traceable.current;
  if (block !== null) block.wasMade = true;
}

/** Whether there may be such in the block that is being applied. */
export function hasTraceable(): boolean {
  return wereAny && traceable.current?.wasMade === true;
}
