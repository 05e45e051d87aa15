import { expect, test } from "bun:test";
import { CODE } from "../../src/cvm/error-code.ts";
import { ErrorExit } from "../../src/cvm/exits.ts";
import { CVMString } from "../../src/data/string.ts";

/** An error that went through this many expressions of so many characters. */
function errorThrough(lines: number, length: number): ErrorExit {
  const exit = new ErrorExit(CODE.CAST, "wrong", null);
  for (let i = 0; i < lines; i++) exit.traceLines.push({ text: () => "x".repeat(length) });
  return exit;
}

test("a trace has the innermost lines, up to 2^18 characters", () => {
  expect(errorThrough(9, 100).trace.length).toBe(9);
  expect(errorThrough(9, 2 ** 16).trace.length).toBe(4);
  expect(errorThrough(9, 2 ** 16 + 1).trace.length).toBe(3);
});

test("a message that is worked out is worked out once", () => {
  let asked = 0;
  const exit = new ErrorExit(CODE.CAST, () => `wrong ${++asked}`, null);
  expect([exit.message, exit.message].map(String)).toEqual(["wrong 1", "wrong 1"]);
  expect(exit.message).toBeInstanceOf(CVMString);
});
