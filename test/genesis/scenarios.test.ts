// What the libraries do, in Convex Lisp: see the files in test/genesis/lib.

import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { failuresOf, readScenarios } from "./scenario.ts";
import { testGenesis } from "./test-genesis.ts";

const FOLDER = join(import.meta.dir, "lib");

for (const file of readdirSync(FOLDER).sort()) {
  describe(file, () => {
    for (const scenario of readScenarios(readFileSync(join(FOLDER, file), "utf8"))) {
      test(scenario.title, () => {
        expect(scenario.steps.length).toBeGreaterThan(0);
        expect(failuresOf(scenario, testGenesis())).toEqual([]);
      });
    }
  });
}
