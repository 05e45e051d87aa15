import { expect, test } from "bun:test";
import { CORE_SYMBOLS_MAX, CoreSymbols } from "../../../src/cvm/account/core-symbols.ts";
import { Constant } from "../../../src/cvm/ops/constant.ts";
import type { Value } from "../../../src/data/cell.ts";
import { Keyword } from "../../../src/data/keyword.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import { AccountStatus } from "../../../src/state/account-status.ts";

const symbols = Array.from({ length: CORE_SYMBOLS_MAX + 2 }, (_, i) => CVMSymbol.of(`s${i}`));
const [a, b, c] = symbols as [CVMSymbol, CVMSymbol, CVMSymbol];

/** A map and how often it was asked. */
function countedMap(entries: [Value, Value][]): { map: CVMMap; asked: () => number } {
  let count = 0;
  const map = CVMMap.from(entries);
  const get = map.get.bind(map);
  map.get = (key) => {
    count++;
    return get(key);
  };
  return { map, asked: () => count };
}

function account(environment: CVMMap, metadata: CVMMap | null = null): AccountStatus {
  return AccountStatus.of({ environment, metadata });
}

function marked(mark: string): CVMMap {
  return CVMMap.from([[Keyword.of(mark), true]]);
}

test("asks an environment once for each symbol, found, nil or absent", () => {
  const { map, asked } = countedMap([
    [a, 1],
    [b, null],
  ]);
  const known = new CoreSymbols();
  for (let i = 0; i < 3; i++) {
    const values = [a, b, c].map((symbol) => known.get(account(map), symbol)?.value);
    expect(values).toEqual([1, null, undefined]);
  }
  expect(asked()).toBe(3);
});

test("another environment is asked afresh, and the first one again after it", () => {
  const [first, second] = [countedMap([[a, 1]]), countedMap([[a, 2]])];
  const known = new CoreSymbols();
  const values = [first, second, first].map(({ map }) => known.get(account(map), a)?.value);
  expect(values).toEqual([1, 2, 1]);
  expect([first.asked(), second.asked()]).toEqual([2, 1]);
});

test("other metadata for the same environment is asked afresh", () => {
  const environment = CVMMap.from([
    [a, 1],
    [b, 2],
  ]);
  const known = new CoreSymbols();
  const asStatic = known.get(account(environment, CVMMap.from([[a, marked("static")]])), a);
  expect([asStatic?.isExpander, asStatic?.constant]).toEqual([false, new Constant(1)]);
  const asExpander = known.get(account(environment, CVMMap.from([[a, marked("expander")]])), a);
  expect([asExpander?.isExpander, asExpander?.constant]).toEqual([true, null]);
  expect(known.get(account(environment), a)?.metadata).toBe(CVMMap.EMPTY);
});

test("remembers a bounded number of symbols", () => {
  const { map, asked } = countedMap([]);
  const known = new CoreSymbols();
  for (const symbol of symbols) expect(known.get(account(map), symbol)).toBeNull();
  expect(known.get(account(map), a)).toBeNull();
  expect(asked()).toBe(symbols.length + 1);
});
