import { expect, test } from "bun:test";
import {
  BACKLOG_PROPOSAL_PAUSE_MS,
  PAUSE_PER_BUSY_MS,
  PROPOSAL_PAUSE_MAX_MS,
  PROPOSAL_PAUSE_MS,
} from "../../../src/peer/bounds.ts";
import { mayPropose } from "../../../src/peer/rounds/block-maker.ts";

const WAITING = { queued: 1, unfinished: 1, backlog: 0, sinceLastMs: 0, busyMs: 0 };

test("nothing is proposed without transactions, and at once where nothing is under way", () => {
  expect(mayPropose({ ...WAITING, queued: 0, sinceLastMs: 1_000 })).toBe(false);
  expect(mayPropose({ ...WAITING, unfinished: 0 })).toBe(true);
});

test("while blocks are under way, the next one waits a little", () => {
  expect(mayPropose({ ...WAITING, sinceLastMs: PROPOSAL_PAUSE_MS - 1 })).toBe(false);
  expect(mayPropose({ ...WAITING, sinceLastMs: PROPOSAL_PAUSE_MS })).toBe(true);
});

test("the busier the peer is with them the longer, up to a bound", () => {
  const sinceLastMs = PAUSE_PER_BUSY_MS * 20;
  expect(mayPropose({ ...WAITING, sinceLastMs, busyMs: 20 })).toBe(true);
  expect(mayPropose({ ...WAITING, sinceLastMs, busyMs: 21 })).toBe(false);
  const busy = { ...WAITING, busyMs: 1_000_000 };
  expect(mayPropose({ ...busy, sinceLastMs: PROPOSAL_PAUSE_MAX_MS - 1 })).toBe(false);
  expect(mayPropose({ ...busy, sinceLastMs: PROPOSAL_PAUSE_MAX_MS })).toBe(true);
});

test("a clock that was set back makes nobody wait", () => {
  expect(mayPropose({ ...WAITING, sinceLastMs: -1 })).toBe(true);
});

test("while final blocks wait to be executed, few are proposed", () => {
  const behind = { ...WAITING, unfinished: 0, backlog: 1 };
  expect(mayPropose({ ...behind, sinceLastMs: BACKLOG_PROPOSAL_PAUSE_MS - 1 })).toBe(false);
  expect(mayPropose({ ...behind, sinceLastMs: BACKLOG_PROPOSAL_PAUSE_MS })).toBe(true);
});
