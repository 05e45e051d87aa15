// The environment with which long-running commands start once more. That they do is seen in the
// smoke test of the executable.

import { expect, test } from "bun:test";
import { environmentOfRestart } from "../../../src/cli/service/runtime-options.ts";

const LIMIT = "BUN_JSC_thresholdForFTLOptimizeAfterWarmUp";
const GROWTH = "BUN_JSC_heapGrowthMaxIncrease";

test("a peer starts once more, with what was there and what was missing", () => {
  const environment = environmentOfRestart(["start", "--json"], {
    HOME: "/h",
    EMPTY: "",
    GONE: undefined,
  });
  expect(environment).toEqual(["HOME=/h", "EMPTY=", `${LIMIT}=5000000`, `${GROWTH}=1`]);
  for (const typed of [["local"], ["--config", "f.toml", "start"], ["--config=f.toml", "local"]])
    expect(environmentOfRestart(typed, {})).not.toBeNull();
});

test("one that was started so goes on, and so does one with the operator's own value", () => {
  expect(environmentOfRestart(["start"], { [LIMIT]: "5000000", [GROWTH]: "1" })).toBeNull();
  expect(environmentOfRestart(["start"], { [LIMIT]: "5", [GROWTH]: "3" })).toBeNull();
  expect(environmentOfRestart(["start"], { [LIMIT]: "5" })).toEqual([`${LIMIT}=5`, `${GROWTH}=1`]);
});

test("commands that are soon over go on as they are", () => {
  for (const typed of [
    [],
    ["status"],
    ["start", "--help"],
    ["peer", "start"],
    ["--config", "start"],
  ])
    expect(environmentOfRestart(typed, {})).toBeNull();
});
