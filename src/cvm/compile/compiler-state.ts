// Lexical scope while compiling (sheet 02 §8): which names are bound to which local positions.
// It belongs to the context, so code that runs during compilation (macros that use `eval`,
// `unquote`) compiles its own symbols against it.

import { CVMMap } from "../../data/map.ts";
import type { CVMSymbol } from "../../data/symbol.ts";

/** Immutable: a scope ends by putting back the one before. */
export class CompilerState {
  /** Position by name; a later binding of the same name hides the earlier one. */
  readonly #positions: CVMMap;
  /** Locals bound so far. */
  readonly #count: number;

  private constructor(positions: CVMMap, count: number) {
    this.#positions = positions;
    this.#count = count;
  }

  static readonly EMPTY = new CompilerState(CVMMap.EMPTY, 0);

  /** The scope with one more local. */
  define(name: CVMSymbol): CompilerState {
    return new CompilerState(this.#positions.assoc(name, this.#count), this.#count + 1);
  }

  /** Position of the latest local of that name, or -1. */
  position(symbol: CVMSymbol): number {
    const position = this.#positions.get(symbol);
    return typeof position === "number" ? position : -1;
  }
}
