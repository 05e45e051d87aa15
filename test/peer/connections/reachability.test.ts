// Who can be reached: by who speaks, by what is relayed, and by signs that somebody is gone.

import { expect, test } from "bun:test";
import type { Neighbour } from "../../../src/peer/connections/neighbour.ts";
import { Reachability } from "../../../src/peer/connections/reachability.ts";
import {
  BEHIND_MAX_MS,
  HEARD_WITHIN_MS,
  LISTEN_MAX_MS,
  REACHABLE_FOR_MS,
} from "../../../src/peer/network-bounds.ts";
import { TestClock } from "../scene.ts";

type Seen = Pick<Neighbour, "key" | "isOpen" | "isTrusted" | "heardAtMs">;

function scene() {
  const clock = new TestClock();
  const seen: Seen = {
    key: "a",
    isOpen: true,
    isTrusted: true,
    heardAtMs: Number.NEGATIVE_INFINITY,
  };
  const neighbour = seen as Neighbour;
  return { clock, neighbour, view: new Reachability(clock, () => [neighbour]) };
}

test("who spoke lately can be reached, with those that it relays, until they are gone", () => {
  const { clock, neighbour, view } = scene();
  expect(view.reachablePeers()).toEqual([]);
  view.order("b", true, 1);
  view.heard(neighbour);
  expect(view.reachablePeers()).toEqual(["a", "b"]);
  view.gone("b");
  expect(view.reachablePeers()).toEqual(["a"]);
  clock.advance(HEARD_WITHIN_MS + 1);
  expect(view.reachablePeers()).toEqual([]);
});

test("the answer stays the same array until something comes, and not for long without", () => {
  const { clock, neighbour, view } = scene();
  view.heard(neighbour);
  const first = view.reachablePeers();
  clock.advance(REACHABLE_FOR_MS - 1);
  expect(view.reachablePeers()).toBe(first);
  view.order("b", true, 1);
  const second = view.reachablePeers();
  expect(second).toEqual(["a", "b"]);
  clock.advance(REACHABLE_FOR_MS);
  expect(view.reachablePeers()).not.toBe(second);
});

test("an Order that is not new does not bring back who is gone", () => {
  const { clock, neighbour, view } = scene();
  view.heard(neighbour);
  view.order("b", true, 1);
  clock.advance(1);
  view.gone("b");
  clock.advance(1);
  view.order("b", false, 1);
  expect(view.reachablePeers()).toEqual(["a"]);
  view.order("b", true, 2);
  expect(view.reachablePeers()).toEqual(["a", "b"]);
  expect(view.reachablePeers().length).toBe(2);
});

test("a connection that has closed reaches nobody, and one's own Order counts once", () => {
  const { neighbour, view } = scene();
  view.heard(neighbour);
  view.order("a", true, 1);
  expect(view.reachablePeers()).toEqual(["a"]);
  Object.assign(neighbour, { isOpen: false });
  view.order("b", true, 1);
  expect(view.reachablePeers()).toEqual([]);
});

test("who falls silent on its only connection is gone, even by what others relay", () => {
  const clock = new TestClock();
  const seen = (key: string | null): Neighbour =>
    ({ key, isOpen: true, isTrusted: true, heardAtMs: Number.NEGATIVE_INFINITY }) as Neighbour;
  const [a, b, again, nobody] = [seen("a"), seen("b"), seen("b"), seen(null)];
  const view = new Reachability(clock, () => [a, b, again, nobody]);
  for (const each of [a, b, nobody]) view.heard(each);
  for (const key of ["a", "b"]) view.order(key, true, 1);
  clock.advance(HEARD_WITHIN_MS + 1);
  view.heard(a);
  view.heard(again);
  view.tick();
  expect(view.reachablePeers()).toEqual(["a", "b"]);
  clock.advance(HEARD_WITHIN_MS + 1);
  view.heard(a);
  view.tick();
  expect(view.reachablePeers()).toEqual(["a"]);
});

test("who has listened long enough to one it may believe knows who is there", () => {
  const { clock, neighbour, view } = scene();
  Object.assign(neighbour, { isTrusted: false });
  view.understood(neighbour);
  clock.advance(LISTEN_MAX_MS);
  expect(view.hasListened()).toBe(false);
  Object.assign(neighbour, { isTrusted: true });
  view.understood(neighbour);
  clock.advance(LISTEN_MAX_MS - 1);
  view.understood(neighbour);
  expect(view.hasListened()).toBe(false);
  clock.advance(1);
  expect(view.hasListened()).toBe(true);
  expect([...view.heardPeers()]).toEqual(["a"]);
});

test("who is relayed and does not take part in new blocks is gone, who is idle is not", () => {
  const { clock, neighbour, view } = scene();
  view.followed(5);
  view.order("b", false, 5);
  view.order("c", false, 4);
  const reachable = () => {
    view.heard(neighbour);
    return view.reachablePeers();
  };
  expect(reachable()).toEqual(["a", "b", "c"]);
  clock.advance(BEHIND_MAX_MS + 1);
  expect(reachable()).toEqual(["a", "b"]);
  view.followed(6);
  expect(reachable()).toEqual(["a", "b"]);
  clock.advance(BEHIND_MAX_MS + 1);
  expect(reachable()).toEqual(["a"]);
  view.order("c", true, 6);
  view.order("b", true, 5);
  expect(reachable()).toEqual(["a", "b", "c"]);
  clock.advance(BEHIND_MAX_MS + 1);
  expect(reachable()).toEqual(["a", "c"]);
  // Under load each is a block or two behind at any time, and goes on.
  for (let blocks = 7; blocks < 40; blocks++) {
    view.followed(blocks);
    clock.advance(BEHIND_MAX_MS / 4);
    view.order("c", true, blocks - 1);
  }
  expect(reachable()).toEqual(["a", "c"]);
});
