// `key import`: a key from its seed, a PEM file, or a key store of the reference.

import { buildCommand } from "@stricli/core";
import { KeyFileError } from "../../../keys/key-file.ts";
import type { KeyStore } from "../../../keys/key-store.ts";
import { isPemEncrypted, openPem } from "../../../keys/pem.ts";
import { openEntry, type Pkcs12Entry, readPkcs12 } from "../../../keys/pkcs12-store.ts";
import { readContainerFile, readSeedFile } from "../../../keys/secret-file.ts";
import { CommandError, EXIT, guarded } from "../../failure.ts";
import { dataDirFlag, jsonFlag } from "../../flags.ts";
import {
  fileFlag,
  foreignPassphrase,
  foreignPassphraseOfFile,
  newPassphrase,
  type PassphraseFlags,
  passphraseFlags,
  warnIfExposed,
} from "../../keys/passphrase.ts";
import { keyFlag, keyStoreOf } from "../../keys/stored-key.ts";
import { printKey, storeNewSeed, storeSeed, warnOfSeveral } from "./added-key.ts";

interface ImportFlags extends PassphraseFlags {
  readonly dataDir?: string | undefined;
  readonly seedFile?: string | undefined;
  readonly pemFile?: string | undefined;
  readonly keystoreFile?: string | undefined;
  readonly importPassphraseFile?: string | undefined;
  readonly storePassphraseFile?: string | undefined;
  readonly key?: string | undefined;
  readonly all: boolean;
  readonly json: boolean;
}

const IMPORT_FLAG = "--import-passphrase-file";

async function seedOfPem(path: string, flags: ImportFlags): Promise<Uint8Array> {
  const text = new TextDecoder().decode(readContainerFile(path));
  if (!isPemEncrypted(text)) {
    warnIfExposed(path);
    return openPem(text, null);
  }
  return openPem(text, await foreignPassphrase(flags.importPassphraseFile, path, IMPORT_FLAG));
}

/** The entries meant: those that --key names, else all with --all, else the only one. */
function chosenEntries(entries: readonly Pkcs12Entry[], path: string, flags: ImportFlags) {
  const prefix = flags.key?.toLowerCase().replace(/^0x/, "") ?? "";
  const found = entries.filter(({ alias }) => alias.toLowerCase().startsWith(prefix));
  if (found.length === 1 || (flags.all && found.length > 0)) return found;
  const names = entries.map(({ alias }) => `\n  ${alias}`).join("");
  const what = found.length === 0 ? "no key" : `${found.length} keys`;
  const wanted = flags.key === undefined ? "" : ` with a name that begins with '${flags.key}'`;
  const advice =
    entries.length === 0 ? "" : `; name one with --key HEX, or take all with --all:${names}`;
  throw new CommandError(EXIT.DATAERR, `${path} holds ${what}${wanted}${advice}`);
}

/** Each key of a store can have a passphrase of its own. */
function ofSeveral({ alias }: Pkcs12Entry, error: unknown): unknown {
  if (!(error instanceof KeyFileError) || error.code !== "PASSPHRASE") return error;
  const advice = "keys with passphrases of their own come one by one, with --key HEX";
  return new KeyFileError("PASSPHRASE", `${alias}: ${error.message}; ${advice}. None was taken`);
}

async function seedsOfKeyStore(path: string, flags: ImportFlags): Promise<Uint8Array[]> {
  const store = readPkcs12(readContainerFile(path));
  if (flags.storePassphraseFile !== undefined) {
    if (!store.verify(foreignPassphraseOfFile(flags.storePassphraseFile))) {
      throw new CommandError(
        EXIT.NOPERM,
        `The integrity check of ${path} fails: wrong passphrase, or altered`,
      );
    }
    if (!store.isChecked) process.stderr.write(`Note: ${path} carries no integrity check.\n`);
  }
  const entries = chosenEntries(store.entries, path, flags);
  const what = `the ${entries.length === 1 ? "key" : "keys"} in ${path}`;
  const passphrase = await foreignPassphrase(flags.importPassphraseFile, what, IMPORT_FLAG);
  const seeds: Uint8Array[] = [];
  for (const entry of entries) {
    seeds.push(
      await openEntry(entry, passphrase).catch((error) => {
        throw entries.length > 1 ? ofSeveral(entry, error) : error;
      }),
    );
  }
  return seeds;
}

async function givenSeeds(flags: ImportFlags): Promise<Uint8Array[]> {
  const { seedFile, pemFile, keystoreFile } = flags;
  const given = [seedFile, pemFile, keystoreFile].filter((file) => file !== undefined);
  if (given.length !== 1) {
    const names = "--seed-file, --pem-file and --keystore-file";
    throw new CommandError(EXIT.USAGE, `Give one of ${names} (words: \`convex-peer key recover\`)`);
  }
  if (seedFile !== undefined) {
    const seed = readSeedFile(seedFile);
    warnIfExposed(seedFile);
    return [seed];
  }
  if (pemFile !== undefined) return [await seedOfPem(pemFile, flags)];
  return seedsOfKeyStore(keystoreFile as string, flags);
}

async function storeAll(
  store: KeyStore,
  seeds: Uint8Array[],
  passphrase: string | null,
  json: boolean,
) {
  for (const seed of seeds) {
    const added = await storeSeed(store, seed, passphrase);
    if (added === null) process.stderr.write("A key was there already: unchanged.\n");
    else printKey(added, json);
  }
}

async function importKeys(flags: ImportFlags): Promise<void> {
  const seeds = await givenSeeds(flags);
  const store = keyStoreOf(flags);
  const passphrase = await newPassphrase(flags);
  const [only] = seeds;
  if (seeds.length > 1 || only === undefined) {
    await storeAll(store, seeds, passphrase, flags.json);
  } else printKey(await storeNewSeed(store, only, passphrase), flags.json);
  await warnOfSeveral(flags.dataDir);
}

export const importCommand = buildCommand({
  docs: { brief: "Take in a key: seed, PEM, or a PKCS#12 key store" },
  parameters: {
    flags: {
      dataDir: dataDirFlag,
      seedFile: fileFlag("File with the seed as 64 hex digits"),
      pemFile: fileFlag("File with the key as PEM (PKCS#8; encrypted or not)"),
      keystoreFile: fileFlag("PKCS#12 key store (keystore.pfx)"),
      importPassphraseFile: fileFlag("File whose first line is the passphrase the key comes under"),
      storePassphraseFile: fileFlag(
        "File whose first line is the key store's integrity passphrase",
      ),
      key: keyFlag,
      all: { kind: "boolean", default: false, brief: "Take all keys of the key store" },
      ...passphraseFlags,
      json: jsonFlag,
    },
  },
  func: (flags: ImportFlags) => guarded(() => importKeys(flags)),
});
