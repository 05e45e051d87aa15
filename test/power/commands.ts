// Commands of the executable, or of the sources, as an operator's script runs them.

import { join } from "node:path";
import { bound } from "../bound-process.ts";
import { outcomeOf } from "../process-outcome.ts";

const MAIN = join(import.meta.dir, "..", "..", "src", "cli", "main.ts");

export interface RunningCommand {
  readonly process: Bun.Subprocess<"ignore", "pipe", "pipe">;
  /** Exit code, null when it was killed, and all it has said. */
  readonly outcome: Promise<{ readonly code: number | null; readonly text: string }>;
}

export function runCommand(binary: string | undefined, words: readonly string[]): RunningCommand {
  const program = binary === undefined ? [process.execPath, MAIN] : [binary];
  const child = Bun.spawn(bound([...program, ...words]), {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, NO_COLOR: "1" },
  });
  return { process: child, outcome: textAndCode(child) };
}

async function textAndCode(child: RunningCommand["process"]) {
  const { exitCode, stdout, stderr } = await outcomeOf(child);
  return { code: exitCode, text: `${stdout}${stderr}`.trim() };
}
