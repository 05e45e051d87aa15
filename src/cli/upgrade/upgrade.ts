// An upgrade, step by step: what is new is checked and tried before it replaces anything, and a
// peer that is not well with it gets its former executable back.

import { formatOf } from "../../store/sqlite-file.ts";
import { STORE_VERSION } from "../../store/store.ts";
import { deafHolder, runningStatus } from "../contact/operator.ts";
import { CommandError, EXIT } from "../failure.ts";
import { placesOf } from "../files/data-folder.ts";
import type { ReleaseSource } from "../release/release-source.ts";
import type { Target } from "../release/target.ts";
import type { ProgressLine } from "../terminal/progress-line.ts";
import type { Replacement } from "./replacement.ts";
import { type Gate, type Restarter, unwellness } from "./running-peer.ts";
import { tryOut, versionOf } from "./trial.ts";

const BYTES_A_MEGABYTE = 1e6;
const SECOND_MS = 1_000;
/** Looks at the peer that runs, whichever process it is, once. */
const AS_IT_IS = { formerPid: null, timeoutMs: 0 };

export interface UpgradeOptions {
  readonly from: string;
  readonly to: string;
  readonly replacement: Replacement;
  readonly restarter: Restarter | null;
  readonly dataDir: string | undefined;
  /** Longest time until the restarted peer is well. */
  readonly healthTimeoutMs: number;
  readonly line: ProgressLine;
  /** Ends the trial when the upgrade is interrupted. */
  readonly signal: AbortSignal;
}

/** What has come of it. */
export interface UpgradeOutcome {
  readonly from: string;
  readonly to: string;
  readonly previous: string;
  /** Whether the running peer runs the new version; null when none ran. */
  readonly restarted: boolean | null;
}

/** Downloads a version beside the executable. @throws ReleaseError, CommandError */
export async function stageRelease(
  source: ReleaseSource,
  target: Target,
  { to, replacement, line }: UpgradeOptions,
): Promise<void> {
  const startMs = performance.now();
  const title = `download ${to} for ${target}`;
  const files = { scratch: replacement.scratch, executable: replacement.staged };
  await source.fetch(to, target, files, (done, total) => {
    const megabytes = (bytes: number) => Math.ceil(bytes / BYTES_A_MEGABYTE);
    const rate = done / BYTES_A_MEGABYTE / ((performance.now() - startMs) / SECOND_MS);
    line.show(title, {
      done: megabytes(done),
      total: megabytes(total),
      unit: "MB",
      detail: "",
      rate,
    });
  });
  line.done(title);
  line.say("signature and checksum are right");
}

/**
 * Tries what is staged and puts it in place. @throws CommandError, after which the former one is in
 * place
 */
export async function installStaged(options: UpgradeOptions): Promise<UpgradeOutcome> {
  const { from, to, replacement, line } = options;
  const said = await versionOf(replacement.staged);
  if (said !== to) {
    const why = `the new executable says that it is version ${said}, not ${to}`;
    throw new CommandError(EXIT.DATAERR, `Not upgraded: ${why}`);
  }
  await tryOut(replacement.staged, replacement.trialFolder, { signal: options.signal });
  line.say(`a peer of version ${to} works on this machine`);
  requireReadableStore(options);
  const before = await runningStatus(options.dataDir);
  replacement.swap();
  line.say(
    `${replacement.executable} is version ${to}; ${from} is kept as ${replacement.previous}`,
  );
  const outcome = { from, to, previous: replacement.previous };
  if (before === null) {
    const { root } = placesOf(options.dataDir);
    const deaf = deafHolder(root);
    line.say(
      deaf === null ? `no peer runs in ${root}: none was restarted` : `${deaf[0]}: restart it`,
    );
    return { ...outcome, restarted: deaf === null ? null : false };
  }
  if (options.restarter === null) {
    line.say(`the running peer goes on as version ${before.process.version}: restart it`);
    return { ...outcome, restarted: false };
  }
  await restartWell(options, options.restarter, {
    dataDir: options.dataDir,
    version: to,
    formerPid: before.process.pid ?? null,
    mustBeReady: before.isReady,
    timeoutMs: options.healthTimeoutMs,
  });
  line.say(`the peer runs as version ${to}${before.isReady ? ", and is ready" : ""}`);
  return { ...outcome, restarted: true };
}

/**
 * A version writes the format of the store that it made on trial, and reads none after that.
 * @throws CommandError when it can't read the store of the data directory
 */
function requireReadableStore({ to, from, replacement, dataDir, line }: UpgradeOptions): void {
  const { store, root } = placesOf(dataDir);
  const [own, written] = [formatOf(store), formatOf(placesOf(replacement.trialFolder).store)];
  if (own === null || written === null || own === written) return;
  if (own < written) {
    const reads = `which version ${from} does not read`;
    line.say(`version ${to} brings the store to format ${written}, ${reads}: no way back then`);
    return;
  }
  const why = `the store of ${root} has format ${own}, and version ${to} reads none after ${written}`;
  const fix = `stop the peer, and put a copy of the data directory from before format ${own} there`;
  throw new CommandError(EXIT.CONFIG, `Nothing was changed: ${why}. To go back, ${fix}`);
}

/** @throws CommandError when the former version could not read what the new one has made of it */
function requireWayBack({ from, to, dataDir }: UpgradeOptions, why: string): void {
  const format = formatOf(placesOf(dataDir).store);
  if (format === null || format <= STORE_VERSION) return;
  const kept = `Not rolled back: the store has format ${format} now, which version ${from} does not read`;
  const fix = "see its log, or restore a copy of the data directory and run `upgrade --rollback`";
  throw new CommandError(
    EXIT.ERROR,
    `${kept}. Version ${to} stays, and is not well (${why}): ${fix}`,
  );
}

/**
 * @throws CommandError when the peer was not well; it then runs as before, or the error says that
 * it doesn't
 */
async function restartWell(
  options: UpgradeOptions,
  restarter: Restarter,
  gate: Gate,
): Promise<void> {
  const { from, to, replacement, line } = options;
  line.say(`restarting by ${restarter.name}`);
  const why = await restartedUnwell(restarter, gate);
  if (why === null) return;
  line.say(`not well as version ${to}: ${why}`);
  requireWayBack(options, why);
  replacement.rollBack();
  line.say(`${replacement.executable} is version ${from} again; restarting by ${restarter.name}`);
  const former = { ...gate, version: from };
  const still = await restartedUnwell(restarter, former);
  // Who could not be restarted may never have stopped.
  const isUp = still === null || (await unwellness({ ...former, ...AS_IT_IS })) === null;
  const goesOn = still === null ? "it runs again" : `which runs, but was not restarted (${still})`;
  const end = isUp ? goesOn : `and it is not well either: ${still}`;
  const code = isUp ? EXIT.TEMPFAIL : EXIT.ERROR;
  throw new CommandError(code, `Rolled back to version ${from}, ${end}. Version ${to}: ${why}`);
}

async function restartedUnwell(restarter: Restarter, gate: Gate): Promise<string | null> {
  try {
    await restarter.restart(gate.timeoutMs);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return error.message;
  }
  return unwellness(gate);
}
