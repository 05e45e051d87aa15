// Shares the cells of names (keywords, symbols), so that their hashes are computed once. Bounded:
// names arrive from the network. Two generations: what is still in use moves to the young one,
// the old one is dropped when that is full.

/** Most bytes in the name of a keyword or symbol. */
export const MAX_NAME_LENGTH = 128;
/** Names in a generation. */
const GENERATION_SIZE = 8192;

export class NameTable<T> {
  #young = new Map<string, T>();
  #old = new Map<string, T>();
  readonly #create: (name: string) => T;

  constructor(create: (name: string) => T) {
    this.#create = create;
  }

  /** The cell of this name; the same one as before unless it was long out of use. */
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
}
