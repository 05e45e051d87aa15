// The streams of MCP sessions: what becomes of one whose client does not read.

import { expect, test } from "bun:test";
import { CVMMap } from "../../../src/data/map.ts";
import { CVMString } from "../../../src/data/string.ts";
import { Vector } from "../../../src/data/vector.ts";
import type { PeerApi } from "../../../src/peer/peer-api.ts";
import {
  McpSessions,
  SESSIONS_MAX,
  SessionsFullError,
} from "../../../src/rest/mcp/mcp-sessions.ts";
import { WATCHES_MAX } from "../../../src/rest/mcp/watches.ts";
import { TestClock } from "../../peer/scene.ts";

const LOOK_MS = 1_000;
/** More than a stream holds ready, at WATCHES_MAX values of some 700 bytes a look. */
const LOOKS = 10;

/**
 * Sessions over a State whose values all change with each pass.
 * @param lookMs how long it takes to look for what one session watches
 */
function scene(lookMs = 0) {
  const clock = new TestClock();
  let pass = () => {};
  let round = 0;
  const value = (i: number) => [i, CVMString.of(`${round} ${"x".repeat(700)}`)] as const;
  const peer = {
    state: () => {
      clock.advance(round === 0 ? 0 : lookMs);
      return CVMMap.from(Array.from({ length: WATCHES_MAX }, (_, i) => value(i)));
    },
    whenPassed: (listener: () => void) => {
      pass = listener;
      return () => {};
    },
  };
  const sessions = new McpSessions(peer as unknown as PeerApi, clock);
  const change = () => {
    round++;
    pass();
    clock.advance(LOOK_MS);
  };
  return { clock, sessions, change };
}

function watchAll(sessions: McpSessions, id: string): void {
  for (let i = 0; i < WATCHES_MAX; i++) sessions.watches(id)?.add(Vector.of(i));
}

test("a client that does not read loses its stream in the middle of what it is told", () => {
  const { sessions, change } = scene();
  sessions.open("slow");
  watchAll(sessions, "slow");
  for (let i = 0; i < LOOKS; i++) change();
  expect(sessions.size).toBe(0);
  sessions.closeAll();
});

test("who has no stream gets a place of who has all, whose latest stream ends", async () => {
  const { sessions } = scene();
  const streams = Array.from({ length: SESSIONS_MAX }, (_, i) => sessions.open(`s-${i}`, "a"));
  expect(() => sessions.open("one-more", "a")).toThrow(SessionsFullError);
  sessions.open("other", "b");
  expect([sessions.size, sessions.watches(`s-${SESSIONS_MAX - 1}`)]).toEqual([SESSIONS_MAX, null]);
  expect(await new Response(streams.at(-1)).text()).toBe(": keepalive\n\n");
  sessions.closeAll();
});

test("a look that takes long lets other work in", async () => {
  const { clock, sessions, change } = scene(2);
  const ids = Array.from({ length: 10 }, (_, i) => `s-${i}`);
  for (const id of ids) {
    sessions.open(id);
    sessions.watches(id)?.add(Vector.of(0));
  }
  const turns: number[] = [];
  const { soon } = clock;
  clock.soon = (task) => {
    turns.push(clock.now());
    soon.call(clock, task);
  };
  const before = clock.now();
  change();
  expect(turns.length).toBe(1);
  for (let i = 0; i < 20; i++) await new Promise<void>((resolve) => setImmediate(resolve));
  // Ten looks of 2 ms each, three of which are more than a turn.
  expect(turns.map((at) => at - before - LOOK_MS)).toEqual([6, 12, 18]);
  sessions.closeAll();
});

test("the connection of a session that has ended does not end the next one of its id", async () => {
  const { sessions } = scene();
  const former = sessions.open("one");
  sessions.close("one");
  sessions.open("one");
  await former.cancel();
  expect(sessions.size).toBe(1);
  expect(sessions.close("one")).toBe(true);
});

test("a path that would take much memory is not watched", () => {
  const { sessions } = scene();
  sessions.open("one");
  const watches = sessions.watches("one");
  expect(() => watches?.add(Vector.from(Array.from({ length: 100_000 }, (_, i) => i)))).toThrow(
    "too long",
  );
  expect(() => watches?.add(Vector.of(CVMString.of("x".repeat(5_000))))).toThrow("too long");
  const dense = Vector.from(Array.from({ length: 120 }, () => CVMString.of("")));
  expect(() => watches?.add(dense)).toThrow("too long");
  expect(watches?.add(Vector.of(1, CVMString.of("x".repeat(1_000)))).id).toBe("w-1");
  sessions.closeAll();
});
