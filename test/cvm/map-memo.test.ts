import { expect, test } from "bun:test";
import { MapMemo } from "../../src/cvm/map-memo.ts";
import type { Value } from "../../src/data/cell.ts";
import { CVMMap } from "../../src/data/map.ts";
import { CVMSymbol } from "../../src/data/symbol.ts";

const symbols = Array.from({ length: 6000 }, (_, i) => CVMSymbol.of(`s${i}`));
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

test("asks a map once for each symbol, found, nil or absent", () => {
  const { map, asked } = countedMap([
    [a, 1],
    [b, null],
  ]);
  const memo = new MapMemo();
  for (let i = 0; i < 3; i++) {
    expect([memo.get(map, a), memo.get(map, b), memo.get(map, c)]).toEqual([1, null, undefined]);
  }
  expect(asked()).toBe(3);
});

test("another map is asked afresh, and the first one again after it", () => {
  const [first, second] = [countedMap([[a, 1]]), countedMap([[a, 2]])];
  const memo = new MapMemo();
  expect(memo.get(first.map, a)).toBe(1);
  expect(memo.get(second.map, a)).toBe(2);
  expect(memo.get(first.map, a)).toBe(1);
  expect([first.asked(), second.asked()]).toEqual([2, 1]);
});

test("remembers a bounded number of symbols", () => {
  const { map, asked } = countedMap([]);
  const memo = new MapMemo();
  for (const symbol of symbols) expect(memo.get(map, symbol)).toBeUndefined();
  expect(memo.get(map, a)).toBeUndefined();
  expect(asked()).toBe(symbols.length + 1);
});
