// A store that lives in memory: for tests, for networks that are thrown away, and as the model that
// the store on disk is compared with.

import type { DecodeTable } from "../data/byte-reader.ts";
import type { Backend, BackendWriter, StoredCell } from "./backend.ts";
import { CellCache } from "./cell-cache.ts";
import { CellStore } from "./cell-store.ts";
import type { Position, Store } from "./store.ts";

/** What a MemoryBackend holds; outlives the backend, as a disk does. */
export class MemoryImage {
  readonly cells: Map<string, StoredCell>;
  readonly roots: Map<string, string>;
  readonly meta: Map<string, string>;
  readonly positions: Map<string, Position>;

  constructor(from: MemoryImage | null = null) {
    this.cells = new Map(from?.cells);
    this.roots = new Map(from?.roots);
    this.meta = new Map(from?.meta);
    this.positions = new Map(from?.positions);
  }

  /** The same contents, from now on apart. */
  copy(): MemoryImage {
    return new MemoryImage(this);
  }
}

export class MemoryBackend implements Backend {
  readonly #image: MemoryImage;

  constructor(image: MemoryImage = new MemoryImage()) {
    this.#image = image;
  }

  cell(hashKey: string): StoredCell | null {
    return this.#image.cells.get(hashKey) ?? null;
  }

  has(hashKey: string): boolean {
    return this.#image.cells.has(hashKey);
  }

  memorySize(hashKey: string): number {
    return this.#image.cells.get(hashKey)?.memorySize ?? -1;
  }

  root(name: string): string | null {
    return this.#image.roots.get(name) ?? null;
  }

  meta(name: string): string | null {
    return this.#image.meta.get(name) ?? null;
  }

  position(hashKey: string): Position | null {
    return this.#image.positions.get(hashKey) ?? null;
  }

  transaction(body: (w: BackendWriter) => void): void {
    const image = this.#image;
    const cells: [string, StoredCell][] = [];
    const rest: (() => void)[] = [];
    body({
      putCell(hashKey, encoding, memorySize) {
        if (!image.cells.has(hashKey)) cells.push([hashKey, { encoding, memorySize }]);
      },
      putRoot: (name, hashKey) => rest.push(() => image.roots.set(name, hashKey)),
      putMeta: (name, value) => rest.push(() => image.meta.set(name, value)),
      putPosition: (hashKey, position) => rest.push(() => image.positions.set(hashKey, position)),
    });
    for (const [hashKey, cell] of cells) image.cells.set(hashKey, cell);
    for (const change of rest) change();
  }

  close(): void {}
}

/** A store in memory; cells it gives are decoded with `table`. */
export function memoryStore(
  table: DecodeTable,
  image: MemoryImage = new MemoryImage(),
  cacheMegabytes?: number,
): Store {
  return new CellStore(new MemoryBackend(image), table, new CellCache(cacheMegabytes));
}
