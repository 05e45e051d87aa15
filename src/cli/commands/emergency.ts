// `emergency`: a peer was broken into. Stops it, seals its key, takes all stake back through
// another peer. A step that fails keeps none of the others from being done, but for those that
// would make the withdrawal impossible.

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
import { openController, outlookOf } from "../emergency/outlook.ts";
import { sealOf } from "../emergency/sealing.ts";
import { isNeeded } from "../emergency/voting-share.ts";
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
  readonly stopFirst: boolean;
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

/**
 * Whether the stake must go before the peer does: without it the others would agree on nothing, not
 * on the withdrawal either. What can't be found out leaves the peer to be stopped at once.
 */
async function goesLast(flags: EmergencyFlags, peer: string, share: number): Promise<boolean> {
  if (!isNeeded(share)) return false;
  const weight = `${(share * PERCENT).toFixed(1)} % of the voting weight`;
  const say = (what: string) =>
    process.stderr.write(`The others agree on nothing without this peer (${weight}): ${what}.\n`);
  if (flags.stopFirst) {
    say("stopped first, its stake is out of reach until they can");
    return false;
  }
  const isHere = (await runningPeer(flags.dataDir)) === peer;
  say(
    isHere
      ? "its stake is taken back first, then it is stopped"
      : "wherever it runs, it must go on until its stake is back",
  );
  return true;
}

/** What steps that come after the withdrawal wait for. */
const WAITS: Readonly<Partial<Record<StepState, string>>> = {
  "handed on":
    "the network needs this peer: sign and send the withdrawal, then run this again; " +
    "--stop-first does not wait",
  failed:
    "the network needs this peer until its stake is back: put right what the withdrawal says, bring " +
    "peers that are down back, and run this again; --stop-first does not wait, and leaves the stake",
};

/** What keeps the other steps from being done, null when nothing does. */
function waitsFor(reports: readonly StepReport[]): string | null {
  const withdrawal = reports.find(({ step }) => step === "withdraw");
  return (withdrawal && WAITS[withdrawal.state]) ?? null;
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

type Step = readonly [StepName, () => StepReport | Promise<StepReport>];

/** The steps in their order; the controller's key is open then, or will fail the withdrawal. */
async function plannedSteps(flags: EmergencyFlags, scene: EmergencyScene): Promise<Step[]> {
  const { share, controller } = await outlookOf(flags, scene.peer);
  const choice = controllerChoice(flags);
  const isSigner = controller !== null && flags.offline === undefined;
  const opening = isSigner ? openController(scene, choice, controller) : undefined;
  await Promise.allSettled([opening]);
  const stop = ["stop", () => stopStep(scene)] as const;
  const seal = ["seal", () => sealStep(scene, new Date())] as const;
  const withdraw = [
    "withdraw",
    async () => {
      const opened = await opening;
      const withdrawal = { ...flags, yes: true };
      return withPeer(flags, (client) =>
        withdrawStep(scene, client, { ...choice, opened }, withdrawal),
      );
    },
  ] as const;
  const isLast = await goesLast(flags, scene.peer, share);
  return isLast ? [withdraw, stop, seal] : [stop, seal, withdraw];
}

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
  const steps = await plannedSteps(flags, scene);
  const reports: StepReport[] = [];
  let exitCode: number = 0;
  for (const [step, work] of steps) {
    const detail = waitsFor(reports);
    if (detail !== null) {
      reports.push({ step, state: "waits", detail });
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

const IN_DRY_RUN: Readonly<Partial<Record<StepState, string>>> = {
  failed: "would FAIL",
  waits: "would wait",
};

function summary(reports: readonly StepReport[], isDryRun: boolean): string {
  const stateOf = (state: StepState) => (isDryRun && IN_DRY_RUN[state]) || STATES[state];
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
      "Each step can be repeated, and one that fails keeps none of the others from being done, but for a peer " +
      "without whose vote its stake can't come back: that one is stopped after the withdrawal. Run the same " +
      "command again until it ends with 0. Try it beforehand with --dry-run. See docs/breach.md.\n" +
      "Example: convex-peer emergency --via peer.example.org:18888 --controller-key-file controller.json",
  },
  parameters: {
    flags: {
      dataDir: dataDirFlag,
      ...submitFlags,
      peer: peerFlag,
      stopFirst: {
        kind: "boolean",
        default: false,
        brief: "Stop and seal it at once, even where its stake can't come back without its vote",
      },
      ...controllerKeyFlags,
    },
  },
  func: (flags: EmergencyFlags) => guarded(() => emergency(flags)),
});
