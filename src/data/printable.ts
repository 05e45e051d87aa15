// How a cell of a layer above prints itself without this layer knowing the printer (sheet 01 §17).

import type { Cell, Value } from "./cell.ts";

/**
 * Takes what is printed. Each call writes all of its argument and answers whether the limit still
 * holds; after a false nothing more may be written.
 */
export interface PrintSink {
  /** Writes a text as UTF-8. */
  text(s: string): boolean;
  /** Writes raw bytes. */
  bytes(b: Uint8Array): boolean;
  /** Writes the printed form of a value. */
  value(v: Value): boolean;
}

/** A cell with a printed form of its own. */
export interface Printable {
  /** False as soon as the sink answers false. */
  printTo(sink: PrintSink): boolean;
}

export function isPrintable(cell: Cell): cell is Cell & Printable {
  return "printTo" in cell;
}
