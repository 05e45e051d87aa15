// Turns: in order, a little at a time, and other events in between.

import { expect, test } from "bun:test";
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

test("who leaves gets no turn, and a failure keeps nobody else from theirs", async () => {
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
