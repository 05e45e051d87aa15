// What a Result is to a command: the code it ends with, the words, the facts of a receipt.

import { expect, test } from "bun:test";
import { CommandError } from "../../../src/cli/failure.ts";
import {
  executionInfo,
  failureOf,
  isUndecided,
  requireSuccess,
  textIfShort,
  valueText,
} from "../../../src/cli/transactions/result-output.ts";
import { Blob } from "../../../src/data/blob.ts";
import { MissingDataError, type Value } from "../../../src/data/cell.ts";
import { Keyword } from "../../../src/data/keyword.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { CVMString } from "../../../src/data/string.ts";
import { Vector } from "../../../src/data/vector.ts";
import { Result } from "../../../src/state/result.ts";

const text = (words: string) => CVMString.of(words);

function failed(code: string, value: Value = text("no")): Result {
  return Result.of({ id: 0, result: value, error: Keyword.of(code), info: null });
}

test.each([
  ["LOAD", 75],
  ["NETWORK", 75],
  ["TIMEOUT", 75],
  ["SEQUENCE", 75],
  ["NOBODY", 67],
  ["SIGNATURE", 77],
  ["TRUST", 77],
  ["JUICE", 65],
  ["FUNDS", 65],
  ["MINE", 65],
])("an error :%s ends a command with %d", (code, exitCode) => {
  expect(failureOf(failed(code))?.exitCode).toBe(exitCode);
  expect(() => requireSuccess(failed(code))).toThrow(CommandError);
  expect(isUndecided(code)).toBe(code === "NETWORK" || code === "TIMEOUT");
});

test("an error's String is repeated as it reads, another value as it is printed", () => {
  expect(failureOf(failed("MINE", text('a "b"')))?.message).toBe('The peer answers :MINE a "b"');
  expect(failureOf(failed("MINE", Vector.of(text("a"))))?.message).toBe(
    'The peer answers :MINE ["a"]',
  );
  expect(failureOf(failed("SEQUENCE"))?.message).toEndWith("came first: run the command again)");
});

test("a success is no failure", () => {
  const done = Result.of({ id: 0, result: 7, error: null, info: null });
  expect(failureOf(done)).toBeNull();
  expect(() => requireSuccess(done)).not.toThrow();
});

test("a receipt has what the info says, and null for what is absent or of another kind", () => {
  const infoOf = (fields: Readonly<Record<string, Value>>) => {
    const entries = Object.entries(fields).map(
      ([name, value]) => [Keyword.of(name), value] as const,
    );
    const info = CVMMap.from(entries);
    return executionInfo(Result.of({ id: 0, result: 7, error: null, info }));
  };
  const tx = Blob.of(new Uint8Array(32).fill(0xab));
  const nothing = { juice: null, fees: null, tx: null, block: null, index: null };
  expect(infoOf({ juice: 5, fees: 9, tx, loc: Vector.of(3, 4) })).toEqual({
    juice: 5,
    fees: 9,
    tx: "ab".repeat(32),
    block: 3,
    index: 4,
  });
  expect(infoOf({ juice: text("5"), fees: null, tx: 1, loc: 3 })).toEqual(nothing);
  expect(infoOf({ loc: Vector.of(3) })).toEqual({ ...nothing, block: 3 });
  expect(infoOf({ loc: Vector.of(text("3"), 4) })).toEqual({ ...nothing, index: 4 });
  expect(executionInfo(failed("MINE"))).toEqual(nothing);
});

test("a value that is not all there is shown as null; other failures are ours", () => {
  const failing = (error: Error) => () => {
    throw error;
  };
  expect(textIfShort(1, failing(new MissingDataError("ab")))).toBeNull();
  expect(() => textIfShort(1, failing(new TypeError("ours")))).toThrow(TypeError);
  expect(() => valueText(text("x".repeat(20_000_000)))).toThrow("too long to be printed");
});
