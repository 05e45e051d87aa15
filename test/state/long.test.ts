import { expect, test } from "bun:test";
import fc from "fast-check";
import { integer } from "../../src/data/integer.ts";
import { addLongs, subtractLongs } from "../../src/state/long.ts";

const SAFE = Number.MAX_SAFE_INTEGER;
const edges = fc.constantFrom(0n, 1n, BigInt(SAFE), -BigInt(SAFE), 2n ** 63n - 1n, -(2n ** 63n));
const long = fc.oneof(edges, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));

test("sums and differences wrap at 64 bits, and are exact below", () => {
  fc.assert(
    fc.property(long, long, (a, b) => {
      const [x, y] = [integer(a), integer(b)];
      expect(addLongs(x, y)).toBe(integer(BigInt.asIntN(64, a + b)));
      expect(subtractLongs(x, y)).toBe(integer(BigInt.asIntN(64, a - b)));
    }),
    { seed: 853, numRuns: 500 },
  );
  expect(addLongs(SAFE, 1)).toBe(2n ** 53n);
  expect(subtractLongs(-SAFE, 1)).toBe(-(2n ** 53n));
});
