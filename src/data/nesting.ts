// How deep hand-made cells may nest where they are walked by recursion. A message can nest one kind
// of cell in itself 100,000 times, and at what depth the engine's stack is full depends on what it
// has compiled so far: a walk of an Index ended from 12,600 cells on in a new process, from 10,000
// in one that had walked some before. Peers must agree, so all walks end far before that.

import { BadStructureError } from "./errors.ts";
import { doWork } from "./free-work.ts";

/** Sound collections nest up to 64 deep; the reference's stack is full from 1,500 on, or later. */
export const NESTING_MAX = 2000;

/** As deep as hashes have digits: no sound collection or Blob is deeper. */
const SOUND_DEPTH_MAX = 64;
/** Units of work (free-work.ts) of a step down beyond that. */
const DEEP_WORK = 30;

/** Cells nest too deep to be walked. */
export class NestingError extends BadStructureError {
  constructor() {
    super(`cells nested above ${NESTING_MAX} deep as one value`);
  }
}

/** @throws NestingError beyond NESTING_MAX */
export function checkNesting(depth: number): void {
  if (depth > NESTING_MAX) throw new NestingError();
}

/**
 * Bounds a walk down a collection or Blob. Only a hand-made one is deeper than sound ones: from
 * there each step counts as work.
 * @throws NestingError beyond NESTING_MAX, WorkLimitError
 */
export function checkDepth(depth: number): void {
  if (depth <= SOUND_DEPTH_MAX) return;
  checkNesting(depth);
  doWork(DEEP_WORK);
}
