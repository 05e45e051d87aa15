// `status` and `health`: how the peer of a data directory is, with the reasons, or what any other
// peer says of itself.

import { buildCommand } from "@stricli/core";
import { addressText } from "../../peer/connections/peer-address.ts";
import { OperatorSocketError } from "../../peer/operator/operator-socket.ts";
import { lackAdvice } from "../contact/lack-advice.ts";
import { type OwnStatus, ownStatus } from "../contact/operator.ts";
import {
  type HostFlags,
  hostFlags,
  hostOf,
  PeerClient,
  statusFacts,
} from "../contact/peer-client.ts";
import { standingText } from "../contact/standing-text.ts";
import { sealAdvice } from "../emergency/sealing.ts";
import { EXIT, guarded } from "../failure.ts";
import { dataFolder } from "../files/data-folder.ts";
import { dataDirFlag, jsonFlag } from "../flags.ts";
import { durationText } from "../terminal/duration-text.ts";
import { rowsText } from "../terminal/json-line.ts";
import { parseSeconds } from "../transactions/submission.ts";

interface StatusFlags extends HostFlags {
  readonly dataDir?: string | undefined;
  readonly json: boolean;
}

const SECOND_MS = 1_000;
const MEGABYTE = 1 << 20;

/**
 * @param points number of blocks, and how many are proposed, in consensus and final (sheet 04 §2)
 */
export function pointsText(points: readonly number[]): string {
  const [blocks, proposal, consensus, finality] = points;
  return `${blocks} blocks, ${proposal} proposed, ${consensus} in consensus, ${finality} final`;
}

async function remoteStatus(flags: StatusFlags): Promise<void> {
  const client = await PeerClient.connect(await hostOf(flags));
  try {
    const facts = statusFacts(await client.status());
    if (flags.json) process.stdout.write(`${JSON.stringify(facts)}\n`);
    else {
      const { points, ...hashes } = facts;
      process.stdout.write(rowsText([...Object.entries(hashes), ["order", pointsText(points)]]));
    }
  } finally {
    client.close();
  }
}

async function status(flags: StatusFlags): Promise<void> {
  const isRemote = [flags.host, flags.port, flags.via].some((flag) => flag !== undefined);
  if (isRemote) return remoteStatus(flags);
  const own = await ownStatus(flags.dataDir);
  const sealed = sealAdvice(dataFolder(flags.dataDir).root);
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ ...own, sealed: sealed !== null })}\n`);
    return;
  }
  const backlog = own.backlog === 0 ? "" : `, ${own.backlog} to execute`;
  const differing = own.disagreeing === 0 ? "" : `, ${own.disagreeing} with ANOTHER State`;
  const advice = lackAdvice(own);
  process.stdout.write(
    rowsText([
      ["peer", own.peer],
      ["genesis", own.genesis],
      ["state", `${own.state}${own.isStale ? " (may be old)" : ""}`],
      ["executed", `${own.position} blocks${backlog}`],
      ["order", pointsText(own.points)],
      ["last block", own.position === 0 ? "none yet" : `${durationText(own.stateAgeMs)} ago`],
      [
        "connections",
        `${own.outgoing} of ${own.wantedOutgoing} out, ${own.incoming} in${differing}`,
      ],
      ...processRows(own),
      ["consensus", standingText(own)],
      ...(advice === null ? [] : [["to do", advice] as const]),
      ...(sealed === null ? [] : [["SEALED", runningAllTheSame(sealed)] as const]),
    ]),
  );
}

/** Which process it is, and where it listens, as far as a peer of another version tells. */
function processRows({ process: about }: OwnStatus): (readonly [string, string])[] {
  const { pid, version, uptimeMs, memoryBytes, peerHost, peerPort, api, https } = about;
  const facts = [
    pid,
    version === undefined ? null : `version ${version}`,
    uptimeMs === undefined ? null : `for ${durationText(uptimeMs)}`,
    memoryBytes === undefined ? null : `${(memoryBytes / MEGABYTE).toFixed(0)} MB`,
  ];
  const isTold = peerHost !== undefined && peerPort !== undefined;
  const listens = [isTold ? addressText({ host: peerHost, port: peerPort }) : null, api, https];
  const told = (words: readonly unknown[]) => words.filter((word) => word != null).join(", ");
  return [
    ["process", told(facts)],
    ["listens at", told(listens)],
  ];
}

/** Of a peer that runs in a sealed data directory. */
function runningAllTheSame(sealed: string): string {
  return `it was ${sealed}. It runs all the same: \`convex-peer emergency\` stops it`;
}

interface HealthFlags {
  readonly dataDir?: string | undefined;
  readonly wait: number;
  readonly json: boolean;
}

/** How often `--wait` looks. */
const LOOK_MS = 200;

/** The peer's health, as soon as it is ready, or as it is when the time is over. */
async function awaitedHealth({ dataDir, wait }: HealthFlags): Promise<OwnStatus> {
  const deadline = performance.now() + wait * SECOND_MS;
  for (;;) {
    const isLast = performance.now() >= deadline;
    try {
      const own = await ownStatus(dataDir);
      if (own.isReady || isLast) return own;
    } catch (error) {
      // One that hangs takes its time not to answer.
      const isOver = isLast || performance.now() >= deadline;
      if (!(error instanceof OperatorSocketError) || isOver) throw error;
    }
    await Bun.sleep(LOOK_MS);
  }
}

/** Ends with 0 when the peer does its part, else with 75 (TEMPFAIL); 69 when none runs. */
async function health(flags: HealthFlags): Promise<void> {
  const own = await awaitedHealth(flags);
  const { isReady, role, obstacle } = own;
  const sealed = sealAdvice(dataFolder(flags.dataDir).root);
  if (flags.json) {
    const facts = { ready: isReady, role, obstacle, sealed: sealed !== null };
    process.stdout.write(`${JSON.stringify(facts)}\n`);
  } else {
    const standing = `${isReady ? "ready" : "NOT ready"}: ${standingText(own)}`;
    const seal = sealed === null ? null : `SEALED: ${runningAllTheSame(sealed)}`;
    const words = [standing, lackAdvice(own), seal].filter((each) => each !== null);
    process.stdout.write(`${words.join(". ")}\n`);
  }
  if (!isReady) process.exitCode = EXIT.TEMPFAIL;
}

export const statusCommand = buildCommand({
  docs: { brief: "How the running peer is, or what another one says of itself" },
  parameters: { flags: { dataDir: dataDirFlag, ...hostFlags, json: jsonFlag } },
  func: (flags: StatusFlags) => guarded(() => status(flags)),
});

export const healthCommand = buildCommand({
  docs: { brief: "Whether the running peer does its part, and if not, why (exit code 75)" },
  parameters: {
    flags: {
      dataDir: dataDirFlag,
      wait: {
        kind: "parsed",
        parse: parseSeconds,
        default: "0",
        placeholder: "SECONDS",
        brief: "Wait so long for it to be ready, or to be started",
      },
      json: jsonFlag,
    },
  },
  func: (flags: HealthFlags) => guarded(() => health(flags)),
});
