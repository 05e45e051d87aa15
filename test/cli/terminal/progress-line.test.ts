// Progress of a peer that runs.

import { expect, test } from "bun:test";
import { ProgressLine } from "../../../src/cli/terminal/progress-line.ts";
import { TestClock } from "../../peer/scene.ts";

test("progress is a line that is written again on a terminal, and lines now and then elsewhere", () => {
  const clock = new TestClock();
  const figures = { done: 6, total: 24, unit: "blocks", detail: "9 KB", rate: 2 };
  const written: string[] = [];
  const output = { isTTY: true, write: (text: string) => written.push(text) };
  const line = new ProgressLine(output, clock);
  line.show("replay", figures);
  line.show("replay", figures);
  expect(written).toEqual([
    "\r\x1b[2Kreplay [######------------------] 6/24 blocks, 9 KB, 2/s, 9 s left",
  ]);
  line.done("replay");
  expect(written.at(-1)).toBe("replay complete: 6 blocks, 9 KB, 2 blocks a second\n");
  const log: string[] = [];
  const plain = new ProgressLine({ write: (text: string) => log.push(text) }, clock);
  for (let i = 0; i < 120; i++) {
    plain.show("replay", figures);
    clock.advance(100);
  }
  expect(log).toEqual(Array(2).fill("replay: 6/24 blocks, 9 KB, 2/s, 9 s left\n"));
});

test("a line that is written again never takes two lines of the terminal", () => {
  const figures = { done: 6, total: 24, unit: "blocks", detail: "9 KB", rate: 2 };
  for (const columns of [20, 40, 50, 60, 80]) {
    const written: string[] = [];
    const output = { isTTY: true, columns, write: (text: string) => written.push(text) };
    new ProgressLine(output, new TestClock()).show("checking blocks", figures);
    const [text = ""] = written;
    expect(text.replace("\r\x1b[2K", "").length).toBeLessThan(columns);
    expect(text.includes("#")).toBe(columns > 70);
  }
});
