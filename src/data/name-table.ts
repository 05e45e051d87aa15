// hot: see test/bench. Shares the cells of names (keywords, symbols), so that their hashes are
// computed once. It is bounded, since names arrive from the network, by two generations: a name
// that is asked for moves to the young one; when that is full it becomes the old one, which is
// dropped.

import { keyAt } from "../crypto/sha3.ts";

/** Most bytes in the name of a keyword or symbol. */
export const MAX_NAME_LENGTH = 128;
/** Names in a generation. */
const GENERATION_SIZE = 8192;
/** Places of the direct-mapped table by bytes; a power of two. */
const PLACES = 2048;

/** @param create makes the cell of a name that is not in the table */
export class NameTable<T extends { readonly name: string }> {
  #young = new Map<string, T>();
  #old = new Map<string, T>();
  readonly #places: (T | null)[] = new Array(PLACES).fill(null);
  readonly #create: (name: string) => T;

  constructor(create: (name: string) => T) {
    this.#create = create;
  }

  /**
   * The cell of this name: the same object as before, unless it was not asked for in a long time.
   */
  get(name: string): T {
    const known = this.#young.get(name);
    if (known !== undefined) return known;
    const cell = this.#old.get(name) ?? this.#create(name);
    if (this.#young.size >= GENERATION_SIZE) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(name, cell);
    return cell;
  }

  /**
   * `get` of the name with these bytes. First the cell at their place is compared byte by byte: 20
   * ns, where making a string and looking that up takes 150 (decode-genesis -20 %).
   */
  at(bytes: Uint8Array, start: number, length: number): T {
    let hash = length;
    for (let i = 0; i < length; i++)
      hash = (Math.imul(hash, 31) + (bytes[start + i] as number)) | 0;
    const place = hash & (PLACES - 1);
    const known = this.#places[place];
    if (known && spells(known.name, bytes, start, length)) return known;
    const cell = this.get(keyAt(bytes, start, start + length));
    this.#places[place] = cell;
    return cell;
  }
}

function spells(name: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (name.length !== length) return false;
  for (let i = 0; i < length; i++) if (name.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}
