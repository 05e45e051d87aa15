// `key check`: proves that a paper backup brings back a key, without opening the key or showing a
// secret.

import { buildCommand } from "@stricli/core";
import { KeyPair } from "../../../crypto/ed25519.ts";
import { toHex } from "../../../crypto/hex.ts";
import { parsePublicKey } from "../../../keys/public-key-text.ts";
import { readSeedFile } from "../../../keys/secret-file.ts";
import { parseApiUrl } from "../../contact/faucet-client.ts";
import { httpFailure, isUnresolved } from "../../contact/http-failure.ts";
import { CommandError, EXIT, guarded } from "../../failure.ts";
import { jsonFlag } from "../../flags.ts";
import { fileFlag } from "../../keys/passphrase.ts";
import { chosenKey, type KeyChoiceFlags, keyChoiceFlags } from "../../keys/stored-key.ts";
import {
  adviceFor,
  givenWords,
  publicKeyOfWords,
  type WordsFlags,
  wordsFlags,
} from "../../keys/words.ts";
import { printJsonLine } from "../../terminal/json-line.ts";

interface CheckFlags extends KeyChoiceFlags, WordsFlags {
  readonly seedFile?: string | undefined;
  readonly publicKey?: string | undefined;
  readonly api?: string | undefined;
  readonly json: boolean;
}

/** Longest wait for a running peer's answer, in ms. */
const STATUS_TIMEOUT_MS = 5_000;
const STATUS_UNAUTHORIZED = 401;

/** The key of the peer that answers at an API address. */
async function keyOfRunningPeer(api: string): Promise<string> {
  const url = `${api}/api/v1/status`;
  let status: unknown;
  let needsToken = false;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(STATUS_TIMEOUT_MS) });
    needsToken = response.status === STATUS_UNAUTHORIZED;
    status = await response.json();
  } catch (error) {
    const reason = httpFailure(error, STATUS_TIMEOUT_MS);
    const exitCode = isUnresolved(error) ? EXIT.NOHOST : EXIT.UNAVAILABLE;
    throw new CommandError(exitCode, `No peer answers at ${url}: ${reason}`);
  }
  if (needsToken) {
    const fix = "compare with its key, as `convex-peer status` shows it, by --public-key HEX";
    throw new CommandError(
      EXIT.NOPERM,
      `The API at ${api} answers who has its token alone: ${fix}`,
    );
  }
  const peer = (status as { readonly peer?: unknown } | null)?.peer;
  if (typeof peer === "string") return toHex(parsePublicKey(peer));
  throw new CommandError(EXIT.UNAVAILABLE, `What answers at ${url} names no peer key`);
}

/** The key to prove, with words that say which one it is. */
async function wantedKey(flags: CheckFlags): Promise<{ key: string; whose: string }> {
  const { publicKey, api } = flags;
  if (publicKey !== undefined && api !== undefined) {
    throw new CommandError(EXIT.USAGE, "Give --public-key or --api, not both");
  }
  if (publicKey !== undefined)
    return { key: toHex(parsePublicKey(publicKey)), whose: "the key you named" };
  if (api !== undefined) {
    return { key: await keyOfRunningPeer(api), whose: `the key of the peer running at ${api}` };
  }
  const stored = chosenKey(flags);
  return { key: stored.publicKey, whose: `the key in ${stored.path}` };
}

function keyOfSeedFile(path: string): string {
  const seed = readSeedFile(path);
  try {
    return toHex(KeyPair.fromSeed(seed).publicKey);
  } finally {
    seed.fill(0);
  }
}

async function foundKey(flags: CheckFlags, wanted: string) {
  if (flags.seedFile !== undefined) {
    if (flags.mnemonicFile === undefined)
      return { found: keyOfSeedFile(flags.seedFile), advice: null };
    throw new CommandError(EXIT.USAGE, "Give --mnemonic-file or --seed-file, not both");
  }
  const words = await givenWords(flags);
  const found = publicKeyOfWords(words);
  return { found, advice: found === wanted ? null : adviceFor(words, (key) => key === wanted) };
}

async function check(flags: CheckFlags): Promise<void> {
  const { key, whose } = await wantedKey(flags);
  const { found, advice } = await foundKey(flags, key);
  const recovers = found === key;
  if (flags.json) {
    printJsonLine({ recovers, publicKey: key, found, ...(advice === null ? {} : { advice }) });
  }
  if (!recovers) {
    const next = advice === null ? "" : `; to get it, ${advice}`;
    const sentence = `This backup does NOT bring back ${whose}, ${key}: it gives ${found}${next}`;
    throw new CommandError(EXIT.DATAERR, sentence);
  }
  if (!flags.json) process.stdout.write(`This backup brings back ${whose}: ${key}\n`);
}

export const checkCommand = buildCommand({
  docs: { brief: "Prove that a paper backup brings back a key" },
  parameters: {
    flags: {
      ...keyChoiceFlags,
      ...wordsFlags,
      seedFile: fileFlag("File with the seed as 64 hex digits, instead of words"),
      publicKey: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "HEX",
        brief: "Public key to prove, instead of one in the data directory",
      },
      api: {
        kind: "parsed",
        parse: parseApiUrl,
        optional: true,
        placeholder: "URL",
        brief: "Prove the key of the peer whose API answers there (http://127.0.0.1:8080)",
      },
      json: jsonFlag,
    },
  },
  func: (flags: CheckFlags) => guarded(() => check(flags)),
});
