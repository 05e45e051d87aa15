// Entries in the order of their keys, which are sorted part by part as they are read: to sort the 32,768 of a fold at
// once stops the thread for some 30 ms, in the middle of a transaction that others wait for.

/** Parts by the first character; keys are hashes as Latin-1, so that each part gets as much as any other. */
const PARTS = 256;

type Entry<T> = readonly [string, T];

export class KeyOrder<T> {
  /** Part behind part, each sorted when it is first read. */
  readonly #entries: Entry<T>[];
  /** Where each part ends. */
  readonly #ends: number[];
  #sortedParts = 0;

  constructor(map: ReadonlyMap<string, T>) {
    const next = startsOf(map.keys());
    this.#entries = new Array<Entry<T>>(map.size);
    for (const entry of map) {
      const part = partOf(entry[0]);
      const at = next[part] as number;
      this.#entries[at] = entry;
      next[part] = at + 1;
    }
    this.#ends = next;
  }

  get length(): number {
    return this.#entries.length;
  }

  /** The entry at a place in the order, undefined beyond the last. */
  at(index: number): Entry<T> | undefined {
    while (index >= this.#sortedLength && this.#sortedParts < PARTS) this.#sortNext();
    return this.#entries[index];
  }

  get #sortedLength(): number {
    return this.#sortedParts === 0 ? 0 : (this.#ends[this.#sortedParts - 1] as number);
  }

  #sortNext(): void {
    const start = this.#sortedLength;
    const end = this.#ends[this.#sortedParts++] as number;
    const sorted = this.#entries.slice(start, end).sort(byKey);
    for (const [i, entry] of sorted.entries()) this.#entries[start + i] = entry;
  }
}

function partOf(key: string): number {
  return Math.min(PARTS - 1, key.charCodeAt(0));
}

/** Where the entries of each part begin. */
function startsOf(keys: Iterable<string>): number[] {
  const counts = new Array<number>(PARTS).fill(0);
  for (const key of keys) {
    const part = partOf(key);
    counts[part] = (counts[part] as number) + 1;
  }
  let start = 0;
  return counts.map((count) => {
    start += count;
    return start - count;
  });
}

export function byKey([a]: Entry<unknown>, [b]: Entry<unknown>): number {
  return a < b ? -1 : 1;
}
