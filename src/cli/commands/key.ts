// `key new|import|list`: Ed25519 keys in the data directory.

import { buildCommand, buildRouteMap } from "@stricli/core";
import { KeyStore, type StoredKey } from "../../keys/key-store.ts";
import { readPassphraseFile, readSeedFile } from "../../keys/secret-file.ts";
import { dataFolder } from "../data-folder.ts";
import { CommandError, EXIT, guarded } from "../failure.ts";
import { dataDirFlag, jsonFlag, passphraseFileFlag } from "../flags.ts";
import { newSeed } from "../new-seed.ts";

interface ListFlags {
  readonly dataDir?: string | undefined;
  readonly json: boolean;
}

interface KeyFlags extends ListFlags {
  readonly passphraseFile?: string | undefined;
}

interface ImportFlags extends KeyFlags {
  readonly seedFile: string;
}

const keyFlags = {
  dataDir: dataDirFlag,
  passphraseFile: passphraseFileFlag,
  json: jsonFlag,
} as const;

function keyStore(flags: ListFlags): KeyStore {
  return new KeyStore(dataFolder(flags.dataDir).keys);
}

function describe(key: StoredKey): object {
  return { publicKey: key.publicKey, encrypted: key.encrypted, file: key.path };
}

function printKey(key: StoredKey, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(describe(key))}\n`);
    return;
  }
  process.stdout.write(`${key.publicKey}\n`);
  const how = key.encrypted
    ? "encrypted under your passphrase"
    : "NOT encrypted: whoever can read this file has the key (it is readable by you alone)";
  process.stderr.write(`Key file ${key.path}, ${how}.\n`);
}

async function addKey(flags: KeyFlags, seed: Uint8Array): Promise<void> {
  const passphrase =
    flags.passphraseFile === undefined ? null : readPassphraseFile(flags.passphraseFile);
  const added = await keyStore(flags).add(seed, passphrase);
  if (added !== null) {
    printKey(added, flags.json);
    return;
  }
  const advice = "`convex-peer key list` shows it; nothing was changed";
  throw new CommandError(
    EXIT.CANTCREAT,
    `This key is in ${keyStore(flags).folder} already: ${advice}`,
  );
}

const newCommand = buildCommand({
  docs: { brief: "Make a new key" },
  parameters: { flags: keyFlags },
  func: (flags: KeyFlags) => guarded(() => addKey(flags, newSeed())),
});

const importCommand = buildCommand({
  docs: { brief: "Take in a key from a file that holds its seed" },
  parameters: {
    flags: {
      ...keyFlags,
      seedFile: {
        kind: "parsed",
        parse: String,
        placeholder: "FILE",
        brief: "File with the seed as 64 hex digits",
      },
    },
  },
  func: (flags: ImportFlags) => guarded(() => addKey(flags, readSeedFile(flags.seedFile))),
});

const listCommand = buildCommand({
  docs: { brief: "List the keys" },
  parameters: { flags: { dataDir: dataDirFlag, json: jsonFlag } },
  func: (flags: ListFlags) =>
    guarded(async () => {
      const keys = keyStore(flags).list();
      if (flags.json) {
        process.stdout.write(`${JSON.stringify(keys.map(describe))}\n`);
        return;
      }
      for (const key of keys) {
        process.stdout.write(
          `${key.publicKey}  ${key.encrypted ? "encrypted" : "not encrypted"}\n`,
        );
      }
      if (keys.length === 0) {
        process.stderr.write(
          `No keys in ${keyStore(flags).folder}: \`convex-peer key new\` makes one.\n`,
        );
      }
    }),
});

export const keyRoutes = buildRouteMap({
  routes: { new: newCommand, import: importCommand, list: listCommand },
  docs: { brief: "Keys of the peer" },
});
