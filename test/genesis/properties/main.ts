// bun run test/genesis/properties/main.ts [--operations N] [--seed S] [--library NAME]
//
// Random calls of the libraries, 10,000 of each unless told otherwise, and what must hold after
// each. Prints a line a library; exits 1 with the shortest sequence found that breaks a law.

import { parseArgs } from "node:util";
import { checkModel } from "./model.ts";
import { MODELS } from "./models.ts";

const { values } = parseArgs({
  options: {
    operations: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    library: { type: "string" },
  },
});

for (const model of MODELS.filter(({ name }) => (values.library ?? name) === name)) {
  const options = { operations: Number(values.operations), seed: Number(values.seed) };
  const { calls, succeeded } = checkModel(model, options);
  console.log(`${model.name}: ${calls} calls, ${succeeded} of them succeeded, 0 violations`);
}
