// A terminal is told nothing by what strangers wrote: they could clear what was said, or make a
// transaction that is to be signed look like another.

import { expect, test } from "bun:test";
import { prettyLine } from "../../../src/cli/log/log-format.ts";
import { rowsText } from "../../../src/cli/terminal/json-line.ts";
import { visibleLine, visibleText } from "../../../src/cli/terminal/visible-text.ts";

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
