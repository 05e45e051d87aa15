// A collection: all that the roots of a store reach is copied to a file beside it, in rounds, while
// the store is written to; then the copy takes the place of the store (store-upkeep.ts). Nothing is
// ever deleted in place, so that a process killed at any moment leaves either the old file or the
// new one, whole, and the space comes back at once.

import { existsSync } from "node:fs";
import { ClosureCopy, type CopyPause, type CopyProgress, copyAll } from "./closure-copy.ts";
import { openToBuild, removeDatabase, syncFile } from "./sqlite-file.ts";
import { SqliteTables } from "./sqlite-tables.ts";
import { type Position, StoreError } from "./store.ts";

/** A round that copies no more than this is the last but one. */
const SMALL_ROUND_CELLS = 20_000;
/**
 * Rounds until a copy is taken as it is: what is written faster than copied is left for the last
 * step.
 */
const ROUNDS_MAX = 10;
/** Name under which a copy says what it was built for. */
const TOKEN_META = "collection";

/** A collection under way, in the process that writes to the store or in another one. */
export class Collection {
  readonly #source: SqliteTables;
  readonly #build: SqliteTables;
  readonly #buildPath: string;
  #progress: CopyProgress = { cells: 0, bytes: 0 };
  #isClosed = false;

  /** @throws StoreError when there is no store to read */
  constructor(sourcePath: string, buildPath: string) {
    removeDatabase(buildPath);
    this.#buildPath = buildPath;
    this.#source = SqliteTables.toRead(sourcePath);
    this.#build = new SqliteTables(openToBuild(buildPath), buildPath);
  }

  /** Number of cells in the source, about: those collected before are counted too. */
  get sourceCells(): number {
    return this.#source.lastRow;
  }

  get progress(): CopyProgress {
    return this.#progress;
  }

  /**
   * Copies what the roots reach, until what is left is little. Others may write meanwhile.
   * @param pause called between two slices
   * @throws StoreError when the store is damaged, or the disk is full
   */
  async rounds(pause: CopyPause): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      if ((await this.#round(pause)) < SMALL_ROUND_CELLS) return;
    }
  }

  /** Copies what the roots reach now; number of cells copied. */
  async #round(pause: CopyPause): Promise<number> {
    const roots = this.#source.roots().map(([, hash]) => hash);
    const before = this.#progress;
    const round = await copyAll(this.#source, this.#build, roots, ({ cells, bytes }) => {
      this.#progress = { cells: before.cells + cells, bytes: before.bytes + bytes };
      return pause(this.#progress);
    });
    return round.cells;
  }

  /**
   * Copies the positions, and closes the copy. What is written from now on has to be noted by its
   * writer (store-upkeep.ts).
   * @param token by which the store knows the copy as its own
   */
  async finish(token: string, pause: CopyPause): Promise<void> {
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

/** For a copy that was built for another store, or at another time, or is gone. */
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
    // If it was removed since the look above, this is a new file, which bears no token.
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
