// Entry of the executable: parse → call → print. Exit codes are sysexits (sheet 05 §3.1), and a failed
// command never ends with 0.

import { ExitCode, run, type StricliProcess } from "@stricli/core";
import { application } from "./application.ts";
import { EXIT, reportFailure } from "./failure.ts";

/** The parser's own codes are negative: what the user typed, or a fault in the command. */
function exitCode(code: number): number {
  if (code === ExitCode.InvalidArgument || code === ExitCode.UnknownCommand) return EXIT.USAGE;
  return code < 0 ? EXIT.SOFTWARE : code;
}

process.on("unhandledRejection", (error) => process.exit(reportFailure(error)));
process.on("uncaughtException", (error) => process.exit(reportFailure(error)));

const typed = process.argv.slice(2);
await run(application, typed.length === 0 ? ["--help"] : typed, {
  process: process as unknown as StricliProcess,
});
process.exitCode = exitCode(Number(process.exitCode ?? 0));
