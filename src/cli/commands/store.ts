// `store …`: what the store of a data directory holds, whether it is sound, and how it is kept
// small and copied elsewhere.

import { statSync } from "node:fs";
import { join } from "node:path";
import { buildCommand, buildRouteMap } from "@stricli/core";
import { recordFigures } from "../../peer/history/record-check.ts";
import { DAMAGED_BACKUP } from "../../store/sqlite-error.ts";
import { STORE_FILE } from "../../store/sqlite-file.ts";
import { StoreError } from "../../store/store.ts";
import { pragma } from "../../store/store-format.ts";
import { CommandError, EXIT, guarded } from "../failure.ts";
import { dataFolder } from "../files/data-folder.ts";
import { dataDirFlag, jsonFlag, parseFilled } from "../flags.ts";
import { check, requireWhole } from "../store/check.ts";
import { collect, collectingAlone } from "../store/collect.ts";
import { backup, type CopyReport, restore } from "../store/copies.ts";
import { openStore, readStore, requireStore } from "../store/open-store.ts";
import {
  backupFileFlag,
  bytesText,
  type HistoryFlags,
  historyFlag,
  historyMs,
  keepHistoryFlag,
  s3EndpointFlag,
} from "../store/store-flags.ts";

interface StoreFlags {
  readonly dataDir?: string | undefined;
  readonly json: boolean;
}

interface FileFlags extends StoreFlags {
  readonly backup?: string | undefined;
}

interface CopyFlags extends StoreFlags {
  readonly s3Endpoint?: string | undefined;
}

type Row = readonly [label: string, text: string];

const shared = { dataDir: dataDirFlag, json: jsonFlag } as const;

function print(json: boolean, facts: object, rows: readonly Row[]): void {
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, text]) => `${label.padEnd(width)}  ${text}`).join("\n");
  process.stdout.write(`${json ? JSON.stringify(facts) : lines}\n`);
}

function pathOf(flags: FileFlags): string {
  return flags.backup ?? requireStore(dataFolder(flags.dataDir).root);
}

function keptText(blocks: number, keptFrom: number): string {
  if (keptFrom === 0) return `${blocks}, with all results`;
  return `${blocks}, with results from block ${keptFrom} on`;
}

async function info(flags: FileFlags): Promise<void> {
  const path = pathOf(flags);
  const { tables, store } = readStore(path);
  try {
    const figures = recordFigures(store);
    const { database } = tables;
    const facts = {
      path,
      format: pragma(database, "user_version"),
      bytes: statSync(path).size,
      logBytes: statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0,
      freeBytes: pragma(database, "freelist_count") * pragma(database, "page_size"),
      cells: tables.countCells(),
      transactions: tables.countTransactions(),
      ...figures,
    };
    print(flags.json, facts, [
      ["store", path],
      ["format", String(facts.format)],
      ["size", `${bytesText(facts.bytes)}, and ${bytesText(facts.logBytes)} not folded in yet`],
      ["cells", String(facts.cells)],
      ...(figures === null
        ? [["peer", "none: the store is empty"] as const]
        : ([
            ["peer", figures.peer],
            ["genesis", figures.genesis],
            ["state", figures.state],
            ["blocks", keptText(figures.blocks, figures.keptFrom)],
          ] as const)),
      ["transactions", String(facts.transactions)],
    ]);
  } finally {
    store.close();
  }
}

