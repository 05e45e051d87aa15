// News for many subscribers at once: each has its turn, and so has everything else.

import { expect, test } from "bun:test";
import type { PeerApi } from "../../../src/peer/peer-api.ts";
import { FeedTurns } from "../../../src/rest/live/feed-turns.ts";
import { LiveFeed } from "../../../src/rest/live/live-feed.ts";
import { topicsOf } from "../../../src/rest/live/topics.ts";
import { TestClock } from "../../peer/scene.ts";

/** Longer than what the feed waits between two looks. */
const NEWS_MS = 50;

/** Moments at which other work was let in, from now on, in milliseconds. */
function breaks(clock: TestClock): number[] {
  const begun = clock.now();
  const moments: number[] = [];
  const { soon } = clock;
  clock.soon = (task) => {
    soon.call(clock, () => {
      moments.push(clock.now() - begun);
      task();
    });
  };
  return moments;
}

async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** A feed of a peer whose blocks take so long to tell of. */
function scene(blockMs: number) {
  const clock = new TestClock();
  let pass = () => {};
  let statuses = 0;
  const hash = new Uint8Array(32);
  const peer = {
    position: 0,
    block: () => {
      clock.advance(blockMs);
      return null;
    },
    blockResult: () => null,
    status: () => {
      const points = [++statuses, 0, 0, 0];
      return { belief: hash, genesis: hash, peer: hash, state: hash, points };
    },
    whenPassed: (listener: () => void) => {
      pass = listener;
      return () => {};
    },
  };
  const feed = new LiveFeed(peer as unknown as PeerApi, clock);
  const execute = () => {
    peer.position++;
    pass();
    clock.advance(NEWS_MS);
  };
  return { clock, feed, execute, statuses: () => statuses };
}

test("news that takes long to tell lets other work in between subscribers", async () => {
  const { clock, feed, execute } = scene(2);
  for (let i = 0; i < 10; i++) feed.open(topicsOf({ topics: "blocks" }), null);
  await settled();
  const moments = breaks(clock);
  execute();
  await settled();
  // Ten of 2 ms each, three of which are more than a slice.
  expect(moments.map((at) => at - NEWS_MS)).toEqual([0, 6, 12, 18]);
  feed.close();
});

test("the status is put together once for all who want it", async () => {
  const { feed, execute, statuses } = scene(0);
  const streams = Array.from({ length: 10 }, () => feed.open(topicsOf({ topics: "status" }), null));
  await settled();
  expect(statuses()).toBe(1);
  execute();
  await settled();
  expect(statuses()).toBe(2);
  feed.close();
  for (const stream of streams) {
    const text = await new Response(stream).text();
    expect(text.match(/"block-point":\d/g)).toEqual(['"block-point":1', '"block-point":2']);
  }
});

test("other work is let in after so many short turns, too", async () => {
  const turns = new FeedTurns(new TestClock());
  const done: number[] = [];
  let doneBefore = 0;
  const all = Array.from({ length: 100 }, (_, i) => turns.run(() => done.push(i)));
  setImmediate(() => {
    doneBefore = done.length;
  });
  await Promise.all(all);
  expect([doneBefore, done]).toEqual([64, Array.from({ length: 100 }, (_, i) => i)]);
});

test("work that fails is its own matter", async () => {
  const turns = new FeedTurns(new TestClock());
  const failing = turns.run(() => {
    throw new Error("no such block");
  });
  const next = turns.run(() => 7);
  await expect(failing).rejects.toThrow("no such block");
  expect(await next).toBe(7);
});
