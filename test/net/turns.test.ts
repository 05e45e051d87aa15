// Turns: in order, a little at a time, and other events in between.

import { expect, test } from "bun:test";
import { COSTLY_TURN_MS, COSTLY_WAIT_MAX_MS } from "../../src/net/bounds.ts";
import { Turns } from "../../src/net/turns.ts";
import { TestClock } from "../peer/scene.ts";

class Taker {
  readonly #turns: string[];
  readonly #name: string;
  #left: number;
  constructor(turns: string[], name: string, left: number) {
    this.#turns = turns;
    this.#name = name;
    this.#left = left;
  }
  takeTurn(): boolean {
    this.#turns.push(this.#name);
    return --this.#left > 0;
  }
}

function soon(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

test("those who have more to do go behind the others", async () => {
  const taken: string[] = [];
  const turns = new Turns(new TestClock(), 5);
  turns.add(new Taker(taken, "a", 3));
  turns.add(new Taker(taken, "b", 1));
  turns.add(new Taker(taken, "c", 2));
  await soon();
  expect(taken.join("")).toBe("abcaca");
});

test("a slice ends in time, and the rest follows after other events", async () => {
  const taken: string[] = [];
  const clock = new TestClock();
  const turns = new Turns(clock, 5);
  const slow = {
    takeTurn: () => {
      taken.push("slow");
      clock.advance(5);
      return false;
    },
  };
  turns.add(slow);
  turns.add(new Taker(taken, "next", 1));
  await new Promise<void>((resolve) => setImmediate(resolve));
  taken.push("event");
  await soon();
  expect(taken).toEqual(["slow", "event", "next"]);
});

test("a taker that is removed gets no turn, and a failure of one keeps no other from its turn", async () => {
  const taken: string[] = [];
  const tasks: (() => void)[] = [];
  const clock = {
    now: () => 0,
    soon: (task: () => void) => tasks.push(task),
    after: () => () => {},
  };
  const turns = new Turns(clock, 5);
  const gone = new Taker(taken, "gone", 1);
  turns.add(gone);
  turns.add({
    takeTurn: () => {
      throw new Error("broken");
    },
  });
  turns.add(new Taker(taken, "last", 1));
  turns.remove(gone);
  expect(() => tasks.shift()?.()).toThrow("broken");
  tasks.shift()?.();
  expect(taken).toEqual(["last"]);
});

/** Takes so many turns of so many ms. */
function busy(clock: TestClock, taken: string[], name: string, turns: number, ms: number) {
  let left = turns;
  const takeTurn = () => {
    taken.push(name);
    clock.advance(ms);
    return --left > 0;
  };
  return { takeTurn };
}

test("those whose turns are long come after all others, and one of them in each slice", async () => {
  const taken: string[] = [];
  const clock = new TestClock();
  const turns = new Turns(clock, 5);
  for (let i = 0; i < 3; i++) turns.add(busy(clock, taken, "d", 2, COSTLY_TURN_MS));
  turns.add(new Taker(taken, "a", 3));
  await soon();
  expect(taken.join("")).toBe("dddaaaddd");
  taken.length = 0;
  turns.add(busy(clock, taken, "d", 3, 5));
  await new Promise<void>((resolve) => setImmediate(resolve));
  for (let i = 0; i < 20; i++) turns.add(busy(clock, taken, "a", 1, COSTLY_TURN_MS / 2));
  await soon();
  await soon();
  expect(taken.join("")).toBe(`dd${"a".repeat(10)}d${"a".repeat(10)}`);
});

test("a taker that had a long turn comes after others for a while, unless it has precedence", async () => {
  const taken: string[] = [];
  const clock = new TestClock();
  const turns = new Turns(clock, 100);
  const long = busy(clock, taken, "d", 1, 2);
  const first = { ...busy(clock, taken, "p", 1, 2), hasPrecedence: true };
  turns.add(long);
  turns.add(first);
  await soon();
  const next = async () => {
    taken.length = 0;
    turns.add(long);
    turns.add(first);
    turns.add(new Taker(taken, "a", 1));
    await soon();
    return taken.join("");
  };
  expect(await next()).toBe("pad");
  clock.advance(COSTLY_WAIT_MAX_MS);
  expect(await next()).toBe("dpa");
});
