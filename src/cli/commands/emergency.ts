// `emergency`: a peer was broken into. Stops it, seals its key, takes all stake back through
// another peer. A step that fails keeps none of the others from being done, but for those that
// would make the withdrawal impossible.

import { buildCommand } from "@stricli/core";
import { withPeer } from "../contact/peer-client.ts";
import { meantPeer, peerFlag } from "../contact/peer-facts.ts";
import {
  type EmergencyScene,
  type StepName,
  type StepReport,
  type StepState,
  sealStep,
  stopStep,
  withdrawStep,
} from "../emergency/emergency-steps.ts";
import { inNetwork, openController, outlookOf } from "../emergency/outlook.ts";
import { putAwayPeer, sealOf } from "../emergency/sealing.ts";
import { ownView, type StakeFirst, stakeFirst, waitsFor } from "../emergency/step-order.ts";
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

/** The peer meant: of the flag, of the seal, of the key put away, or of the only key there is. */
async function brokenPeer({ dataDir, peer }: EmergencyFlags): Promise<string> {
  const folder = dataFolder(dataDir);
  const found = peer ?? sealOf(folder.root)?.peer ?? putAwayPeer(folder) ?? undefined;
  return meantPeer({ dataDir, peer: found });
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

interface Plan {
  readonly steps: readonly Step[];
  readonly first: StakeFirst;
}

/** The steps in their order; the controller's key is open then, or will fail the withdrawal. */
async function planOf(flags: EmergencyFlags, scene: EmergencyScene): Promise<Plan> {
  const [seen, own] = await Promise.all([outlookOf(flags, scene.peer), ownView(scene)]);
  const outlook = inNetwork(seen, own.status?.genesis ?? null);
  const controller = outlook.kind === "seen" ? outlook.controller : null;
  const choice = controllerChoice(flags);
  const isSigner = controller !== null && flags.offline === undefined;
  const opening = isSigner ? openController(scene, choice, controller) : undefined;
  await Promise.allSettled([opening]);
  const now = new Date();
  const stop = ["stop", () => stopStep(scene, now)] as const;
  const seal = ["seal", () => sealStep(scene, now)] as const;
  const withdraw = [
    "withdraw",
    async () => {
      const opened = await opening;
      // Asked again, that one would say the same.
      if (outlook.kind === "no way" && outlook.error.exitCode === EXIT.USAGE) throw outlook.error;
      const withdrawal = { ...flags, yes: true };
      return withPeer(flags, (client) =>
        withdrawStep(scene, client, { ...choice, opened }, withdrawal),
      );
    },
  ] as const;
  const first = stakeFirst(scene, outlook, own, flags.stopFirst);
  return { first, steps: first === null ? [stop, seal, withdraw] : [withdraw, stop, seal] };
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
  const { steps, first } = await planOf(flags, scene);
  const reports: StepReport[] = [];
  let exitCode: number = 0;
  for (const [step, work] of steps) {
    const detail = waitsFor(first, reports);
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
  const fix = "put right what they say";
  if (isDryRun) {
    const bad = failed === 0 ? "" : ` ${steps} would fail: ${fix}.`;
    return `${rows}Dry run: nothing was done.${bad}\n`;
  }
  return failed === 0 ? rows : `${rows}${steps} failed: ${fix}, and run the command again.\n`;
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
