// Questions to a person at a terminal. They go to standard error, so that standard output stays for
// results; secrets appear on the terminal's second screen and leave nothing to scroll back to.

import { confirm, password, text } from "@clack/prompts";
import { CommandError, EXIT } from "./failure.ts";

const SECOND_SCREEN = { enter: "\x1b[?1049h\x1b[2J\x1b[H", leave: "\x1b[?1049l" } as const;

/** True when a person can be asked. */
export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** What was typed; Ctrl-C ends the command. */
function answered(answer: string | symbol): string {
  if (typeof answer === "string") return answer;
  throw new CommandError(EXIT.INTERRUPT, "Stopped: nothing was changed");
}

/** One line, shown while it is typed; "" when only Enter was pressed. */
export async function askLine(message: string): Promise<string> {
  return answered((await text({ message, output: process.stderr })) ?? "");
}

/** One line, not shown; "" when only Enter was pressed. */
export async function askSecret(message: string): Promise<string> {
  return answered((await password({ message, output: process.stderr })) ?? "");
}

/** A question whose answer is no until somebody says yes. */
export async function askYes(message: string): Promise<boolean> {
  return (await confirm({ message, initialValue: false, output: process.stderr })) === true;
}

/** A new secret, asked for twice until both agree; "" for none. */
export async function askNewSecret(message: string): Promise<string> {
  for (;;) {
    const first = await askSecret(message);
    if (first === "" || first === (await askSecret("The same again"))) return first;
    process.stderr.write("The two differ.\n");
  }
}

/** Does the work on the terminal's second screen, which is gone when it ends. */
export async function onSecondScreen<T>(work: () => Promise<T>): Promise<T> {
  process.stderr.write(SECOND_SCREEN.enter);
  try {
    return await work();
  } finally {
    process.stderr.write(SECOND_SCREEN.leave);
  }
}
