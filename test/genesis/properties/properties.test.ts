// Laws of the libraries under random calls; `bun run test/genesis/properties/main.ts` makes more.

import { expect, test } from "bun:test";
import { checkModel } from "./model.ts";
import { MODELS } from "./models.ts";

const OPERATIONS = 300;
const SEED = 6;

for (const model of MODELS) {
  test(`${model.name}: ${OPERATIONS} random calls`, () => {
    const { calls, succeeded } = checkModel(model, OPERATIONS, SEED);
    expect(calls).toBe(OPERATIONS);
    expect(succeeded).toBeGreaterThan(OPERATIONS / 10);
  });
}
