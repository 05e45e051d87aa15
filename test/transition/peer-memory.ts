// Ways in which a peer may have States and Blocks in memory: all as it was made, or read from its
// store, with a cache or without; hashed and measured before, or not. None of them may decide about
// anything.

import { toHex } from "../../src/crypto/hex.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Cell, MissingDataError, resolveSlot, type Value } from "../../src/data/cell.ts";
import { encoding, hashBytes, hashKey } from "../../src/data/encode.ts";
import { BadFormatError } from "../../src/data/errors.ts";
import { withWorkLimit, workLeft } from "../../src/data/free-work.ts";
import { memorySize } from "../../src/data/memory-size.ts";
import { decodeMultiCell } from "../../src/data/multi-cell.ts";
import { SignedData } from "../../src/data/signed.ts";
import type { State } from "../../src/state/state.ts";
import { CellCache } from "../../src/store/cell-cache.ts";
import { CellStore } from "../../src/store/cell-store.ts";
import { MemoryBackend } from "../../src/store/memory-store.ts";
import type { Store } from "../../src/store/store.ts";
import { applyBlock } from "../../src/transition/apply-block.ts";

/** Cells that are gone through at most. */
const CELLS_MAX = 2_000;

/** What a peer does with a State or a Block before that is needed next; both are of the bytes. */
export interface Way {
  readonly ofState: (state: State) => State;
  readonly ofBlock: (block: SignedData) => SignedData;
  /** Whether it has applied the Block to the State before, as one that has to try again. */
  readonly hasTried?: boolean;
  /** Whether it applies all Blocks before it hashes or stores a State, as one that catches up. */
  readonly isAtOnce?: boolean;
}

/** As a peer with a cache that something else has filled, each time. */
class NoCache extends CellCache {
  override add(): void {}
}

function store(cache = new CellCache()): Store {
  return new CellStore(new MemoryBackend(), CVM_TABLE, cache);
}

const asItIs = <T extends Cell>(cell: T): T => cell;

function written(to: Store): <T extends Cell>(cell: T) => T {
  return (cell) => {
    to.write({ roots: [["root", cell]] });
    return cell;
  };
}

function readAgain(from: Store, before: () => void): <T extends Cell>(cell: T) => T {
  return <T extends Cell>(cell: T) => {
    written(from)(cell);
    before();
    return from.cell(hashKey(cell)) as T;
  };
}

const restarted = () => {
  const own = store();
  return readAgain(own, () => own.forget());
};

const uncached = () => readAgain(store(new NoCache()), () => {});

function goThrough(root: Cell, isLoaded: boolean, visit: (cell: Cell) => void): void {
  const seen = new Set<Cell>();
  const open: Value[] = [root];
  while (open.length > 0 && seen.size < CELLS_MAX) {
    const cell = open.pop();
    if (!(cell instanceof Cell) || seen.has(cell)) continue;
    seen.add(cell);
    visit(cell);
    for (let i = 0; i < cell.slotCount; i++) {
      const slot = isLoaded ? resolveSlot(cell, i) : cell.slotAt(i);
      if (slot instanceof Cell) open.push(slot);
    }
  }
}

function hashed<T extends Cell>(root: T): T {
  goThrough(root, false, (cell) => {
    hashKey(cell);
    encoding(cell);
    memorySize(cell);
  });
  return root;
}

function loaded(): <T extends Cell>(cell: T) => T {
  const read = restarted();
  return (cell) => {
    const root = read(cell);
    goThrough(root, true, () => {});
    return root;
  };
}

const kept = written(store());
const again = restarted();
const apart = uncached();
const whole = loaded();
const cached = readAgain(store(), () => {});

export const WAYS: Readonly<Record<string, Way>> = {
  "as it was made": { ofState: asItIs, ofBlock: asItIs },
  "the State read again": { ofState: again, ofBlock: asItIs },
  "the Block read again": { ofState: asItIs, ofBlock: again },
  "both read again and again": { ofState: apart, ofBlock: apart },
  "both read and loaded": { ofState: whole, ofBlock: whole },
  "all hashed before": { ofState: hashed, ofBlock: hashed },
  "in one store": { ofState: kept, ofBlock: kept },
  "in one cache": { ofState: cached, ofBlock: cached },
  "tried before": { ofState: asItIs, ofBlock: asItIs, hasTried: true },
  "all at once": { ofState: asItIs, ofBlock: asItIs, isAtOnce: true },
};

/** More units of work (data/free-work.ts) than are counted. */
const WORK_MAX = 2 ** 52;

/**
 * After each Block the State, its size, and the Results; null for a message that is no Block.
 * @param isWorkCounted whether the work is a part of it: not where a Block may be begun once more
 */
export function outcomes(
  messages: readonly Uint8Array[],
  genesis: State,
  way: Way,
  isWorkCounted = false,
): (string | null)[] {
  let state = genesis;
  const ends = messages.map((message) => {
    const block = blockIn(message);
    if (block === null) return null;
    const [before, own] = [way.ofState(state), way.ofBlock(block)];
    if (way.hasTried === true) applyBlock(before, own);
    const [done, work] = withWorkLimit(WORK_MAX, () => {
      const result = applyBlock(before, own);
      return [result, WORK_MAX - workLeft()] as const;
    });
    state = done.state;
    const end = (): string => {
      const sizes = `${toHex(hashBytes(done.state))} ${memorySize(done.state)}`;
      const ends = `${sizes} ${toHex(hashBytes(done.results))}`;
      return isWorkCounted ? `${ends} ${work}` : ends;
    };
    return way.isAtOnce === true ? end : end();
  });
  return ends.map((end) => (typeof end === "function" ? end() : end));
}

function blockIn(message: Uint8Array): SignedData | null {
  try {
    const value = decodeMultiCell(message, CVM_TABLE, null);
    return value instanceof SignedData ? value : null;
  } catch (error) {
    if (error instanceof BadFormatError || error instanceof MissingDataError) return null;
    throw error;
  }
}
