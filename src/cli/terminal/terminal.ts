// Questions to a person at a terminal. They go to standard error, so that standard output stays for
// results; secrets appear on the terminal's second screen and leave nothing to scroll back to.

import { confirm, password, text } from "@clack/prompts";
import { CommandError, EXIT, reportFailure } from "../failure.ts";
import { onEndSignal, withSize } from "./screen.ts";

const SECOND_SCREEN = { enter: "\x1b[?1049h\x1b[2J\x1b[H", leave: "\x1b[?1049l" } as const;

/** True when a person can be asked. */
export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

const CTRL_D = "\x04";
/** Questions that are open, which a signal ends by itself. */
let questions = 0;

function stopped(): CommandError {
  return new CommandError(EXIT.INTERRUPT, "Stopped: nothing was changed");
}

/**
 * A question and its answer; Ctrl-C, Ctrl-D, a signal and a terminal that goes away end the
 * command.
 */
async function asked<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<Exclude<T, symbol>> {
  const over = new AbortController();
  const end = () => over.abort();
  // The library takes no notice of an end of input.
  const onData = (bytes: Buffer | string) => {
    if (bytes.toString().includes(CTRL_D)) end();
  };
  process.stdin.on("data", onData).on("end", end).on("close", end);
  // Otherwise the process would end with the terminal showing nothing of what is typed.
  const letSignalsBe = onEndSignal(end);
  withSize(process.stderr);
  questions++;
  try {
    const answer = await ask(over.signal);
    if (typeof answer !== "symbol") return answer as Exclude<T, symbol>;
    throw stopped();
  } finally {
    questions--;
    process.stdin.off("data", onData).off("end", end).off("close", end);
    letSignalsBe();
  }
}

/** One line, shown while it is typed; "" when only Enter was pressed. */
export async function askLine(message: string): Promise<string> {
  return (await asked((signal) => text({ message, output: process.stderr, signal }))) ?? "";
}

/** One line, not shown; "" when only Enter was pressed. */
export async function askSecret(message: string): Promise<string> {
  return (await asked((signal) => password({ message, output: process.stderr, signal }))) ?? "";
}

/** A question whose answer is no until somebody says yes. */
export async function askYes(message: string): Promise<boolean> {
  const output = process.stderr;
  const answer = await asked((signal) => confirm({ message, initialValue: false, output, signal }));
  return answer === true;
}

/** A new secret, asked for twice until both agree; "" for none. */
export async function askNewSecret(message: string): Promise<string> {
  for (;;) {
    const first = await askSecret(message);
    if (first === "" || first === (await askSecret("The same again"))) return first;
    process.stderr.write("The two differ.\n");
  }
}

/**
 * Does the work on the terminal's second screen, which is gone when it ends. What was secret there
 * goes with it on a signal, too, also before a question and between two.
 */
export async function onSecondScreen<T>(work: () => Promise<T>): Promise<T> {
  const letSignalsBe = onEndSignal(() => {
    if (questions > 0) return;
    process.stderr.write(SECOND_SCREEN.leave);
    process.exit(reportFailure(stopped()));
  });
  process.stderr.write(SECOND_SCREEN.enter);
  try {
    return await work();
  } finally {
    process.stderr.write(SECOND_SCREEN.leave);
    letSignalsBe();
  }
}
