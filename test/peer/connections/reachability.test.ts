// Who can be reached: by who speaks, by what is relayed, and by signs that somebody is gone.

import { expect, test } from "bun:test";
import type { Neighbour } from "../../../src/peer/connections/neighbour.ts";
import { Reachability } from "../../../src/peer/connections/reachability.ts";
import { HEARD_WITHIN_MS, REACHABLE_FOR_MS } from "../../../src/peer/network-bounds.ts";
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
  view.order("b", true);
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
  view.order("b", true);
  const second = view.reachablePeers();
  expect(second).toEqual(["a", "b"]);
  clock.advance(REACHABLE_FOR_MS);
  expect(view.reachablePeers()).not.toBe(second);
});
