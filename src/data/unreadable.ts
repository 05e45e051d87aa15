// Counts the cells made so far that could never be decoded again (T48): an Index of one entry that
// has none, or has it under what is no key; an Index with a child that has no digit; a Vector (or
// the List of one) with more or fewer children than its count requires. They come of hand-made
// cells, and of a Vector of 2^32 elements. As in the reference code may make and use them. But when
// any were made, whatever is to be stored is searched for them (readable.ts).

import { BlockValue } from "./run-memory.ts";

let made = 0;
/** Whether any was made in a block. */
const inBlock = new BlockValue(() => ({ wereMade: false }));

/** How many this process has made: while it does not change, there are no new ones. */
export function unreadableMade(): number {
  return made;
}

/** Notes that one was made. */
export function noteUnreadable(): void {
  made++;
  const block = inBlock.current;
  if (block !== null) block.wereMade = true;
}

/** Whether there may be such cells in the block that is being applied. */
export function mayBeUnreadable(): boolean {
  return made > 0 && inBlock.current?.wereMade === true;
}
