// `bun run bench [NAME] [--genesis FILE] [--binary FILE]`: prints `name value unit`, the minimum
// (or for rates the maximum) of several runs. Names as the reference's Bench has them, so that both
// can be put side by side; the API figures are ours. NAME is the beginning of a name.

import { parseArgs } from "node:util";
import { apiBenches } from "./api.ts";
import { coreBenches } from "./core.ts";
import { gcBenches } from "./gc.ts";
import { loadBenches } from "./load.ts";

export interface Bench {
  readonly name: string;
  readonly unit: string;
  run(): Promise<number> | number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { genesis: { type: "string" }, binary: { type: "string" } },
});
const wanted = positionals[0] ?? "";
const benches: Bench[] = [...coreBenches(values.genesis), ...apiBenches(values.binary)];
// These take minutes: only for who asks for them.
if (wanted.startsWith("gc")) benches.push(...gcBenches());
if (wanted.startsWith("load")) benches.push(...loadBenches(values.binary));

for (const bench of benches.filter(({ name }) => name.startsWith(wanted))) {
  const value = await bench.run();
  const digits = value < 10 ? 2 : value < 1000 ? 1 : 0;
  process.stdout.write(`${bench.name} ${value.toFixed(digits)} ${bench.unit}\n`);
}
process.exit(0);
