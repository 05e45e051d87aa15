// How a cell of a layer above prints itself without this layer knowing the printer (sheet 01 §17).

import type { Cell, Value } from "./cell.ts";

/**
 * Takes what is printed. Text is written whole, and the limit is held against what was written when
 * a value is done.
 */
export interface PrintSink {
  /** Writes a text as UTF-8, and is true. */
  text(s: string): boolean;
  /** Writes the printed form of a value; false when it was cut off, or is beyond the limit. */
  value(v: Value): boolean;
  /** Whether what is written keeps the limit. */
  readonly withinLimit: boolean;
}

/** A cell with a printed form of its own. */
export interface Printable {
  /** False when a part that the reference asks about was cut off; ends the text around it too. */
  printTo(sink: PrintSink): boolean;
}

/** By the method: ops, functions and Results have one. */
export function isPrintable(cell: Cell): cell is Cell & Printable {
  return "printTo" in cell;
}
