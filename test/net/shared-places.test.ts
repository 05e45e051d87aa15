// Places for streams: shared, so that nobody keeps all others out.

import { expect, test } from "bun:test";
import { SharedPlaces } from "../../src/net/shared-places.ts";

/** Takes places, and tells whose streams were ended for them. */
function scene(max: number) {
  const places = new SharedPlaces(max);
  const ended: string[] = [];
  const take = (client: string, name = client) => places.take(client, () => ended.push(name));
  return { places, ended, take };
}

test("one client may have all places while nobody else wants one", () => {
  const { places, ended, take } = scene(3);
  const backs = ["a1", "a2", "a3"].map((name) => take("a", name));
  expect([places.taken, take("a")]).toEqual([3, null]);
  backs[0]?.();
  backs[0]?.();
  expect(places.taken).toBe(2);
  expect(take("a")).not.toBeNull();
  expect(ended).toEqual([]);
});

test("who has fewer gets the latest of who has most, until they have as many", () => {
  const { places, ended, take } = scene(4);
  for (const name of ["a1", "a2", "a3", "a4"]) take("a", name);
  expect(take("b")).not.toBeNull();
  expect(take("b")).not.toBeNull();
  expect(ended).toEqual(["a4", "a3"]);
  expect(take("b")).toBeNull();
  expect(take("c")).not.toBeNull();
  // Two have one place each, and one has two.
  expect(take("c")).toBeNull();
  expect([places.taken, ended.length]).toEqual([4, 3]);
});

test("what is ended gives nothing back twice", () => {
  const { places, take } = scene(2);
  const backs = [take("a"), take("a")];
  take("b");
  for (const back of backs) back?.();
  expect(places.taken).toBe(1);
  places.endAll();
});

test("whether there is a place is told without taking one", () => {
  const { places, ended, take } = scene(2);
  expect(places.hasPlaceFor("a")).toBe(true);
  take("a");
  take("a");
  expect([places.hasPlaceFor("a"), places.hasPlaceFor("b")]).toEqual([false, true]);
  expect([places.taken, ended.length]).toEqual([2, 0]);
});
