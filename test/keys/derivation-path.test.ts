// Derivation paths: what the reference would misread is refused (sheet 05 §4.3).

import { expect, test } from "bun:test";
import { DEFAULT_PATH, DerivationPathError, parsePath } from "../../src/keys/derivation-path.ts";

test.each([
  [DEFAULT_PATH, [44, 864, 0, 0, 0]],
  ["m", []],
  ["m/44/864/1234/0/1", [44, 864, 1234, 0, 1]],
  ["m/2147483647", [2147483647]],
] as const)("%s", (path, indices) => {
  expect(parsePath(path)).toEqual([...indices]);
});

/** Each of these is the master key, or another path than it seems, in the reference's tools. */
test.each([
  ["m/44'/864'/0'/0'/0'", "without apostrophes (m/44/864/0/0/0)"],
  ["m/44h/864h", "without apostrophes"],
  ["44/864/0/0/0", "must begin with 'm'"],
  ["M/44", "must begin with 'm'"],
  ["", "must begin with 'm'"],
  ["m/", "nothing between two slashes or after the last"],
  ["m/1/", "nothing between two slashes or after the last"],
  ["m//1", "nothing between two slashes or after the last"],
  ["m/01", "found '01'"],
  ["m/+1", "found '+1'"],
  ["m/-0", "found '-0'"],
  ["m/ 1", "found ' 1'"],
  ["m/x", "found 'x'"],
  ["m/2147483648", "at most 2147483647"],
  [`m${"/0".repeat(256)}`, "more than 255 levels"],
])("%s is refused with a reason", (path, reason) => {
  expect(() => parsePath(path)).toThrow(DerivationPathError);
  expect(() => parsePath(path)).toThrow(reason);
});
