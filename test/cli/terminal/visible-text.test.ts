// A terminal is told nothing by what strangers wrote: they could clear what was said, or make a
// transaction that is to be signed look like another.

import { expect, spyOn, test } from "bun:test";
import { prettyLine } from "../../../src/cli/log/log-format.ts";
import { printJsonLine, rowsText } from "../../../src/cli/terminal/json-line.ts";
import {
  clippedText,
  shownText,
  visibleLine,
  visibleText,
} from "../../../src/cli/terminal/visible-text.ts";

const CLEARING = "\u001b[2Jpays \u009b31m1 \u202ednuop\u0007\u007f";
const VISIBLE = "\\u001b[2Jpays \\u009b31m1 \\u202ednuop\\u0007\\u007f";

test("control characters and turned directions are shown, other letters are not touched", () => {
  expect(visibleText(CLEARING)).toBe(VISIBLE);
  const kept = 'Zürich 日本 🎉 \\ "#12" e\u0301 one\ttwo\nthree';
  expect(visibleText(kept)).toBe(kept);
  expect(visibleLine("one\ttwo\r\nthree")).toBe("one\\u0009two\\u000d\\u000athree");
});

test("a row stays one row, whatever its text", () => {
  const rows = rowsText([["its maker says", `${CLEARING}\nsigns  me`]]);
  expect(rows).toBe(`its maker says  ${VISIBLE}\\u000asigns  me\n`);
});

test("a line of the log is words alone", () => {
  const entry = {
    timeMs: 0,
    level: "warn",
    component: "network",
    text: CLEARING,
    times: 1,
  } as const;
  expect(prettyLine(entry)).toEndWith(`${VISIBLE}\n`);
});

test("a value is exact where its reader is a program, and JSON has the same in other letters", () => {
  const { isTTY } = process.stdout;
  try {
    process.stdout.isTTY = false;
    expect(shownText(CLEARING)).toBe(CLEARING);
    process.stdout.isTTY = true;
    expect(shownText(CLEARING)).toBe(VISIBLE);
  } finally {
    process.stdout.isTTY = isTTY;
  }
  const write = spyOn(process.stdout, "write").mockReturnValue(true);
  printJsonLine({ said: CLEARING });
  const line = String(write.mock.calls[0]?.[0]);
  write.mockRestore();
  expect(line).toBe(`{"said":"${VISIBLE}"}\n`);
  expect(JSON.parse(line)).toEqual({ said: CLEARING });
});

test("what is too long is said without its middle, and not a letter sooner", () => {
  const [whole, long] = ["a".repeat(4_000), `${"a".repeat(2_000)}x${"b".repeat(2_000)}`];
  expect(clippedText(whole)).toBe(whole);
  expect(clippedText(long)).toBe(`${"a".repeat(2_000)} … ${"b".repeat(2_000)}`);
});
