// Progress of a peer that runs.

import { expect, test } from "bun:test";
import { ProgressLine } from "../../src/cli/progress-line.ts";
import { TestClock } from "../peer/scene.ts";

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
  expect(written.at(-1)).toBe("replay complete: 6 blocks, 9 KB, 2 a second\n");
  const log: string[] = [];
  const plain = new ProgressLine({ write: (text: string) => log.push(text) }, clock);
  for (let i = 0; i < 100; i++) {
    plain.show("replay", { ...figures, total: 0 });
    clock.advance(100);
  }
  expect(log.length).toBe(2);
});
