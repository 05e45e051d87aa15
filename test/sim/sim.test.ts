// A little of the simulator in every test run.

import { describe, expect, test } from "bun:test";
import { UsageError } from "../../release/tool.ts";
import { planOf } from "./fault-plan.ts";
import { readOptions } from "./options.ts";
import { Simulation } from "./simulation.ts";

const PEERS = 5;
const ROUNDS = 8;

function run(seed: number) {
  return new Simulation({ seed, peers: PEERS, rounds: ROUNDS, plan: planOf(seed, PEERS) }).run();
}

describe("a simulated network", () => {
  test.each([2, 3, 4, 5, 6])("with seed %p breaks no rule, and heals", (seed) => {
    const report = run(seed);
    expect(report.complaints).toEqual([]);
    expect(report.blocks).toBeGreaterThan(0);
    expect(report.delivered).toBeGreaterThan(0);
  });

  test("knows what a peer has signed before it lets one with an old disk vote", () => {
    // It voted when it had heard of the others' Beliefs, before it had fetched what they hold of
    // it.
    const options = readOptions(["--restore", "--delay", "60"]);
    const plan = options.planFor(7);
    const report = new Simulation({ seed: 7, peers: PEERS, rounds: 10, plan }).run();
    expect(report.complaints).toEqual([]);
  });

  test("binds nobody to what has reached nobody before its disk was put back", () => {
    const plan = readOptions(["--restore"]).planFor(60);
    const report = new Simulation({ seed: 60, peers: PEERS, rounds: 10, plan }).run();
    expect(report.complaints).toEqual([]);
  });

  test.each([
    ["a peer that is not heard", ["--deaf", "--drop", "0.05"]],
    ["a clock that is set anew", ["--skew", "60", "--steps"]],
    ["two peers with one key", ["--twins", "1", "--crash"]],
    ["stakes that move", ["--stakes", "--partition"]],
    ["execution that takes seconds", ["--slow-blocks", "--crash", "--partition"]],
  ])("bears %s", (_, flags) => {
    const plan = readOptions(flags).planFor(1);
    const report = new Simulation({ seed: 1, peers: PEERS, rounds: 10, plan }).run();
    expect(report.complaints).toEqual([]);
    expect(report.delivered).toBeGreaterThan(0);
  });

  test.each([1, 2, 3, 4])("tells nothing that its disk has not, alone with seed %p", (seed) => {
    const plan = readOptions(["--slow-disk", "--crash"]).planFor(seed);
    const report = new Simulation({ seed, peers: 1, rounds: 30, plan }).run();
    expect(report.complaints).toEqual([]);
    expect(report.delivered).toBeGreaterThan(0);
  });

  test("comes together when few hold on to other blocks than those that more than a third has final", () => {
    // Two of five had called other blocks consensus: the merge alone never moves again.
    const report = new Simulation({
      seed: 979,
      peers: PEERS,
      rounds: 10,
      plan: planOf(979, PEERS),
    }).run();
    expect(report.complaints).toEqual([]);
  });

  test("is not kept apart for ever by one that tells each peer of other blocks held on to", () => {
    // They gave in to it: each to what it was told, again and again.
    const report = new Simulation({
      seed: 510,
      peers: PEERS,
      rounds: 10,
      plan: planOf(510, PEERS),
    }).run();
    expect(report.complaints).toEqual([]);
  });

  test("does the same again with the same seed", () => {
    const first = run(7);
    expect(run(7)).toEqual(first);
    expect(run(8).transcript).not.toBe(first.transcript);
  });
});

describe("the command line", () => {
  test("names the faults to have, all of them", () => {
    const options = readOptions(["--peers", "4", "--seed", "9", "--drop", "0.1", "--partition"]);
    expect(options).toMatchObject({ peers: 4, seed: 9, seeds: 1, rounds: 60 });
    expect(options.flags).toBe(" --drop 0.1 --partition");
    const plan = options.planFor(1);
    expect(plan).toMatchObject({ drop: 0.1, partitionMs: 4_000, crashEveryMs: 0, byzantine: 0 });
    expect(readOptions([]).planFor(3)).toEqual(planOf(3, 5));
  });

  test.each([
    [["--drop", "2"], "--drop: expected a number from 0 to 1, found '2'"],
    [["--peers", "x"], "--peers: expected a whole number from 1 to 50, found 'x'"],
    [["--seed", "1.5"], "--seed: expected a whole number from 0 on, found '1.5'"],
    [["--byzantine", "2"], "--byzantine: expected a whole number from 0 to 1, found '2'"],
    [
      ["--byzantine", "1", "--twins", "1"],
      "--twins: expected a whole number from 0 to 0, found '1'",
    ],
    [["--stakes", "--skew", "3"], "--stakes: not with --byzantine, --twins or --skew"],
    [["--nonsense"], "nonsense"],
  ])("refuses %p", (args, words) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(words);
  });
});
