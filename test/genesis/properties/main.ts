// Random calls of the libraries, and what must hold after
// each. Prints a line a library; exits 1 with the shortest sequence found that breaks a law.

import { oneOf, readCommandLine, wholeNumber } from "../../../release/tool.ts";
import { checkModel } from "./model.ts";
import { MODELS } from "./models.ts";

const NAMES = MODELS.map(({ name }) => name);
const TOOL = {
  command: "bun run test/genesis/properties/main.ts",
  usage: `[--operations N] [--seed S] [--library NAME]

  --operations N  calls of each library (10000)
  --seed S        what they come from (1)
  --library NAME  one alone, of ${NAMES.join(", ")}`,
  flags: { operations: "text", seed: "text", library: "text" },
} as const;

const wanted = readCommandLine(TOOL, ({ values }) => ({
  operations: wholeNumber(values.operations ?? "10000", "--operations", 1),
  seed: wholeNumber(values.seed ?? "1", "--seed", 0),
  library: values.library === undefined ? null : oneOf(values.library, "--library", NAMES),
}));

for (const model of MODELS.filter(({ name }) => (wanted.library ?? name) === name)) {
  const { calls, succeeded } = checkModel(model, wanted);
  console.log(`${model.name}: ${calls} calls, ${succeeded} of them succeeded, 0 violations`);
}
