// Walks the entries of an Index (sheet 01 §8). The reference does it in two ways, which differ in a
// hand-made one whose counts are not true (T42): by position, going by the counts ("placed"), and
// through all that is there ("held").

import type { Slot } from "./cell.ts";
import { BadStructureError, IndexFaultError } from "./errors.ts";
import { doWork } from "./free-work.ts";
import { INDEX_DIGITS, Index } from "./index-map.ts";
import { childAt, childIn } from "./index-tree.ts";
import { checkNesting } from "./nesting.ts";

/** Units of work (free-work.ts) to visit a cell whose count is not true. */
const CELL_WORK = 250;

/** Slot of the first child. */
function firstChild(node: Index): number {
  return node.hasEntry ? 2 : 0;
}

/** A cell whose entries are being gone through. */
interface OpenCell {
  readonly node: Index;
  /** Entries that are still to be found in it. */
  rest: number;
  /** Slot of the next child; 0 before the own entry. */
  next: number;
}

/**
 * The slots of the first `left` entries by position. With a stack of our own: each would pass
 * through as many generators as cells are in one another.
 * @throws BadStructureError when there are fewer
 */
export function* placedSlots(root: Index, left: number): Generator<Slot[]> {
  const open: OpenCell[] = [{ node: root, rest: left, next: 0 }];
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const { node } = top;
    if (top.rest <= 0) {
      open.pop();
    } else if (top.next === 0 && node.hasEntry) {
      top.next = firstChild(node);
      top.rest--;
      yield node.slots;
    } else {
      if (top.next >= node.slots.length)
        throw new BadStructureError("an Index has too few entries");
      const child = childIn(node, top.next++);
      const taken = Math.min(top.rest, child.count);
      if (child.count > 0) top.rest -= taken;
      if (taken <= 0) continue;
      checkNesting(open.length);
      open.push({ node: child, rest: taken, next: 0 });
    }
  }
}

/** `placedSlots` with a callback, which is faster. @throws BadStructureError */
export function visitPlaced(
  node: Index,
  left: number,
  visit: (slots: Slot[]) => void,
  depth = 0,
): void {
  checkNesting(depth);
  let rest = left;
  if (rest > 0 && node.hasEntry) {
    visit(node.slots);
    rest--;
  }
  for (let i = firstChild(node); rest > 0; i++) {
    if (i >= node.slots.length) throw new BadStructureError("an Index has too few entries");
    const child = childIn(node, i);
    const taken = Math.min(rest, child.count);
    if (taken > 0) visitPlaced(child, taken, visit, depth + 1);
    if (child.count > 0) rest -= taken;
  }
}

/**
 * Visits the slots of all entries that are there, in order.
 * @param isCharged whether cells count as work; below a cell whose count is not true they always do
 */
export function visitAll(
  node: Index,
  visit: (slots: Slot[]) => void,
  isCharged: boolean,
  depth = 0,
): void {
  checkNesting(depth);
  if (isCharged) doWork(CELL_WORK);
  if (node.hasEntry) visit(node.slots);
  if (node.depth === INDEX_DIGITS) return;
  const areCharged = isCharged || !hasCount(node);
  for (let i = firstChild(node); i < node.slots.length; i++) {
    visitAll(childIn(node, i), visit, areCharged, depth + 1);
  }
}

/** Whether the count of a cell is the sum of its parts', none of them empty. */
export function hasCount(node: Index): boolean {
  if (node.depth === INDEX_DIGITS) return true;
  let count = node.hasEntry ? 1 : 0;
  for (let i = firstChild(node); i < node.slots.length; i++) {
    const child = childAt(node, i);
    if (child === null || child.count <= 0) return false;
    count += child.count;
  }
  return count === node.count;
}

/**
 * Whether the counts of the cells are true (`hasCount`), as far as cells with `most` entries have
 * been looked at.
 */
export function isCounted(root: Index, most: number): boolean {
  let seen = 0;
  const open = [root];
  for (let node = open.pop(); node !== undefined && seen <= most; node = open.pop()) {
    if (!hasCount(node)) return false;
    if (node.hasEntry) seen++;
    if (node.depth === INDEX_DIGITS) continue;
    for (let i = firstChild(node); i < node.slots.length; i++) open.push(childIn(node, i));
  }
  return true;
}

/** The cell whose own entry is number i by position. @throws IndexFaultError when there is none */
export function placeOf(root: Index, index: number): Index {
  let node = root;
  let i = index;
  for (;;) {
    if (node.hasEntry && i-- === 0) return node;
    let at = firstChild(node);
    for (; ; at++) {
      if (at >= node.slots.length) throw new IndexFaultError(i);
      const child = childIn(node, at);
      if (i < child.count) {
        node = child;
        break;
      }
      i -= child.count;
    }
  }
}

/** The entries start … end-1 of a sound Index in order, 0 ≤ start ≤ end ≤ count. */
export function sliceOf(node: Index, start: number, end: number, depth = 0): Index {
  checkNesting(depth);
  if (start >= end) return Index.EMPTY;
  if (start <= 0 && end >= node.count) return node;
  const hasEntry = node.hasEntry && start === 0;
  const slots: Slot[] = hasEntry ? node.slots.slice(0, 2) : [];
  let count = hasEntry ? 1 : 0;
  let position = node.hasEntry ? 1 : 0;
  let mask = 0;
  let digits = node.mask;
  for (let i = firstChild(node); i < node.slots.length; i++) {
    const bit = digits & -digits;
    digits ^= bit;
    const child = childIn(node, i);
    const part = sliceOf(
      child,
      Math.max(start - position, 0),
      Math.min(end - position, child.count),
      depth + 1,
    );
    position += child.count;
    if (part.count === 0) continue;
    slots.push(part);
    count += part.count;
    mask |= bit;
  }
  if (count === 1 && hasEntry) return new Index(1, true, slots, INDEX_DIGITS, 0);
  const [only] = slots;
  if (slots.length === 1 && only instanceof Index) return only;
  return new Index(count, hasEntry, slots, node.depth, mask);
}
