import { expect, test } from "bun:test";
import { durationText } from "../../../src/cli/terminal/duration-text.ts";

test("a length of time has two units at most, and turns exactly at each", () => {
  const seconds = [0, 59.999, 60, 3_599, 3_600, 86_399, 86_400, 277_199];
  expect(seconds.map((each) => durationText(each * 1_000))).toEqual([
    "0 s",
    "59 s",
    "1 min 0 s",
    "59 min 59 s",
    "1 h 0 min",
    "23 h 59 min",
    "1 d 0 h",
    "3 d 4 h",
  ]);
});
