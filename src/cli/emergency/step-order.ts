// Which comes first: that the peer stops, or that its stake comes back. Where the others agree on
// nothing without it they do not agree on the withdrawal either. Who is up is known to the peer
// itself, when it runs here; who can't tell anything leaves it running.

import { OperatorSocketError, SilentPeerError } from "../../peer/operator/operator-socket.ts";
import { type OwnStatus, ownStatus } from "../contact/operator.ts";
import { CommandError, sentenceOf } from "../failure.ts";
import { SystemFailure } from "../system-failure.ts";
import type { EmergencyScene, StepReport, StepState } from "./emergency-steps.ts";
import type { Outlook } from "./outlook.ts";
import { sealOf } from "./sealing.ts";
import { isTooLittle } from "./voting-share.ts";

/** The broken peer as it is found in the data directory. */
export interface OwnView {
  /** Null when it does not run here, or does not answer. */
  readonly status: OwnStatus | null;
  /** What to do where its process hangs, null where it does not. */
  readonly hang: string | null;
}

const ABSENT: OwnView = { status: null, hang: null };
/** What `stop` will say for itself. */
const LEFT_TO_STOP = [OperatorSocketError, SystemFailure, CommandError];

export async function ownView({ dataDir, peer }: EmergencyScene): Promise<OwnView> {
  try {
    const status = await ownStatus(dataDir);
    return status.peer === peer ? { status, hang: null } : ABSENT;
  } catch (error) {
    if (error instanceof SilentPeerError) return { status: null, hang: error.message };
    if (LEFT_TO_STOP.some((kind) => error instanceof kind)) return ABSENT;
    throw error;
  }
}

/** Whether the stake goes first, and why: the vote is needed, or may be. */
export type StakeFirst = "needed" | "unknown" | null;

const PERCENT = 100;
/** Parts below are not told: weights that have decayed all but wholly. */
const TOLD_MIN = 0.0005;

function percent(share: number): string {
  return `${(share * PERCENT).toFixed(1)} %`;
}

/** A finding for people, null when the others can do without the peer. */
interface Finding {
  readonly first: "needed" | "unknown";
  readonly text: string;
}

function neededBy(share: number, reachable: number): Finding | null {
  if (!isTooLittle(Math.min(1, reachable) - share)) return null;
  const away = 1 - reachable;
  const down = away < TOLD_MIN ? "" : `, and ${percent(away)} is of peers that can't be reached`;
  const weight = `${percent(share)} of the voting weight${down}`;
  const stuck = isTooLittle(reachable) ? ", nor at present with it" : "";
  return {
    first: "needed",
    text: `The others agree on nothing without this peer${stuck} (${weight})`,
  };
}

/** By what the other peer says of weights, or else this one; who is up, this one knows. */
function findingOf(outlook: Outlook, { status }: OwnView): Finding | null {
  const share = outlook.kind === "seen" ? outlook.share : status?.votingShare;
  const reachable = status?.reachableShare;
  if (share === undefined) {
    if (outlook.kind !== "no way") return null;
    const text = "Whether the others need this peer to give its stake back can't be seen";
    return { first: "unknown", text };
  }
  if (share === 0) return null;
  const isBlind = reachable === undefined && outlook.kind === "seen" && outlook.isStale;
  if (!isBlind) return neededBy(share, reachable ?? 1);
  const text =
    "The peer of --via takes no part in consensus: it can't be seen whether the others need this one";
  return { first: "unknown", text };
}

/** Whether nothing is left to stop or to seal here. */
function isPutAway({ folder, peer }: EmergencyScene, { status, hang }: OwnView): boolean {
  return status === null && hang === null && sealOf(folder.root)?.peer === peer;
}

function say(text: string): void {
  process.stderr.write(`${text}.\n`);
}

const STOPPED_FIRST = {
  needed: "stopped first, its stake is out of reach until they can",
  unknown: "stopped first, its stake may be out of reach",
} as const;

/** Decides, and says why. Null: the peer is stopped at once. */
export function stakeFirst(
  scene: EmergencyScene,
  outlook: Outlook,
  own: OwnView,
  isStopFirst: boolean,
): StakeFirst {
  if (outlook.kind === "silent") say(`The peer of --via tells of no weights: ${outlook.why}`);
  if (outlook.kind === "no way") {
    say(`Nothing can be taken back through --via as it stands: ${sentenceOf(outlook.error)}`);
  }
  const finding = findingOf(outlook, own);
  if (finding === null || (finding.first === "unknown" && isPutAway(scene, own))) return null;
  const { first, text } = finding;
  if (isStopFirst) {
    say(`${text}: ${STOPPED_FIRST[first]}`);
    return null;
  }
  const here = "its stake is taken back first, then it is stopped";
  const elsewhere = "wherever it runs, it must go on until its stake is back";
  say(`${text}: ${own.status !== null ? here : elsewhere}`);
  if (own.hang !== null) say(own.hang);
  return first;
}

const WHO: Readonly<Record<"needed" | "unknown", string>> = {
  needed: "the network needs this peer",
  unknown: "the network may need this peer",
};

/** What steps that come after the withdrawal wait for, by how that went. */
const WAITS: Readonly<Partial<Record<StepState, string>>> = {
  "handed on": ": sign and send the withdrawal, then run this again; --stop-first does not wait",
  failed:
    " until its stake is back: put right what the withdrawal says, bring peers that are down back, " +
    "and run this again; --stop-first does not wait, and leaves the stake",
};

/** What keeps the other steps from being done, null when nothing does. */
export function waitsFor(first: StakeFirst, reports: readonly StepReport[]): string | null {
  const withdrawal = reports.find(({ step }) => step === "withdraw");
  const wait = withdrawal && WAITS[withdrawal.state];
  return first === null || wait === undefined ? null : `${WHO[first]}${wait}`;
}
