// A new executable must show that it works on this machine before it takes the place of another: it
// says its version, and runs a network of one in a folder of its own, on ports of its own, on this
// machine only.

import { dirname } from "node:path";
import { DISK_RESERVE_BYTES, freeBytes } from "../../store/free-space.ts";
import { CommandError, EXIT } from "../failure.ts";
import { Said } from "./said.ts";

const VERSION_TIMEOUT_MS = 20_000;
const LOOK_MS = 50;
const SAID_MAX = 2_000;

/** How long a peer that is tried may take, each in ms. */
export interface TrialBounds {
  /** Until it is ready. */
  readonly readyMs: number;
  /** For one answer to the question whether it is. */
  readonly answerMs: number;
  /** To stop in order; then it is killed. */
  readonly stopMs: number;
}

const BOUNDS: TrialBounds = { readyMs: 60_000, answerMs: 2_000, stopMs: 20_000 };

/** As any release that is not what it should be; a fault of this program is another matter. */
function refused(text: string, exitCode: number = EXIT.DATAERR): CommandError {
  return new CommandError(exitCode, `Not upgraded: ${text}. What was installed runs on`);
}

/** Nothing of the operator's own settings. */
function bareEnvironment(): Record<string, string | undefined> {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, NO_COLOR: "1", CONVEX_CONFIG: "" };
}

/** The version that an executable says. @throws CommandError when it says none */
export async function versionOf(executable: string): Promise<string> {
  let child: Bun.Subprocess<"ignore", "pipe", "pipe">;
  try {
    child = Bun.spawn([executable, "--version"], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      env: bareEnvironment(),
      timeout: VERSION_TIMEOUT_MS,
      killSignal: "SIGKILL",
    });
  } catch (error) {
    throw refused(
      `the new executable does not run (${error instanceof Error ? error.message : error})`,
    );
  }
  const streams = [new Said(child.stdout), new Said(child.stderr)];
  const exitCode = await child.exited;
  const [said = "", errors = ""] = await Promise.all(streams.map((stream) => stream.whole()));
  if (exitCode === 0) return said.trim();
  const end = child.signalCode ?? `code ${exitCode}`;
  const why = errors.trim().slice(0, SAID_MAX) || `\`--version\` ends with ${end}`;
  throw refused(`the new executable does not run: ${why}`);
}

/** The address of the API in the first line that `start --json` prints. */
function apiAddress(stdout: Said, exited: Promise<number>): Promise<string | null> {
  const found = (text: string) => {
    const address = /"api":\s*"(http:\/\/[^"]+)"/.exec(text)?.[1];
    return address ?? (text.length > SAID_MAX ? "" : null);
  };
  return stdout.until(found, exited).then((address) => address || null);
}

/** What `/readyz` answers, if it does. */
interface Readiness {
  readonly isReady: boolean;
  /** Why it isn't, as far as it says. */
  readonly reason: string | null;
}

const NO_ANSWER: Readiness = { isReady: false, reason: null };

async function readinessOf(url: string, answerMs: number): Promise<Readiness> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(answerMs) });
    const { reason } = (await response.json()) as { readonly reason?: unknown };
    return { isReady: response.status === 200, reason: typeof reason === "string" ? reason : null };
  } catch {
    // Not up yet, ended, hung, or no peer at all: the new executable is under test.
    return NO_ANSWER;
  }
}

/** Asks until it is ready, has ended, or the time is over. */
async function readinessInTime(
  url: string,
  child: Bun.Subprocess,
  { answerMs }: TrialBounds,
  deadlineMs: number,
): Promise<Readiness> {
  let readiness = NO_ANSWER;
  while (performance.now() < deadlineMs && child.exitCode === null && child.signalCode === null) {
    const found = await readinessOf(url, answerMs);
    if (found.isReady) return found;
    // Of one that falls silent the last reason is the best there is.
    if (found.reason !== null) readiness = found;
    await Bun.sleep(LOOK_MS);
  }
  return readiness;
}

/** What may be set otherwise than for an operator's upgrade. */
export interface TrialOptions {
  readonly bounds?: TrialBounds;
  /** Kills the peer that is tried. */
  readonly signal?: AbortSignal | undefined;
  /** Room on the disk of a folder, when not as the system says. For tests. */
  readonly freeBytes?: (folder: string) => number;
}

/**
 * @throws CommandError when a peer of the new executable doesn't become ready, or doesn't stop in
 * order
 */
export async function tryOut(
  executable: string,
  folder: string,
  { bounds = BOUNDS, signal, freeBytes: free = freeBytes }: TrialOptions = {},
): Promise<void> {
  const deadlineMs = performance.now() + bounds.readyMs;
  const flags = ["--port", "0", "--bind", "127.0.0.1", "--api-port", "0", "--json"];
  const child = Bun.spawn([executable, "start", "--data-dir", folder, ...flags], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: bareEnvironment(),
    // One that hangs does not end on SIGTERM, which it has a handler for.
    timeout: bounds.readyMs + bounds.stopMs,
    killSignal: "SIGKILL",
    ...(signal === undefined ? {} : { signal }),
  });
  const [stdout, stderr] = [new Said(child.stdout), new Said(child.stderr)];
  const url = await apiAddress(stdout, child.exited);
  const { isReady, reason } =
    url === null ? NO_ANSWER : await readinessInTime(url, child, bounds, deadlineMs);
  const exitCode = await stopped(child, bounds);
  const [, errors] = await Promise.all([stdout.whole(), stderr.whole()]);
  if (isReady && exitCode === 0) return;
  const said = errors.trim().replace(/\.$/, "").slice(0, SAID_MAX);
  const stops = exitCode === null ? "does not stop" : `stops with code ${exitCode}`;
  const what = isReady ? stops : "does not become ready";
  const why = [reason ?? "", said].filter((text) => text !== "").join("; ");
  // A full disk is no fault of the release.
  const isFull = exitCode === EXIT.IOERR || free(dirname(folder)) < DISK_RESERVE_BYTES;
  const exit = isFull ? EXIT.IOERR : EXIT.DATAERR;
  throw refused(`a peer of the new executable ${what}${why === "" ? "" : `: ${why}`}`, exit);
}

/** The exit code of a peer that is told to stop, null when it had to be killed. */
async function stopped(child: Bun.Subprocess, { stopMs }: TrialBounds): Promise<number | null> {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), stopMs);
  const exitCode = await child.exited;
  clearTimeout(timer);
  return child.signalCode === "SIGKILL" ? null : exitCode;
}
