// Prints `name value unit`, the minimum (or for rates the maximum) of several runs. Names as the
// reference's Bench has them, so that both can be put side by side; the API figures are ours.

import { existing, readCommandLine, UsageError } from "../../release/tool.ts";
import { apiBenches } from "./api.ts";
import { coreBenches } from "./core.ts";
import { gcBenches } from "./gc.ts";
import { loadBenches } from "./load.ts";

export interface Bench {
  readonly name: string;
  readonly unit: string;
  run(): Promise<number> | number;
}

const TOOL = {
  command: "bun run bench",
  usage: `[NAME] [--genesis FILE] [--binary FILE]

  NAME            the beginning of a bench's name; all but gc and load when it is left out
  --genesis FILE  the State to begin with; our own when it is left out
  --binary FILE   the executable to start peers from; the sources when it is left out`,
  flags: { genesis: "text", binary: "text" },
  places: ["NAME"],
} as const;

/** @throws UsageError when none has such a name */
function benchesNamed(wanted: string, genesis?: string, binary?: string): Bench[] {
  const benches: Bench[] = [...coreBenches(genesis), ...apiBenches(binary)];
  // These take minutes: only for who asks for them.
  if (wanted.startsWith("gc")) benches.push(...gcBenches());
  if (wanted.startsWith("load")) benches.push(...loadBenches(binary));
  const found = benches.filter(({ name }) => name.startsWith(wanted));
  if (found.length > 0) return found;
  const names = [...benches.map(({ name }) => name), "gc", "load"].join(", ");
  throw new UsageError(`NAME: expected the beginning of one of ${names}, found '${wanted}'`);
}

const benches = readCommandLine(TOOL, ({ values, positionals }) =>
  benchesNamed(
    positionals[0] ?? "",
    existing(values.genesis, "--genesis"),
    existing(values.binary, "--binary"),
  ),
);
for (const bench of benches) {
  const value = await bench.run();
  const digits = value < 10 ? 2 : value < 1000 ? 1 : 0;
  process.stdout.write(`${bench.name} ${value.toFixed(digits)} ${bench.unit}\n`);
}
process.exit(0);
