// `upgrade`: the executable's next version, only when it is signed, whole and well.

import { buildCommand } from "@stricli/core";
import packageJson from "../../../package.json" with { type: "json" };
import { SYSTEM_CLOCK } from "../../peer/clock.ts";
import { ownPeer } from "../contact/own-peer.ts";
import { CommandError, EXIT, guarded } from "../failure.ts";
import { dataDirFlag, jsonFlag, parseFilled } from "../flags.ts";
import { compareVersions, isVersion, parseReleaseKey } from "../release/manifest.ts";
import { RELEASE_KEY, RELEASE_URL } from "../release/origin.ts";
import { ReleaseSource } from "../release/release-source.ts";
import { machineFacts, targetOf } from "../release/target.ts";
import { ownExecutable } from "../service/own-executable.ts";
import { ignoresHangup } from "../start/stop-signal.ts";
import { ProgressLine } from "../terminal/progress-line.ts";
import { parseSeconds } from "../transactions/submission.ts";
import { Replacement } from "../upgrade/replacement.ts";
import { restarterOf } from "../upgrade/running-peer.ts";
import { versionOf } from "../upgrade/trial.ts";
import { installStaged, stageRelease, type UpgradeOptions } from "../upgrade/upgrade.ts";

const SECOND_MS = 1_000;

interface UpgradeFlags {
  readonly to?: string | undefined;
  readonly check: boolean;
  readonly rollback: boolean;
  readonly baseUrl?: string | undefined;
  readonly releaseKey?: string | undefined;
  readonly restartCommand?: string | undefined;
  readonly healthTimeout: number;
  readonly dataDir?: string | undefined;
  readonly json: boolean;
}

/** @throws CommandError where neither flags nor the build say it */
export function sourceOf(flags: Pick<UpgradeFlags, "baseUrl" | "releaseKey">): ReleaseSource {
  const url = flags.baseUrl ?? RELEASE_URL;
  const key = flags.releaseKey ?? RELEASE_KEY;
  if (url !== null && key !== null) return new ReleaseSource(url, parseReleaseKey(key));
  const [what, flag] =
    key === null
      ? ["key that signs releases", "--release-key KEY"]
      : ["address of releases", "--base-url URL"];
  throw new CommandError(
    EXIT.USAGE,
    `This executable was built without the ${what}: give ${flag}, or build the next version yourself`,
  );
}

/** @throws CommandError when the flag names none; ReleaseError */
async function wantedVersion(flags: UpgradeFlags, source: ReleaseSource): Promise<string> {
  const { to } = flags;
  if (to === undefined) return source.latest();
  if (isVersion(to)) return to;
  throw new CommandError(EXIT.USAGE, `expected a version like 1.2.3, found '${to}'`);
}

function print(flags: UpgradeFlags, facts: object, text: string): void {
  process.stdout.write(`${flags.json ? JSON.stringify(facts) : text}\n`);
}

async function optionsOf(
  flags: UpgradeFlags,
  { replacement, signal }: Undertaking,
  to: string,
): Promise<UpgradeOptions> {
  return {
    from: packageJson.version,
    to,
    replacement,
    signal,
    restarter: await restarterOf(replacement.executable, flags.restartCommand),
    dataDir: flags.dataDir,
    healthTimeoutMs: flags.healthTimeout * SECOND_MS,
    line: new ProgressLine(process.stderr, SYSTEM_CLOCK),
  };
}

/** The change of an executable, and what its interruption aborts. */
interface Undertaking {
  readonly replacement: Replacement;
  readonly signal: AbortSignal;
}

/** The new executable is staged by `stage`; its version is told once it is there. */
async function carryOut(
  flags: UpgradeFlags,
  executable: string,
  stage: (undertaking: Undertaking) => Promise<UpgradeOptions>,
): Promise<void> {
  const replacement = new Replacement(executable);
  const interruption = new AbortController();
  const interrupted = () => {
    interruption.abort();
    replacement.close();
    if (replacement.isSwapped) {
      const advice = "see `convex-peer health`; `convex-peer upgrade --rollback` goes back";
      process.stderr.write(`Interrupted with the new version in place: ${advice}\n`);
    }
    process.exit(EXIT.INTERRUPT);
  };
  process.once("SIGINT", interrupted);
  process.once("SIGTERM", interrupted);
  // The end of an operator's connection to the machine.
  if (!ignoresHangup()) process.once("SIGHUP", interrupted);
  try {
    const outcome = await installStaged(await stage({ replacement, signal: interruption.signal }));
    print(flags, outcome, `Version ${outcome.to} is installed (before: ${outcome.from})`);
  } finally {
    replacement.close();
  }
}

