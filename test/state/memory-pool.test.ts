import { expect, test } from "bun:test";
import fc from "fast-check";
import { MemoryTradeError, swapPrice } from "../../src/state/memory-pool.ts";

const POOL = 1_000_000;
const COINS = 1_000_000_000_000;

test("prices of the reference (sheet 02 §9, sheet 03 §11, W3 and §11.1)", () => {
  expect(swapPrice(1, POOL, COINS)).toBe(1_000_002);
  expect(swapPrice(10_000, POOL, COINS)).toBe(10_101_010_102);
  expect(swapPrice(-10_000, POOL, COINS)).toBe(-9_900_990_099);
  expect(swapPrice(6888, POOL, COINS)).toBe(6_935_773_609);
  expect(swapPrice(-20_000, 990_000, 1_010_101_010_102)).toBe(-20_002_000_200);
});

test("the whole pool is not for sale, an empty one has no price", () => {
  for (const [bytes, pool, coins] of [
    [POOL, POOL, COINS],
    [POOL + 1, POOL, COINS],
    [10n ** 18n, POOL, COINS],
    [1, 0, COINS],
    [1, POOL, 0],
    [1, -5, COINS],
  ] as const) {
    expect(() => swapPrice(bytes, pool, coins)).toThrow(MemoryTradeError);
  }
});

test("a price beyond 64 bits saturates", () => {
  expect(swapPrice(10n ** 12n - 1n, 10n ** 12n, 10n ** 17n)).toBe(2n ** 63n - 1n);
});

test("the pool never loses by a trade", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10 ** 9 }),
      fc.integer({ min: 1, max: 10 ** 15 }),
      fc.integer({ min: -(10 ** 6), max: 10 ** 6 }),
      (pool, coins, bytes) => {
        fc.pre(bytes < pool);
        const price = BigInt(swapPrice(bytes, pool, coins));
        const after = (BigInt(pool) - BigInt(bytes)) * (BigInt(coins) + price);
        expect(after).toBeGreaterThan(BigInt(pool) * BigInt(coins));
      },
    ),
    { seed: 853 },
  );
});
