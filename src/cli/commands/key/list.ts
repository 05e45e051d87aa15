// `key list` and `key show`: what is known of keys without opening them.

import { statSync } from "node:fs";
import { basename } from "node:path";
import { buildCommand } from "@stricli/core";
import { fromHex } from "../../../crypto/hex.ts";
import type { StoredKey } from "../../../keys/key-store.ts";
import { checksumHex } from "../../../keys/public-key-text.ts";
import { isReadableByOthers } from "../../../keys/secret-file.ts";
import { sealAdvice } from "../../emergency/sealing.ts";
import { guarded, reportFailure } from "../../failure.ts";
import { type DataFolder, dataFolder } from "../../files/data-folder.ts";
import { dataDirFlag, jsonFlag } from "../../flags.ts";
import {
  chosenKey,
  type KeyChoiceFlags,
  keyChoiceFlags,
  keyStoreOf,
} from "../../keys/stored-key.ts";
import { storeOwnerIfKnown } from "../../store/store-owner.ts";
import { printJsonLine } from "../../terminal/json-line.ts";
import { factsOf } from "./added-key.ts";

interface ListFlags {
  readonly dataDir?: string | undefined;
  readonly json: boolean;
}

/** Files of one key, which is as open as the least of them. */
function lineOf(files: readonly StoredKey[]): string {
  const isEncrypted = files.every(({ encrypted }) => encrypted);
  const isOpen = files.some(({ path }) => isReadableByOthers(path));
  const how = `${isEncrypted ? "encrypted" : "not encrypted"}${isOpen ? ", OTHERS CAN READ IT" : ""}`;
  const line = `${files[0]?.publicKey}  ${how}`;
  if (files.length === 1) return `${line}\n`;
  const names = files.map(({ path }) => basename(path));
  return `${line}  in ${files.length} files: ${names.join(", ")}\n`;
}

/** A bad file hides no other key; the exit code is that of the first one. */
async function list(flags: ListFlags): Promise<void> {
  const store = keyStoreOf(flags);
  const { keys, faults } = store.inventory();
  if (flags.json) printJsonLine(keys.map(factsOf));
  else {
    for (const files of Map.groupBy(keys, (key) => key.publicKey).values()) {
      process.stdout.write(lineOf(files));
    }
  }
  const [exitCode] = faults.map(({ error }) => reportFailure(error));
  if (exitCode !== undefined) process.exitCode = exitCode;
  if (keys.length + faults.length === 0 && !flags.json) {
    process.stderr.write(`No keys in ${store.folder}: ${adviceIn(dataFolder(flags.dataDir))}.\n`);
  }
}

/** A new key would be of no use in a sealed directory, or beside another peer's store. */
function adviceIn(folder: DataFolder): string {
  const sealed = sealAdvice(folder.root);
  if (sealed !== null) return `${folder.root} was ${sealed}`;
  const owner = storeOwnerIfKnown(folder);
  if (owner === null) return "`convex-peer key new` makes one";
  const ways = "`convex-peer key recover` or `key import` brings it back";
  return `the store there is of peer 0x${owner}, whose key is missing; ${ways}`;
}

interface ShowFlags extends KeyChoiceFlags {
  readonly json: boolean;
}

async function show(flags: ShowFlags): Promise<void> {
  const key = chosenKey(flags);
  const facts = {
    ...factsOf(key),
    checksumKey: checksumHex(fromHex(key.publicKey) as Uint8Array),
    readableByOthers: isReadableByOthers(key.path),
    written: statSync(key.path).mtime.toISOString(),
  };
  if (flags.json) {
    printJsonLine(facts);
    return;
  }
  const rows: readonly (readonly [string, string])[] = [
    ["public key", facts.publicKey],
    ["with checksum", facts.checksumKey],
    ["encrypted", facts.encrypted ? "yes" : "NO"],
    ["file", facts.file],
    ["written", facts.written],
    ["readable by", facts.readableByOthers ? "OTHERS TOO: `chmod 600` it" : "its owner only"],
  ];
  for (const [label, text] of rows) process.stdout.write(`${label.padEnd(13)}  ${text}\n`);
}

export const listCommand = buildCommand({
  docs: { brief: "List the keys" },
  parameters: { flags: { dataDir: dataDirFlag, json: jsonFlag } },
  func: (flags: ListFlags) => guarded(() => list(flags)),
});

export const showCommand = buildCommand({
  docs: { brief: "Show what is known of a key without opening it" },
  parameters: { flags: { ...keyChoiceFlags, json: jsonFlag } },
  func: (flags: ShowFlags) => guarded(() => show(flags)),
});
