// `emergency`: a peer was broken into. Stops it, seals its key, takes all stake back through
// another peer. A step that fails keeps none of the others from being done.

import { buildCommand } from "@stricli/core";
import { withPeer } from "../contact/peer-client.ts";
import { meantPeer, peerFlag } from "../contact/peer-facts.ts";
import {
  type EmergencyScene,
  runningPeer,
  type StepName,
  type StepReport,
  type StepState,
  sealStep,
  stopStep,
  withdrawStep,
} from "../emergency/emergency-steps.ts";
import { sealOf } from "../emergency/sealing.ts";
import { isNeeded, votingShare } from "../emergency/voting-share.ts";
import { CommandError, EXIT, failedExit, guarded, sentenceOf } from "../failure.ts";
import { dataFolder } from "../files/data-folder.ts";
import { dataDirFlag } from "../flags.ts";
import {
  type ControllerKeyFlags,
  controllerChoice,
  controllerKeyFlags,
} from "../keys/account-key.ts";
import { printJsonLine, rowsText } from "../terminal/json-line.ts";
import { requireConsent, type SubmitFlags, submitFlags } from "../transactions/submission.ts";

interface EmergencyFlags extends SubmitFlags, ControllerKeyFlags {
  readonly peer?: string | undefined;
}

function requireWay({ via, host }: EmergencyFlags): void {
  if (via !== undefined || host !== undefined) return;
  const why = "stake is taken back through a peer that was not broken into";
  throw new CommandError(EXIT.USAGE, `Through which peer? Give --via HOST:PORT: ${why}`);
}

/** The peer meant: of the flag, of the seal, or of the only key there is. */
function brokenPeer(flags: EmergencyFlags): Promise<string> {
  const sealed = sealOf(dataFolder(flags.dataDir).root)?.peer;
  return meantPeer({ dataDir: flags.dataDir, peer: flags.peer ?? sealed });
}

interface Failure {
  readonly report: StepReport;
  readonly exitCode: number;
}

async function attempt(
  step: StepName,
  work: () => StepReport | Promise<StepReport>,
): Promise<StepReport | Failure> {
  try {
    return await work();
  } catch (error) {
    const report = { step, state: "failed", detail: sentenceOf(error) } as const;
    return { report, exitCode: failedExit(error) };
  }
}

const PERCENT = 100;

/** A way that does not answer must not keep the peer running for longer. */
const LOOK_MAX_MS = 3_000;

/** What a withdrawal that is signed elsewhere has the other steps wait for. */
const WAITS = "the network needs this peer: sign and send the withdrawal, then run this again";

/**
 * Whether the stake must go before the peer does: without it the others would agree on nothing, not
 * on the withdrawal either. What can't be found out leaves the peer to be stopped at once.
 */
async function goesLast(flags: EmergencyFlags, peer: string): Promise<boolean> {
  const isHere = (await runningPeer(flags.dataDir)) === peer;
  const asked = withPeer(flags, (client) => votingShare(client, peer)).catch(() => 0);
  const share = await Promise.race([asked, Bun.sleep(LOOK_MAX_MS).then(() => 0)]);
  if (!isNeeded(share)) return false;
  const what = isHere
    ? "its stake is taken back first, then it is stopped"
    : "wherever it runs, it must go on until its stake is back";
  const weight = `${(share * PERCENT).toFixed(1)} % of the voting weight`;
  process.stderr.write(`The others agree on nothing without this peer (${weight}): ${what}.\n`);
  return isHere;
}

/** Whether a stake that has to go first is still to be taken back, on another machine. */
function waitsFor({ offline, dryRun }: EmergencyFlags, reports: readonly StepReport[]): boolean {
  if (offline === undefined || dryRun) return false;
  return reports.some(({ step, state }) => step === "withdraw" && state !== "already");
}

const UNDER_WAY: Readonly<Record<StepName, string>> = {
  stop: "Stopping the peer …",
  seal: "Sealing its key …",
  withdraw: "Taking its stake back …",
};
const LOOKED_AT: Readonly<Record<StepName, string>> = {
  stop: "Dry run: does the peer run?",
  seal: "Dry run: is its key here?",
  withdraw: "Dry run: can its stake be taken back?",
};

async function emergency(flags: EmergencyFlags): Promise<void> {
  requireWay(flags);
  const peer = await brokenPeer(flags);
  const { dataDir, dryRun: isDryRun } = flags;
  const folder = dataFolder(dataDir);
  const scene: EmergencyScene = { folder, dataDir, peer, isDryRun };
  if (!isDryRun) {
    const what = `Stop peer ${peer}, seal its key, take all of its stake back.`;
    process.stderr.write(`${what}\n`);
    await requireConsent(flags);
  }
  const choice = controllerChoice(flags);
  const withdrawal = { ...flags, yes: true };
  const stop = ["stop", () => stopStep(scene)] as const;
  const seal = ["seal", () => sealStep(scene, new Date())] as const;
  const withdraw = [
    "withdraw",
    () => withPeer(flags, (client) => withdrawStep(scene, client, choice, withdrawal)),
  ] as const;
  const isLast = await goesLast(flags, peer);
  const steps = isLast ? [withdraw, stop, seal] : [stop, seal, withdraw];
  const reports: StepReport[] = [];
  let exitCode: number = 0;
  for (const [step, work] of steps) {
    if (isLast && waitsFor(flags, reports)) {
      reports.push({ step, state: "waits", detail: WAITS });
      exitCode ||= EXIT.TEMPFAIL;
      continue;
    }
    if (!flags.json) process.stderr.write(`${(isDryRun ? LOOKED_AT : UNDER_WAY)[step]}\n`);
    const outcome = await attempt(step, work);
    const report = "report" in outcome ? outcome.report : outcome;
    if ("report" in outcome) exitCode ||= outcome.exitCode;
    reports.push(report);
  }
  if (flags.json) printJsonLine({ peer, steps: reports, complete: exitCode === 0 && !isDryRun });
  else process.stdout.write(summary(reports, isDryRun));
  process.exitCode = exitCode;
}

const STATES: Readonly<Record<StepState, string>> = {
  done: "done",
  already: "nothing to do",
  planned: "would be done",
  "handed on": "handed on",
  waits: "waits",
  failed: "FAILED",
};

function summary(reports: readonly StepReport[], isDryRun: boolean): string {
  const stateOf = (state: StepState) =>
    isDryRun && state === "failed" ? "would FAIL" : STATES[state];
  const rows = rowsText(
    reports.map(({ step, state, detail }) => [`${step}: ${stateOf(state)}`, detail]),
  );
  const failed = reports.filter(({ state }) => state === "failed").length;
  const steps = `${failed} of ${reports.length} steps`;
  if (isDryRun) {
    const bad = failed === 0 ? "" : ` ${steps} would fail: put right what they say.`;
    return `${rows}Dry run: nothing was done.${bad}\n`;
  }
  return failed === 0 ? rows : `${rows}${steps} failed: run the same command again.\n`;
}

export const emergencyCommand = buildCommand({
  docs: {
    brief: "The peer was broken into: stop it, seal its key, take all stake back",
    fullDescription:
      "Each step can be repeated, and one that fails keeps none of the others from being done: run the same " +
      "command again until it ends with 0. Try it beforehand with --dry-run. See docs/breach.md.\n" +
      "Example: convex-peer emergency --via peer.example.org:18888 --controller-key-file controller.json",
  },
  parameters: {
    flags: { dataDir: dataDirFlag, ...submitFlags, peer: peerFlag, ...controllerKeyFlags },
  },
  func: (flags: EmergencyFlags) => guarded(() => emergency(flags)),
});
