// Lexical scope while compiling (sheet 02 §8): which names are bound to which local positions.
// It belongs to the context, so code that runs during compilation (macros that use `eval`,
// `unquote`) compiles its own symbols against it.

import type { CVMSymbol } from "../data/symbol.ts";

export class CompilerState {
  /** Names by position; a later binding of the same name hides the earlier one. */
  readonly #names: readonly CVMSymbol[];

  constructor(names: readonly CVMSymbol[]) {
    this.#names = names;
  }

  static readonly EMPTY = new CompilerState([]);

  /** The scope with one more local. */
  define(name: CVMSymbol): CompilerState {
    return new CompilerState([...this.#names, name]);
  }

  /** Position of the latest local of that name, or -1. */
  position(symbol: CVMSymbol): number {
    for (let i = this.#names.length - 1; i >= 0; i--) {
      if ((this.#names[i] as CVMSymbol).name === symbol.name) return i;
    }
    return -1;
  }
}
