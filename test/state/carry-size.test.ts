import { expect, test } from "bun:test";
import fc from "fast-check";
import { Blob } from "../../src/data/blob.ts";
import { Cell, type CellSource } from "../../src/data/cell.ts";
import { decode } from "../../src/data/decode.ts";
import { encodedLength, encoding, hashKey } from "../../src/data/encode.ts";
import { Index } from "../../src/data/index-map.ts";
import { CVMMap } from "../../src/data/map.ts";
import { memorySize, statedMemorySize } from "../../src/data/memory-size.ts";
import { CVMString } from "../../src/data/string.ts";
import { CVMSymbol } from "../../src/data/symbol.ts";
import { Vector } from "../../src/data/vector.ts";
import { AccountStatus } from "../../src/state/account-status.ts";
import { carrySizes } from "../../src/state/carry-size.ts";
import { initialGlobals } from "../../src/state/globals.ts";
import { State } from "../../src/state/state.ts";
import { STATE_TABLE } from "../../src/state/state-table.ts";

const foo = CVMSymbol.of("foo");

/** Accounts that are embedded, are not, and have branches of their own. */
const account = fc
  .record({
    balance: fc.nat(),
    length: fc.constantFrom(-1, 0, 40, 90, 130, 200, 5000),
    hasKey: fc.boolean(),
  })
  .map(({ balance, length, hasKey }) =>
    AccountStatus.of({
      balance,
      key: hasKey ? Blob.of(new Uint8Array(32)) : null,
      environment: length < 0 ? null : CVMMap.from([[foo, CVMString.of("x".repeat(length))]]),
    }),
  );

/** Keeps all cells under a root that are not embedded, and counts what is asked of it. */
class CountingSource implements CellSource {
  readonly #cells = new Map<string, Cell>();
  sizesAsked = 0;
  constructor(root: Cell) {
    this.#keep(root);
  }
  cell(hash: string): Cell | null {
    const cell = this.#cells.get(hash);
    if (cell === undefined) return null;
    const loaded = decode(encoding(cell), STATE_TABLE, this) as Cell;
    loaded.memoryCache = statedMemorySize(cell);
    return loaded;
  }
  memorySize(hash: string): number {
    this.sizesAsked++;
    return statedMemorySize(this.#cells.get(hash) ?? null);
  }
  #keep(cell: Cell): void {
    this.#cells.set(hashKey(cell), cell);
    for (let i = 0; i < cell.slotCount; i++) {
      const child = cell.slotAt(i);
      if (child instanceof Cell) this.#keep(child);
    }
  }
}

function stateOf(accounts: Vector): State {
  return State.of(accounts, Index.EMPTY, initialGlobals(), Index.EMPTY);
}

test("sizes carried along a change of accounts are those measured afresh", () => {
  const changes = fc.array(fc.tuple(fc.nat(), account), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(account, { minLength: 1, maxLength: 40 }), changes, (few, all) => {
      let state = stateOf(Vector.from(few));
      memorySize(state);
      for (const [at, next] of all) {
        state = state.withAccount(at % few.length, next);
        const fresh = stateOf(Vector.from(state.accounts.toArray()));
        expect(memorySize(state)).toBe(memorySize(fresh));
        expect(encodedLength(state)).toBe(encodedLength(fresh));
        expect(encodedLength(state.accounts)).toBe(encodedLength(fresh.accounts));
      }
    }),
    { seed: 853, numRuns: 50 },
  );
});

test("accounts that are not loaded are not asked for their sizes", () => {
  const accounts = Array.from({ length: 5000 }, (_, balance) => AccountStatus.of({ balance }));
  const stored = stateOf(Vector.from(accounts));
  const source = new CountingSource(stored);
  let state = source.cell(hashKey(stored)) as State;
  const before = statedMemorySize(state);
  const rich = AccountStatus.of({ balance: 10 ** 15, controller: CVMString.of("y".repeat(200)) });
  for (const at of [0, 17, 4095, 4096, 4999]) state = state.withAccount(at, rich);
  const grown = statedMemorySize(state) - before;
  expect(source.sizesAsked).toBeLessThan(6);
  const fresh = [0, 17, 4095, 4096, 4999].reduce((s, at) => s.withAccount(at, rich), stored);
  expect(grown).toBe(statedMemorySize(stateOf(Vector.from(fresh.accounts.toArray()))) - before);
});

test("where one size is not known none is carried", () => {
  const child = (lengthCache: number, memoryCache: number) =>
    Object.assign(Vector.of(2), { lengthCache, memoryCache });
  const carried = (from: Vector, oldLength: number, oldMemory: number, next: Vector) => {
    const after = Vector.of(next);
    carrySizes(from, after, oldLength, oldMemory, next);
    return [after.lengthCache, after.memoryCache];
  };
  const [known, unknown] = [child(5, 0), [0, -1]];
  expect(carried(child(9, 0), 4, 0, known)).toEqual([10, 0]);
  expect(carried(child(9, 0), 0, 0, known)).toEqual(unknown);
  expect(carried(child(9, 0), 4, -1, known)).toEqual(unknown);
  expect(carried(child(9, 0), 4, 0, child(0, 0))).toEqual(unknown);
  expect(carried(child(9, 0), 4, 0, child(5, -1))).toEqual(unknown);
  expect(carried(child(0, 0), 4, 0, known)).toEqual(unknown);
  expect(carried(child(9, 2 ** 53), 4, 0, known)).toEqual(unknown);
});

test("without known sizes nothing is carried", () => {
  const [before, after] = [Vector.of(1, Vector.of(2)), Vector.of(1, Vector.of(3))];
  carrySizes(before, after, 0, -1, after.get(1) as Vector);
  expect([after.lengthCache, after.memoryCache]).toEqual([0, -1]);
});
