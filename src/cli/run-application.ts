// What the user typed, parsed and carried out by the command table. Exit codes are sysexits (sheet
// 05 §3.1), and a failed command never ends with 0.

import { ExitCode, run, type StricliProcess } from "@stricli/core";
import { dialsUnderWay } from "../net/dial.ts";
import { application, root } from "./application.ts";
import { SETTINGS } from "./commands/config.ts";
import { installCommand } from "./commands/service/install.ts";
import { COMPLETE_COMMAND, completionLines } from "./completion.ts";
import { CONFIG_VARIABLE } from "./config/config-file.ts";
import {
  commandOf,
  unknownVariables,
  variableMeant,
  withConfiguration,
} from "./config/configuration.ts";
import { CommandError, EXIT, reportFailure } from "./failure.ts";
import { complaintWithAdvice } from "./help/complaint.ts";
import { helpText } from "./help/help-text.ts";
import { widthOf } from "./help/wrap.ts";
import { warnAsLog } from "./log/notices.ts";
import { CONFIG_FLAG } from "./service/runtime-options.ts";
import { isStartFlag } from "./service/start-words.ts";
import { clippedText } from "./terminal/visible-text.ts";

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

/** Commands that must work when the configuration is broken. */
const UNCONFIGURED = ["config", "doctor", "emergency"];

/** `--config FILE`, wherever it is typed, is the file for this process. @throws CommandError */
function takeConfigFlag(typed: readonly string[]): readonly string[] {
  const at = typed.findIndex((word) => word === CONFIG_FLAG || word.startsWith(`${CONFIG_FLAG}=`));
  const word = typed[at];
  if (word === undefined) return typed;
  const isJoined = word !== CONFIG_FLAG;
  const path = isJoined ? word.slice(CONFIG_FLAG.length + 1) : typed[at + 1];
  if (path === undefined) throw new CommandError(EXIT.USAGE, `${CONFIG_FLAG} takes a file`);
  process.env[CONFIG_VARIABLE] = path;
  return typed.filter((_, i) => i !== at && (isJoined || i !== at + 1));
}

const BEHIND_DASHES = "flags of `start` stand behind --";
const HELP_COMMAND = "help";
const HELP_FLAG = "--help";
const START = "start";

/** A peer that starts with a default because of a slip in a name would run on with it. */
function warnOfVariables(): void {
  for (const name of unknownVariables(SETTINGS)) {
    const meant = variableMeant(name, SETTINGS);
    if (meant !== null) warnAsLog(`${name} sets nothing: did you mean ${meant}?`);
  }
}

/** @throws CommandError when flag, file or environment is wrong */
function configured(typed: readonly string[]): readonly string[] {
  const words = takeConfigFlag(typed);
  if (words[0] === START && !words.includes(HELP_FLAG)) warnOfVariables();
  try {
    return withConfiguration(root, words, SETTINGS);
  } catch (error) {
    if (error instanceof CommandError && UNCONFIGURED.includes(words[0] ?? "")) return words;
    throw error;
  }
}

/** The words that name a command, or a group of commands. */
function routeOf(words: readonly string[]): readonly string[] {
  const [first = "", second = ""] = words;
  const group = root.getRoutingTargetForInput(first);
  if (group === undefined) return [];
  const isGroup = "getRoutingTargetForInput" in group;
  const isNamed = isGroup && group.getRoutingTargetForInput(second as never) !== undefined;
  return isNamed ? [first, second] : [first];
}

/** The parser's process; what it prints on standard output is help, or the version. */
function withHelp(parser: StricliProcess, words: readonly string[]): StricliProcess {
  const found = commandOf(root, words);
  const command = found?.command ?? null;
  const write = (text: string) =>
    parser.stdout.write(helpText(text, command, widthOf(process.stdout)));
  return {
    stdout: { write },
    stderr: {
      write: (text: string) => {
        const path = ["convex-peer", ...routeOf(words)].join(" ");
        const complaint = complaintWithAdvice(text.trimEnd(), command, (flag) =>
          command === installCommand && isStartFlag(flag) ? BEHIND_DASHES : "",
        );
        parser.stderr.write(`convex-peer: ${clippedText(complaint)}\nSee \`${path} --help\`.\n`);
      },
    },
    ...(parser.env === undefined ? {} : { env: parser.env }),
    get exitCode() {
      return parser.exitCode ?? null;
    },
    set exitCode(code) {
      parser.exitCode = code;
    },
  };
}

/** `help`, and nothing at all, are `--help`; `help key new` is `key new --help`. */
function asFlag(typed: readonly string[]): readonly string[] {
  const [first, ...rest] = typed;
  return first === undefined || first === HELP_COMMAND ? [...rest, HELP_FLAG] : typed;
}

/** Carries out what was typed; exit codes are left with the process, or with the parser's. */
export async function carryOutTyped(
  typed: readonly string[],
  parser: StricliProcess,
): Promise<void> {
  if (typed[0] === COMPLETE_COMMAND) {
    process.stdout.write(await completionLines(typed.slice(1)));
    return;
  }
  let words: readonly string[];
  try {
    words = configured(asFlag(typed));
  } catch (error) {
    process.exitCode = reportFailure(error);
    return;
  }
  await run(application, words, { process: withHelp(parser, words) });
}

/** Runs a command line; the exit code is left in the process. */
export async function runApplication(typed: readonly string[]): Promise<void> {
  process.on("unhandledRejection", (error) => process.exit(reportFailure(error)));
  process.on("uncaughtException", (error) => process.exit(reportFailure(error)));
  await carryOutTyped(typed, process as unknown as StricliProcess);
  process.exitCode = exitCodeOf(signedExitCode());
  // Nothing else is waited for: otherwise output that a slow reader has not taken would be cut off.
  if (dialsUnderWay() > 0) process.exit();
}
