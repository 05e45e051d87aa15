// A little of the fuzzer in every test run, without its clock: the same seed, the same cases. Time
// is judged by `bun run fuzz`.

import { describe, expect, test } from "bun:test";
import { caseOf, type Finding, findingLine, runCase, Tally } from "./campaign.ts";
import { type Target, Wrong } from "./target.ts";
import { TARGETS } from "./targets.ts";

const SEED = 20_260_701;
const CASES: Readonly<Record<string, number>> = {
  decode: 4_000,
  message: 3_000,
  reader: 3_000,
  transaction: 250,
  block: 150,
};

function findings(target: Target): { found: Finding[]; tally: Tally } {
  const tally = new Tally();
  const found: Finding[] = [];
  for (let i = 0; i < (CASES[target.name] ?? 0); i++) {
    const finding = runCase(target, SEED, i, tally);
    if (finding !== null && !finding.what.startsWith("slow")) found.push(finding);
  }
  return { found, tally };
}

describe("nothing breaks it", () => {
  test.each(TARGETS.map((target) => [target.name, target] as const))("%s", (_, target) => {
    const { found, tally } = findings(target);
    expect(found.map(findingLine)).toEqual([]);
    expect(tally.accepted).toBeGreaterThan(0);
    expect(tally.accepted).toBeLessThan(tally.cases);
  });
});

test("the same seed gives the same case", () => {
  for (const target of TARGETS) {
    expect(caseOf(target, 7, 9).text).toBe(caseOf(target, 7, 9).text);
    expect(caseOf(target, 7, 9).text).not.toBe(caseOf(target, 7, 10).text);
  }
});

describe("a finding is one line that can be replayed", () => {
  const broken = (run: () => never): Target => ({
    name: "broken",
    make: () => ({ text: "a\u0000b", bytes: 3, run }),
  });
  const found = (run: () => never) => runCase(broken(run), 5, 6, new Tally()) as Finding;

  test("of a crash", () => {
    const finding = found(() => {
      throw new TypeError("two\nlines");
    });
    const line = findingLine(finding);
    expect(line).toContain("crash: TypeError: two lines");
    expect(line).toContain("--replay broken:5:6");
    expect(line).not.toContain("\n");
  });

  test("of a wrong value", () => {
    const finding = found(() => {
      throw new Wrong("encodes to other bytes");
    });
    expect(finding.what).toBe("encodes to other bytes");
  });

  test("of time wasted, when every run of it is slow", () => {
    let runs = 0;
    const slow: Target = {
      name: "slow",
      make: () => ({
        text: "",
        bytes: 0,
        run: () => ({ accepted: true, ns: ++runs === 1 ? 300 : 20, limitNs: 100 }),
      }),
    };
    expect(runCase(slow, 1, 1, new Tally())).toBeNull();
    const always: Target = {
      name: "slow",
      make: () => ({ text: "", bytes: 0, run: () => ({ accepted: true, ns: 300, limitNs: 100 }) }),
    };
    expect(runCase(always, 1, 1, new Tally())?.what).toStartWith("slow");
  });
});
