// What a simulated peer lets pass is what the simulation has planned for its disk, and no more.

import { expect, test } from "bun:test";
import { mergeBeliefs } from "../../src/consensus/merge.ts";
import { StoreError } from "../../src/store/store.ts";
import { readOptions } from "./options.ts";
import { Simulation } from "./simulation.ts";

const OPTIONS = { seed: 1, peers: 3, rounds: 4 };

test("a failure of the store that nobody has planned is a complaint", () => {
  const plan = readOptions(["--peers", "3", "--delay", "5"]).planFor(1);
  let merges = 0;
  const report = new Simulation({
    ...OPTIONS,
    plan,
    merge: (...given) => {
      if (++merges === 20) throw new StoreError("IO", "from nowhere");
      return mergeBeliefs(...given);
    },
  }).run();
  expect(JSON.stringify(report.complaints)).toContain("from nowhere");
});

test("a disk that is full now and then, or cut, is none", () => {
  const plan = readOptions(["--peers", "3", "--slow-disk", "--crash"]).planFor(1);
  const report = new Simulation({ ...OPTIONS, plan }).run();
  expect(report.complaints).toEqual([]);
});
