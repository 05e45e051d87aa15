// What the user typed, parsed and carried out by the command table. Exit codes are sysexits (sheet 05
// §3.1), and a failed command never ends with 0.

import { ExitCode, run, type StricliProcess } from "@stricli/core";
import { application } from "./application.ts";
import { EXIT, reportFailure } from "./failure.ts";

const BYTE_VALUES = 256;

/** The parser's own codes are negative: what the user typed, or a fault in the command. */
export function exitCodeOf(code: number): number {
  if (code === ExitCode.InvalidArgument || code === ExitCode.UnknownCommand) return EXIT.USAGE;
  return code < 0 ? EXIT.SOFTWARE : code;
}

/** As it was set: a process gives a negative code back as the byte that its parent would see. */
function signedExitCode(): number {
  const code = Number(process.exitCode ?? 0);
  return code >= BYTE_VALUES + ExitCode.UnknownCommand ? code - BYTE_VALUES : code;
}

/** Runs a command line; the exit code is left in the process. */
export async function runApplication(typed: readonly string[]): Promise<void> {
  process.on("unhandledRejection", (error) => process.exit(reportFailure(error)));
  process.on("uncaughtException", (error) => process.exit(reportFailure(error)));
  await run(application, typed.length === 0 ? ["--help"] : typed, {
    process: process as unknown as StricliProcess,
  });
  process.exitCode = exitCodeOf(signedExitCode());
}
