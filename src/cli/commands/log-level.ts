// `log-level`: what the running peer writes into its log, from now on.

import { buildCommand } from "@stricli/core";
import { askOperator } from "../contact/operator.ts";
import { guarded } from "../failure.ts";
import { dataDirFlag, jsonFlag } from "../flags.ts";
import { COMPONENTS, LEVELS } from "../log/log.ts";
import { parseLevels } from "../log/log-levels.ts";

interface LogLevelFlags {
  readonly dataDir?: string | undefined;
  readonly json: boolean;
}

async function logLevel({ dataDir, json }: LogLevelFlags, change?: string): Promise<void> {
  const levels = (await askOperator(dataDir, "log-level", change)) as Record<string, string>;
  if (json) process.stdout.write(`${JSON.stringify(levels)}\n`);
  else for (const one of COMPONENTS) process.stdout.write(`${one.padEnd(8)} ${levels[one]}\n`);
}

/** Refused where it is typed, as behind `start --log-level`. @throws Error */
function parseChange(text: string): string {
  parseLevels(text);
  return text;
}

export const logLevelCommand = buildCommand({
  docs: {
    brief: "Show or change what the running peer logs",
    fullDescription: `Levels: ${LEVELS.join(", ")}. Components: ${COMPONENTS.join(", ")}.`,
  },
  parameters: {
    flags: { dataDir: dataDirFlag, json: jsonFlag },
    positional: {
      kind: "tuple",
      parameters: [
        {
          parse: parseChange,
          optional: true,
          placeholder: "LEVEL|COMPONENT=LEVEL[,…]",
          brief: "For all components, or for some",
        },
      ],
    },
  },
  func: (flags: LogLevelFlags, change?: string) => guarded(() => logLevel(flags, change)),
});
