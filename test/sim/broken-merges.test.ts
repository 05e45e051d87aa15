// A merge that is broken on purpose is caught within 50 seeds, and put down to us.

import { describe, expect, test } from "bun:test";
import { BROKEN_MERGES } from "./broken-merges.ts";
import { planOf } from "./fault-plan.ts";
import { type RunOptions, Simulation } from "./simulation.ts";
import { verdictOn } from "./verdict.ts";

const PEERS = 5;
const ROUNDS = 10;
const SEEDS_MAX = 50;

describe("a merge with", () => {
  test.each(Object.keys(BROKEN_MERGES))("%s is caught", (name) => {
    const merge = BROKEN_MERGES[name] as (typeof BROKEN_MERGES)[string];
    for (let seed = 1; seed <= SEEDS_MAX; seed++) {
      const plan = planOf(seed, PEERS);
      const options: RunOptions = { seed, peers: PEERS, rounds: ROUNDS, plan, merge };
      const report = new Simulation(options).run();
      if (report.complaints.length === 0) continue;
      expect(verdictOn(options, report)).toBe("ours");
      return;
    }
    throw new Error(`not caught within ${SEEDS_MAX} seeds`);
  });
});
