// `peers …`: the connections of the running peer, which nobody but its operator is told.

import { buildCommand, buildRouteMap } from "@stricli/core";
import { addressText } from "../../peer/connections/peer-address.ts";
import type { ConnectionReport } from "../../peer/operator/operator-commands.ts";
import {
  banTarget,
  connectTarget,
  dropTarget,
  outgoingTarget,
  unbanTarget,
} from "../../peer/operator/operator-targets.ts";
import { askOperator } from "../contact/operator.ts";
import { guarded } from "../failure.ts";
import { dataDirFlag, jsonFlag } from "../flags.ts";

interface PeersFlags {
  readonly dataDir?: string | undefined;
  readonly json: boolean;
}

const flags = { dataDir: dataDirFlag, json: jsonFlag } as const;
const SECOND_MS = 1_000;
const MINUTE_S = 60;
const HOUR_S = 3_600;
/** Hex digits of a key that are shown in the table. */
const KEY_DIGITS = 16;

function print(result: unknown, json: boolean): void {
  const text = json || typeof result !== "string" ? JSON.stringify(result) : result;
  process.stdout.write(`${text}\n`);
}

async function list({ dataDir, json }: PeersFlags): Promise<void> {
  const reports = (await askOperator(dataDir, "list")) as ConnectionReport[];
  if (json) {
    print(reports, true);
    return;
  }
  if (reports.length === 0) process.stderr.write("No connections to peers.\n");
  const rows = reports.map((report) => [
    report.key === null ? "(key not proved)" : report.key.slice(0, KEY_DIGITS),
    report.address,
    report.direction + (report.isNamed ? ", named" : ""),
    `open ${ageText(report.ageMs)}`,
    report.heardMs === null ? "not heard" : `heard ${ageText(report.heardMs)} ago`,
    report.state === "unknown" ? "" : `${report.state} State`,
  ]);
  const widths = [0, 1, 2, 3, 4, 5].map((i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  for (const row of rows) {
    const line = row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ");
    process.stdout.write(`${line.trimEnd()}\n`);
  }
}

function ageText(ms: number): string {
  const seconds = ms / SECOND_MS;
  if (seconds < MINUTE_S) return `${seconds.toFixed(1)} s`;
  if (seconds < HOUR_S) return `${Math.floor(seconds / MINUTE_S)} min`;
  return `${(seconds / HOUR_S).toFixed(1)} h`;
}

const KEY_OR_HOST = "Who is meant; of a key, what `peers list` shows will do";

/** @param parse checks what the command is about before the peer is asked */
function changeCommand(
  command: string,
  brief: string,
  placeholder: string,
  parse: (text: string) => string,
  meaning = "Who is meant",
) {
  const change = async ({ dataDir, json }: PeersFlags, target: string) => {
    print(await askOperator(dataDir, command, target), json);
  };
  return buildCommand({
    docs: { brief },
    parameters: {
      flags,
      positional: {
        kind: "tuple",
        parameters: [{ parse, placeholder, brief: meaning }],
      },
    },
    func: (given: PeersFlags, target: string) => guarded(() => change(given, target)),
  });
}

export const peersRoutes = buildRouteMap({
  routes: {
    list: buildCommand({
      docs: { brief: "Connections to other peers" },
      parameters: { flags },
      func: (given: PeersFlags) => guarded(() => list(given)),
    }),
    connect: changeCommand(
      "connect",
      "Connect to a peer, and again when it is lost",
      "HOST:PORT",
      (text) => addressText(connectTarget(text)),
    ),
    drop: changeCommand(
      "drop",
      "Close the connections to a peer or host",
      "KEY|HOST[:PORT]",
      dropTarget,
      KEY_OR_HOST,
    ),
    ban: changeCommand(
      "ban",
      "Neither dial nor serve a peer or host any more",
      "KEY|HOST",
      banTarget,
      KEY_OR_HOST,
    ),
    unban: changeCommand("unban", "Lift a ban", "KEY|HOST", unbanTarget, KEY_OR_HOST),
    outgoing: changeCommand(
      "outgoing",
      "Want another number of outgoing connections, until the next start",
      "N",
      (text) => String(outgoingTarget(text)),
      "Number of connections; `outgoing` under [start] in the configuration is for good",
    ),
    bans: buildCommand({
      docs: { brief: "Who is banned" },
      parameters: { flags },
      func: (given: PeersFlags) =>
        guarded(async () => {
          const bans = (await askOperator(given.dataDir, "bans")) as string[];
          if (given.json) return print(bans, true);
          if (bans.length === 0) process.stderr.write("Nobody is banned.\n");
          for (const entry of bans) process.stdout.write(`${entry}\n`);
        }),
    }),
  },
  docs: { brief: "Connections of the running peer" },
});