async function rollBack(flags: UpgradeFlags): Promise<void> {
  await carryOut(flags, ownExecutable("upgrade"), async (undertaking) => {
    const { replacement } = undertaking;
    if (!replacement.hasPrevious) {
      const why = `there is no ${replacement.previous} that is another than this one`;
      throw new CommandError(EXIT.NOINPUT, `No version to go back to: ${why}`);
    }
    replacement.stagePrevious();
    const to = await versionOf(replacement.staged);
    return optionsOf(flags, undertaking, to);
  });
}

/**
 * An upgrade that was killed after it had put the new version in place has left the peer as it ran.
 */
async function installedAlready(flags: UpgradeFlags, version: string): Promise<void> {
  const running = (await ownPeer(flags.dataDir))?.process.version ?? version;
  const facts = { from: version, to: version };
  const text = `Version ${version} is installed`;
  if (running === version) return print(flags, facts, text);
  process.stderr.write(`The running peer goes on as version ${running}: restart it.\n`);
  print(flags, { ...facts, restarted: false }, text);
}

/** @throws CommandError for what contradicts going back, or looking for the latest */
function requireNothingElse({ rollback, check, to }: UpgradeFlags): void {
  const named = to !== undefined;
  if (rollback && (check || named)) {
    const other = check ? "--check, which changes nothing" : "--to: the version before is meant";
    throw new CommandError(EXIT.USAGE, `Give --rollback, or ${other}`);
  }
  if (!check || !named) return;
  const why = "it tells of the latest version, and changes nothing";
  throw new CommandError(EXIT.USAGE, `Give --to, or --check: ${why}`);
}

/** What `--check` says. */
function latestText(latest: string, current: string): string {
  const order = compareVersions(latest, current);
  if (order > 0) return `Version ${latest} is there, this is ${current}`;
  return order === 0
    ? `${current} is the latest`
    : `The latest there is ${latest}, older than this ${current}`;
}

async function upgrade(flags: UpgradeFlags): Promise<void> {
  requireNothingElse(flags);
  if (flags.rollback) return rollBack(flags);
  const executable = ownExecutable("upgrade");
  const source = sourceOf(flags);
  const to = await wantedVersion(flags, source);
  const current = packageJson.version;
  const order = compareVersions(to, current);
  if (flags.check) {
    const facts = { current, latest: to, isNewer: order > 0 };
    return print(flags, facts, latestText(to, current));
  }
  if (order === 0) return installedAlready(flags, current);
  if (order < 0 && flags.to === undefined) {
    const why = `the latest there is ${to}, older than this ${current}`;
    throw new CommandError(EXIT.DATAERR, `Not upgraded: ${why}. Name it with --to if you mean it`);
  }
  const target = targetOf(machineFacts());
  if (target === null)
    throw new CommandError(EXIT.UNAVAILABLE, "There is no release for this machine");
  await carryOut(flags, executable, async (undertaking) => {
    const options = await optionsOf(flags, undertaking, to);
    await stageRelease(source, target, options);
    return options;
  });
}

/** No peer is well at once. @throws Error naming what was expected */
function parseHealthTimeout(text: string): number {
  const seconds = parseSeconds(text);
  if (seconds >= 1) return seconds;
  throw new Error(`expected a second at least, found '${text}'`);
}

function textFlag(placeholder: string, brief: string) {
  return { kind: "parsed", parse: parseFilled, optional: true, placeholder, brief } as const;
}

export const upgradeCommand = buildCommand({
  docs: {
    brief: "Install the next version, and go back by itself when the peer is not well with it",
  },
  parameters: {
    flags: {
      to: textFlag("VERSION", "This version, not the latest"),
      check: {
        kind: "boolean",
        default: false,
        brief: "Only tell whether there is a newer version",
      },
      rollback: { kind: "boolean", default: false, brief: "Go back to the version before" },
      baseUrl: textFlag("URL", "Where releases lie, when not where this one came from"),
      releaseKey: textFlag("KEY", "Base64 of the key that must have signed them"),
      restartCommand: textFlag("COMMAND", "Restarts the peer, where systemd doesn't"),
      healthTimeout: {
        kind: "parsed",
        parse: parseHealthTimeout,
        default: "120",
        placeholder: "SECONDS",
        brief: "Longest time until the restarted peer must be as well as before",
      },
      dataDir: dataDirFlag,
      json: jsonFlag,
    },
  },
  func: (flags: UpgradeFlags) => guarded(() => upgrade(flags)),
});
