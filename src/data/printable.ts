// How a cell of a layer above prints itself without this layer knowing the printer (sheet 01 §17).

import type { Cell, Value } from "./cell.ts";

/**
 * Takes what is printed. The print limit does not cut text: it is checked when a value is complete
 * (sheet 01 §17).
 */
export interface PrintSink {
  /** Writes a text as UTF-8; always true. */
  text(s: string): boolean;
  /** Writes the printed form of a value; false when the limit was passed. */
  value(v: Value): boolean;
  /**
   * Calls what prints a part of the cell by calls that nest as the parts do; false when they nest
   * too deep: all printing ends.
   */
  nested(printPart: () => boolean): boolean;
  /** Whether what was written so far keeps the limit. */
  readonly withinLimit: boolean;
}

/** A cell with a printed form of its own. */
export interface Printable {
  /**
   * Prints the cell. False when the limit was passed, where the reference asks: all printing ends.
   */
  printTo(sink: PrintSink): boolean;
}

/** Whether a cell prints itself: ops, functions and Results do. */
export function isPrintable(cell: Cell): cell is Cell & Printable {
  return "printTo" in cell;
}
