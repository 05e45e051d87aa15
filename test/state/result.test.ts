import { expect, test } from "bun:test";
import { Keyword } from "../../src/data/keyword.ts";
import { CVMMap } from "../../src/data/map.ts";
import { CVMString } from "../../src/data/string.ts";
import { Vector } from "../../src/data/vector.ts";
import { print } from "../../src/lang/printer.ts";
import { Result } from "../../src/state/result.ts";

test("prints with a tag and without nil fields, the value excepted", () => {
  expect(print(Result.of({ id: 1, result: 2 }))).toBe("#Result {:id 1,:result 2}");
  expect(print(Result.of({}))).toBe("#Result {:result nil}");
  const failed = Result.of({
    id: 0,
    result: CVMString.of("no"),
    error: Keyword.of("CAST"),
    log: Vector.EMPTY,
    info: CVMMap.from([[Keyword.of("juice"), 7]]),
  });
  expect(print(failed)).toBe('#Result {:id 0,:result "no",:error :CAST,:log [],:info {:juice 7}}');
  expect(print(Vector.of(Result.of({ id: 1, result: 2 })))).toBe("[#Result {:id 1,:result 2}]");
});

test("stops at the limit", () => {
  const result = Result.of({ id: 1, result: CVMString.of("a".repeat(50)) });
  expect(print(result, 30)).toBeNull();
});

test("is an error when it has a code", () => {
  expect(Result.of({ result: 1 }).isError).toBe(false);
  const failed = Result.of({ result: null, error: Keyword.of("TRUST") });
  expect(failed.isError).toBe(true);
  expect(failed.withId(5).id).toBe(5);
  const full = Result.of({ log: Vector.of(1), info: CVMMap.from([[1, 2]]) });
  expect([full.log?.get(0), full.info?.get(1)]).toEqual([1, 2]);
  expect(failed.withInfo(CVMMap.EMPTY).info).toBe(CVMMap.EMPTY);
});
