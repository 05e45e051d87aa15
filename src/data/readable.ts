// Whether what a cell is encoded as can be decoded again (T48, unreadable.ts): the reference can
// make cells for which that is not so.

import { Cell, type Value } from "./cell.ts";
import { Index } from "./index-map.ts";
import { List } from "./list.ts";
import { unreadableMade } from "./unreadable.ts";
import { Vector } from "./vector.ts";
import { shapeOf } from "./vector-shape.ts";

/**
 * Checks the values that a block leaves behind. Each cell is looked at once, however many values
 * share it; none is as long as nothing unreadable was made since this object was.
 */
export class Readability {
  readonly #madeBefore = unreadableMade();
  readonly #known = new Map<Cell, boolean>();

  /**
   * Whether all of a value can be decoded again. What is stored can: nothing unreadable is stored.
   */
  isReadable(root: Value): boolean {
    if (unreadableMade() === this.#madeBefore) return true;
    const path: Cell[] = [];
    const next: number[] = [];
    const enter = (slot: unknown): boolean => {
      if (!(slot instanceof Cell)) return true;
      const known = this.#verdictOn(slot);
      if (known !== null) return known;
      path.push(slot);
      next.push(0);
      return true;
    };
    if (!enter(root)) return false;
    while (path.length > 0) {
      const top = path.length - 1;
      const cell = path[top] as Cell;
      const index = next[top] as number;
      next[top] = index + 1;
      if (index < cell.slotCount) {
        if (enter(cell.slotAt(index))) continue;
        for (const above of path) this.#known.set(above, false);
        return false;
      }
      this.#known.set(cell, true);
      path.pop();
      next.pop();
    }
    return true;
  }

  /** Whether a cell is readable; null when that depends on its children. */
  #verdictOn(cell: Cell): boolean | null {
    if (cell.storedIn !== null) return true;
    const known = this.#known.get(cell);
    if (known !== undefined) return known;
    if (cell instanceof Index) return cell.isReadable ? null : false;
    const vector = cell instanceof List ? cell.vector : cell;
    return vector instanceof Vector && !hasItsShape(vector) ? false : null;
  }
}

/** Whether the own cell of a Vector has as many slots as its count requires. */
function hasItsShape(v: Vector): boolean {
  // A view has no slots before it is built.
  const { countInteger, slots } = v.built();
  return slots.length === shapeOf(countInteger).slotCount;
}
