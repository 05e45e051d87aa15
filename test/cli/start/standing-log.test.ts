// The log tells of each change of a peer's standing, whether it was started with --join or not.

import { expect, test } from "bun:test";
import { logStanding } from "../../../src/cli/start/standing-log.ts";
import { TestClock } from "../../peer/scene.ts";

const READY = {
  role: "voter",
  obstacle: null,
  isReady: true,
  lack: null,
  backlog: 0,
  votingShare: 0.25,
} as const;
const CUT_OFF = {
  ...READY,
  obstacle: "Only 25.0% of the voting weight can be reached",
  isReady: false,
  lack: "others",
} as const;
const OBSERVER = { ...READY, role: "observer", obstacle: "no stake", votingShare: 0 } as const;
const LOST = { ...OBSERVER, isReady: false, lack: "others" } as const;

function scene() {
  const clock = new TestClock();
  const lines: string[] = [];
  const log = {
    say: (component: string, level: string, text: string) => {
      lines.push(`${component} ${level} ${text.split(". See")[0]}`);
    },
  };
  let now: Parameters<typeof logStanding>[0] = () => READY;
  const end = logStanding(() => now(), log, clock);
  const pass = (standing: ReturnType<typeof now>, seconds: number) => {
    now = () => standing;
    for (let i = 0; i < seconds; i++) clock.advance(1_000);
    return lines.splice(0);
  };
  return { clock, end, pass };
}

test("what a peer loses and finds again is told once each, with what to do", () => {
  const { end, pass, clock } = scene();
  expect(pass(READY, 2)).toEqual(["peer info takes part"]);
  expect(pass(CUT_OFF, 1)).toEqual([]);
  expect(pass(READY, 5)).toEqual([]);
  expect(pass(CUT_OFF, 2)).toEqual([
    "peer warn does NOT take part: Only 25.0% of the voting weight can be reached",
  ]);
  const worse = { ...CUT_OFF, obstacle: "Only 12.5% of the voting weight can be reached" };
  expect(pass(worse, 60)).toEqual([]);
  expect(pass(READY, 2)).toEqual(["peer info takes part"]);
  end();
  expect(pass(CUT_OFF, 60)).toEqual([]);
  expect(clock.timers).toBe(0);
});

test("an observer that lost those it followed does not go on saying that it follows", () => {
  const { end, pass } = scene();
  expect(pass(OBSERVER, 3)).toEqual(["peer info observer: no stake"]);
  expect(pass(LOST, 3)).toEqual(["peer warn observer, NOT following: no stake"]);
  end();
});

test("who starts is given time to find the others and to catch up", () => {
  const { end, pass } = scene();
  expect(pass(CUT_OFF, 9)).toEqual([]);
  expect(pass({ ...CUT_OFF, backlog: 7 }, 60)).toEqual([]);
  expect(pass(CUT_OFF, 2)).toEqual([
    "peer warn does NOT take part: Only 25.0% of the voting weight can be reached",
  ]);
  end();
});

test("a peer that votes alone says nothing", () => {
  const { end, pass } = scene();
  expect(pass({ ...READY, votingShare: 1 }, 60)).toEqual([]);
  end();
});