async function runCheck(flags: FileFlags): Promise<void> {
  const path = pathOf(flags);
  const what = flags.backup === undefined ? "store" : "backup";
  if (what === "backup") requireWhole(path);
  const figures = await check(path, flags.json);
  const { cells, bytes, findings } = figures;
  if (flags.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
  if (findings.length > 0) {
    if (!flags.json) process.stdout.write(`${findings.join("\n")}\n`);
    const ofStore =
      "keep a copy, and restore a backup or start on an empty data directory with --join";
    const advice = what === "backup" ? DAMAGED_BACKUP : ofStore;
    throw new CommandError(EXIT.DATAERR, `The ${what} ${path} is damaged: ${advice}`);
  }
  if (flags.json) return;
  process.stdout.write(`The ${what} ${path} is sound: ${cells} cells, ${bytesText(bytes)}.\n`);
}

/** A running peer decides what it keeps. */
const RUNNING_HISTORY = "as the running peer keeps it: `start --history` says how long";

async function gc(flags: StoreFlags & HistoryFlags): Promise<void> {
  const { root } = dataFolder(flags.dataDir);
  requireStore(root);
  const done = await collect(root, historyMs(flags), flags.json);
  print(flags.json, done, [
    ["size", `${bytesText(done.bytesBefore)} before, ${bytesText(done.bytesAfter)} now`],
    ["copied", `${done.cells} cells`],
    ["pause", `${done.pauseMs.toFixed(0)} ms${done.online ? " of the running peer" : ""}`],
    ...(done.online ? [["history", RUNNING_HISTORY] as const] : []),
  ]);
}

async function compact(flags: StoreFlags): Promise<void> {
  const { root } = dataFolder(flags.dataDir);
  const store = openStore(root);
  if (store === null || store.upkeep === null) {
    const advice = "use `store gc`, which leaves no gaps, or stop the peer first";
    const who = "A peer runs, or another command is at work,";
    throw new CommandError(EXIT.TEMPFAIL, `${who} on ${root}: ${advice}`);
  }
  try {
    const { upkeep } = store;
    const done = await collectingAlone(root, async () => upkeep.compact());
    print(flags.json, done, [
      ["size", `${bytesText(done.bytesBefore)} before, ${bytesText(done.bytesAfter)} now`],
    ]);
  } finally {
    store.close();
  }
}

function printCopy(flags: StoreFlags, report: CopyReport, made: string): void {
  const { address, cells, bytes, state, blocks, parts, uploadedBytes } = report;
  print(flags.json, report, [
    [made, address],
    ["copied", `${cells} cells, ${bytesText(bytes)}`],
    ...(parts === null
      ? []
      : [["parts", `${parts}, ${bytesText(uploadedBytes ?? 0)} sent`] as const]),
    ["state", state],
    ["blocks", String(blocks)],
  ]);
}

async function runBackup(flags: CopyFlags, address: string): Promise<void> {
  const { root } = dataFolder(flags.dataDir);
  const options = { endpoint: flags.s3Endpoint ?? null, json: flags.json };
  printCopy(flags, await backup(root, address, options), "backup");
}

async function runRestore(
  flags: CopyFlags & { readonly verify: boolean },
  address: string,
): Promise<void> {
  const { root } = dataFolder(flags.dataDir);
  const options = { endpoint: flags.s3Endpoint ?? null, json: flags.json };
  const report = await restore(root, address, options);
  if (flags.verify) {
    const { findings } = await check(join(root, STORE_FILE), flags.json);
    if (findings.length > 0) throw new StoreError("DAMAGED", findings.join("\n"));
  }
  printCopy(flags, report, "restored");
  if (flags.json) return;
  process.stderr.write(
    "The backup holds no key: recover it with `convex-peer key recover` or `key import`. The peer signs " +
      "nothing before others have told it what they know under its key. A peer that is alone in its " +
      "network can't be told: what it signed after this backup is lost.\n",
  );
}

const addressOf = (brief: string) =>
  ({
    kind: "tuple",
    parameters: [{ parse: parseFilled, placeholder: "FILE|s3://BUCKET/PREFIX", brief }],
  }) as const;

export const storeRoutes = buildRouteMap({
  routes: {
    info: buildCommand({
      docs: { brief: "What the store holds, and its size" },
      parameters: { flags: { ...shared, backup: backupFileFlag } },
      func: (flags: FileFlags) => guarded(() => info(flags)),
    }),
    check: buildCommand({
      docs: { brief: "Read everything and hold it against its hashes; the peer may run" },
      parameters: { flags: { ...shared, backup: backupFileFlag } },
      func: (flags: FileFlags) => guarded(() => runCheck(flags)),
    }),
    gc: buildCommand({
      docs: { brief: "Give the space back of what is kept no longer; the peer may run" },
      parameters: { flags: { ...shared, history: historyFlag, keepHistory: keepHistoryFlag } },
      func: (flags: StoreFlags & HistoryFlags) => guarded(() => gc(flags)),
    }),
    compact: buildCommand({
      docs: { brief: "Write the store of a stopped peer anew, without gaps" },
      parameters: { flags: shared },
      func: (flags: StoreFlags) => guarded(() => compact(flags)),
    }),
    backup: buildCommand({
      docs: { brief: "Copy the store, or what a backup lacks of it; the peer may run" },
      parameters: {
        flags: { ...shared, s3Endpoint: s3EndpointFlag },
        positional: addressOf("Where the backup is, or will be"),
      },
      func: (flags: CopyFlags, address: string) => guarded(() => runBackup(flags, address)),
    }),
    restore: buildCommand({
      docs: { brief: "Make the store of a data directory out of a backup" },
      parameters: {
        flags: {
          ...shared,
          s3Endpoint: s3EndpointFlag,
          verify: {
            kind: "boolean",
            default: false,
            brief: "Check the restored store as `store check` does",
          },
        },
        positional: addressOf("Where the backup is"),
      },
      func: (flags: CopyFlags & { readonly verify: boolean }, address: string) =>
        guarded(() => runRestore(flags, address)),
    }),
  },
  docs: { brief: "Check, collect, back up and restore the store" },
});
