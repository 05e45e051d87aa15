// A collection: all that the roots of a store reach is copied to a file beside it, in rounds, while
// the store is written to; then the copy takes the place of the store (store-upkeep.ts). Nothing is
// ever deleted in place, so that a process killed at any moment leaves either the old file or the
// new one, whole, and the space comes back at once.

import { existsSync } from "node:fs";
import { ClosureCopy } from "./closure-copy.ts";
import { openToBuild, removeDatabase, syncFile } from "./sqlite-file.ts";
import { SqliteTables } from "./sqlite-tables.ts";
import { type Position, StoreError } from "./store.ts";

/** Cells copied in one transaction of the copy. */
const SLICE_CELLS = 2_000;
/** A round that copies no more than this is the last but one. */
const SMALL_ROUND_CELLS = 20_000;
/**
 * Rounds until a copy is taken as it is: what is written faster than copied is left for the last
 * step.
 */
const ROUNDS_MAX = 10;
/** Name under which a copy says what it was built for. */
const TOKEN_META = "collection";

export interface CopyProgress {
  readonly cells: number;
  readonly bytes: number;
}

/** A collection under way, from outside of the process that writes to the store or inside of it. */
export class Collection {
  readonly #source: SqliteTables;
  readonly #build: SqliteTables;
  readonly #buildPath: string;
  #cells = 0;
  #bytes = 0;
  #isClosed = false;

  /** @throws StoreError when there is no store to read */
  constructor(sourcePath: string, buildPath: string) {
    removeDatabase(buildPath);
    this.#buildPath = buildPath;
    this.#source = SqliteTables.toRead(sourcePath);
    this.#build = new SqliteTables(openToBuild(buildPath), buildPath);
  }

  /** Cells in the source, about: what was collected before counts too. */
  get sourceCells(): number {
    return this.#source.lastRow;
  }

  get progress(): CopyProgress {
    return { cells: this.#cells, bytes: this.#bytes };
  }

  /**
   * Copies what the roots reach, until what is left is little. Others may write meanwhile.
   * @param pause called between two slices
   * @throws StoreError when the store is damaged, or the disk is full
   */
  async rounds(pause: (progress: CopyProgress) => Promise<void>): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      if ((await this.#round(pause)) < SMALL_ROUND_CELLS) return;
    }
  }

  async #round(pause: (progress: CopyProgress) => Promise<void>): Promise<number> {
    const roots = this.#source.roots().map(([, hash]) => hash);
    let count = 0;
    let isDone = false;
    this.#build.transaction(() => {});
    let copy: ClosureCopy | null = null;
    while (!isDone) {
      this.#build.transaction((w) => {
        const sink = { has: (hash: string) => this.#build.has(hash), putCell: w.putCell };
        copy ??= new ClosureCopy(this.#source, sink, roots);
        const before = copy.cells;
        const bytesBefore = copy.bytes;
        isDone = copy.step(SLICE_CELLS);
        count = copy.cells;
        this.#cells += copy.cells - before;
        this.#bytes += copy.bytes - bytesBefore;
      });
      await pause(this.progress);
    }
    return count;
  }

  /**
   * Copies the positions, and closes the copy: what is written from now on has to be noted
   * elsewhere.
   */
  async finish(token: string, pause: (progress: CopyProgress) => Promise<void>): Promise<void> {
    // These take a second or two for a million: cells that are written meanwhile are copied behind
    // them, so that little is left for the last step, for which the peer stands still.
    copyPositions(this.#source, this.#build);
    await this.#round(pause);
    this.#build.transaction((w) => w.putMeta(TOKEN_META, token));
    this.close();
    syncFile(this.#buildPath);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#source.close();
    this.#build.close();
  }
}

/** All positions at one moment, in the order of their keys: the tables then grow at their end. */
function copyPositions(source: SqliteTables, build: SqliteTables): void {
  const target = build.database;
  source.requireSound("positions");
  // Read before the table: what is folded in between is found in both, not in neither.
  source.loadBatches();
  const pending = [...source.pending.positions()];
  build.guarded(() => {
    target.run("ATTACH DATABASE ?1 AS source", [source.path]);
    try {
      target.run("INSERT OR REPLACE INTO positions SELECT * FROM source.positions ORDER BY hash");
    } finally {
      target.run("DETACH DATABASE source");
    }
  });
  build.transaction((w) => {
    for (const [hashKey, position] of pending) w.putPosition(hashKey, position);
  });
}

/** For a copy that was built for another store, or another moment, or is gone. */
export function strangeCopy(path: string): StoreError {
  const advice = "begin the collection again";
  return new StoreError("BUSY", `The copy ${path} does not belong to this store: ${advice}.`);
}

/**
 * The last step of a copy: what its source holds at this moment.
 * @param token that the copy has to bear
 * @throws StoreError BUSY when it bears another, or is gone: who built it may have given up
 */
export function finishBuild(
  source: SqliteTables,
  path: string,
  recent: ReadonlyMap<string, Position>,
  token: string,
): void {
  if (!existsSync(path)) throw strangeCopy(path);
  const build = new SqliteTables(openToBuild(path), path);
  try {
    // Gone since then it is a new one, which bears none.
    if (build.meta(TOKEN_META) !== token) throw strangeCopy(path);
    build.transaction((w) => {
      const sink = { has: (hash: string) => build.has(hash), putCell: w.putCell };
      const roots = source.roots();
      const copy = new ClosureCopy(
        source,
        sink,
        roots.map(([, hash]) => hash),
      );
      copy.step(Number.POSITIVE_INFINITY);
      for (const [hash, position] of recent) w.putPosition(hash, position);
      // The token stays: while somebody else reads the store, this step is tried again.
      for (const [name, value] of source.metas()) if (name !== TOKEN_META) w.putMeta(name, value);
      for (const [name, hash] of roots) w.putRoot(name, hash);
    });
  } finally {
    build.close();
  }
  syncFile(path);
}
