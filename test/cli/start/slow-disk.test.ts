// A disk that keeps the peer waiting is told of in the log.

import { expect, test } from "bun:test";
import { logSlowDisk, SAY_EVERY_MS, SLOW_WRITE_MS } from "../../../src/cli/start/slow-disk.ts";
import { WriteTimes } from "../../../src/store/write-times.ts";
import { TestClock } from "../../peer/scene.ts";

function scene() {
  const clock = new TestClock();
  const lines: string[] = [];
  const log = {
    say: (component: string, level: string, text: string) => {
      lines.push(`${component} ${level} ${text.split(". ")[0]}`);
    },
  };
  const writes = new WriteTimes();
  const end = logSlowDisk(writes, log, clock);
  const pass = (ms: number) => {
    clock.advance(ms);
    return lines.splice(0);
  };
  return { clock, end, pass, writes };
}

const told = (seconds: string) =>
  `peer warn The disk took ${seconds} s for a write, and all Results waited`;

test("a write of a second and more is told of, with the longest of them", () => {
  const { pass, writes } = scene();
  writes.add(SLOW_WRITE_MS - 1);
  expect(pass(5_000)).toEqual([]);
  for (const ms of [SLOW_WRITE_MS, 8_240, 3_000]) writes.add(ms);
  expect(pass(1_000)).toEqual([told("8.2")]);
  expect(pass(3 * SAY_EVERY_MS)).toEqual([]);
});

test("a disk that stays slow is told of once a minute, with the longest write since", () => {
  const { pass, writes } = scene();
  writes.add(2_000);
  expect(pass(1_000)).toEqual([told("2.0")]);
  writes.add(5_000);
  expect(pass(2_000)).toEqual([]);
  writes.add(1_500);
  expect(pass(SAY_EVERY_MS)).toEqual([told("5.0")]);
  writes.add(1_100);
  expect(pass(SAY_EVERY_MS)).toEqual([told("1.1")]);
});

test("nothing is looked at any more once it has ended", () => {
  const { clock, end, pass, writes } = scene();
  end();
  writes.add(9_000);
  expect(pass(SAY_EVERY_MS)).toEqual([]);
  expect(clock.timers).toBe(0);
});
