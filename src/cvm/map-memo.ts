// hot: see test/bench. What one large map gives for symbols, by the identity of map and symbol: 10 ns
// against 40 for walking the tree. Maps never change, so nothing has to be forgotten but to bound it.

import type { Value } from "../data/cell.ts";
import type { CVMMap } from "../data/map.ts";
import type { CVMSymbol } from "../data/symbol.ts";

/** Most symbols remembered, found or not. */
const SYMBOLS_MAX = 4096;

/** There is no such entry. */
const ABSENT: unique symbol = Symbol("absent");

export class MapMemo {
  #map: CVMMap | null = null;
  #values = new Map<CVMSymbol, Value | typeof ABSENT>();

  /** As `map.get(symbol)`; remembers the answers of the map asked last, and keeps it in memory. */
  get(map: CVMMap, symbol: CVMSymbol): Value | undefined {
    if (map !== this.#map || this.#values.size > SYMBOLS_MAX) {
      this.#map = map;
      this.#values = new Map();
    }
    const known = this.#values.get(symbol);
    if (known !== undefined) return known === ABSENT ? undefined : known;
    const value = map.get(symbol);
    this.#values.set(symbol, value === undefined ? ABSENT : value);
    return value;
  }
}
