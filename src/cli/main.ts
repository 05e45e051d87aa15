// Entry of the executable: parse → call → print. Exit codes are sysexits (sheet 05 §3.1), and a failed
// command never ends with 0.

import { ExitCode, run } from "@stricli/core";
import { application } from "./application.ts";
import { EXIT, reportFailure } from "./failure.ts";

const arguments_ = process.argv.slice(2);
await run(application, arguments_.length === 0 ? ["--help"] : arguments_, { process });

// The parser's own codes are negative: what the user typed, or a fault in the command.
const code = Number(process.exitCode ?? 0);
if (code === ExitCode.InvalidArgument || code === ExitCode.UnknownCommand) process.exitCode = EXIT.USAGE;
else if (code < 0) process.exitCode = EXIT.SOFTWARE;

process.on("unhandledRejection", (error) => {
  process.exitCode = reportFailure(error);
  process.exit();
});
