// Runs a table of calls.

import { expect, test } from "bun:test";
import { type CallRow, call } from "./core-call.ts";

export function testCalls(rows: readonly CallRow[]): void {
  test.each(rows.map((row) => [...row]))("%s", (...row) => {
    const [text, expected, juice] = row as unknown as CallRow;
    const called = call(text);
    expect(called.text).toBe(expected);
    if (juice !== undefined) expect(called.juice).toBe(juice);
  });
}
