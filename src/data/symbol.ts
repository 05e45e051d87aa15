// A symbol (sheet 01 §4). Equal names are mostly, but not certainly, the same object: compare
// `name`, or use equals().

import { LeafCell } from "./cell.ts";
import { MAX_NAME_LENGTH, NameTable } from "./name-table.ts";
import { TAG } from "./tag.ts";
import type { Writer } from "./writer.ts";

export class CVMSymbol extends LeafCell {
  /** The bytes of the name as characters 0–255: the text itself when it is ASCII. */
  readonly name: string;

  private constructor(name: string) {
    super();
    this.name = name;
  }

  static readonly #table = new NameTable((name) => new CVMSymbol(name));

  /**
   * The symbol of this name, given as bytes 0–255.
   * @throws RangeError unless it has 1 … 128 bytes
   */
  static of(name: string): CVMSymbol {
    const symbol = CVMSymbol.fromName(name);
    if (symbol === null) throw new RangeError(`symbol name of ${name.length} bytes`);
    return symbol;
  }

  /** As `of`, null where that throws. */
  static fromName(name: string): CVMSymbol | null {
    if (name.length < 1 || name.length > MAX_NAME_LENGTH) return null;
    return CVMSymbol.#table.get(name);
  }

  /** As `fromName`, of the bytes at a place. */
  static fromBytes(bytes: Uint8Array, start: number, length: number): CVMSymbol | null {
    if (length < 1 || length > MAX_NAME_LENGTH) return null;
    return CVMSymbol.#table.at(bytes, start, length);
  }

  override get tag(): number {
    return TAG.SYMBOL;
  }
  override measure(): number {
    return 2 + this.name.length;
  }
  override writeTo(w: Writer): void {
    w.byte(TAG.SYMBOL);
    w.byte(this.name.length);
    w.latin1(this.name);
  }
}
