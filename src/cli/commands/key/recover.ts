// `key recover`: the key that words on paper stand for, put into the data directory.

import { buildCommand } from "@stricli/core";
import type { StoredKey } from "../../../keys/key-store.ts";
import { readPassphraseFileOrEmpty } from "../../../keys/secret-file.ts";
import { CommandError, EXIT, guarded } from "../../failure.ts";
import { dataDirFlag, jsonFlag } from "../../flags.ts";
import { guardClause } from "../../keys/key-file-guard.ts";
import { newPassphrase, type PassphraseFlags, passphraseFlags } from "../../keys/passphrase.ts";
import { keyStoreOf } from "../../keys/stored-key.ts";
import {
  adviceFor,
  givenWords,
  publicKeyOfWords,
  seedOfWords,
  type Words,
  type WordsFlags,
  wordsFlags,
} from "../../keys/words.ts";
import { printKey, storeSeed, warnOfSeveral } from "./added-key.ts";

interface RecoverFlags extends WordsFlags, PassphraseFlags {
  readonly dataDir?: string | undefined;
  readonly expect?: string | undefined;
  readonly json: boolean;
}

/** An empty passphrase file says here: none. */
async function fileKeyPassphrase(flags: RecoverFlags): Promise<string | null> {
  const { passphraseFile } = flags;
  if (passphraseFile !== undefined && readPassphraseFileOrEmpty(passphraseFile) === "") return null;
  return newPassphrase(flags);
}

function checkExpected(words: Words, expected: string | undefined): void {
  if (expected === undefined) return;
  const prefix = expected.toLowerCase().replace(/^0x/, "");
  const isWanted = (key: string) => key.startsWith(prefix);
  const publicKey = publicKeyOfWords(words);
  if (isWanted(publicKey)) return;
  const advice = adviceFor(words, isWanted);
  const next = advice === null ? "nothing was changed" : `to get the one you want, ${advice}`;
  const sentence = `These words give the key ${publicKey}, not one that begins with '${expected}'`;
  throw new CommandError(EXIT.DATAERR, `${sentence}: ${next}`);
}

/**
 * The key the words would give were the passphrase theirs instead of the key file's: the
 * reference's tools call the words' passphrase just so, and a mix-up would otherwise go unnoticed.
 */
function keyOfMixUp(words: Words, flags: RecoverFlags, passphrase: string | null): string | null {
  const isGiven = passphrase !== null && flags.mnemonicPassphraseFile === undefined;
  if (!isGiven || flags.mnemonicFile === undefined) return null;
  return publicKeyOfWords({ ...words, passphrase });
}

/** What to know of a key that was there already: the passphrase given is not that of its file. */
function unchangedText(key: StoredKey): string {
  const sealed =
    "encrypted under the passphrase that it had; where that is lost, move the file away and run this again";
  const guard = key.encrypted ? sealed : guardClause(key);
  return `The key was there already: ${key.path} is unchanged, ${guard}.\n`;
}

function report(added: StoredKey | null, flags: RecoverFlags, words: Words, mixUp: string | null) {
  const key = added ?? keyStoreOf(flags).find(publicKeyOfWords(words));
  const more = {
    path: words.path,
    added: added !== null,
    ...(mixUp === null ? {} : { keyIfPassphraseIsOfWords: mixUp }),
  };
  if (added === null && !flags.json) {
    process.stdout.write(`${key.publicKey}\n`);
    process.stderr.write(unchangedText(key));
  } else printKey(key, flags.json, more);
  if (mixUp !== null && !flags.json) {
    const how = "then give it as --mnemonic-passphrase-file";
    process.stderr.write(
      `If your passphrase belongs to the words (BIP39), the key would be ${mixUp}: ${how}.\n`,
    );
  }
}

async function recover(flags: RecoverFlags): Promise<void> {
  const words = await givenWords(flags);
  checkExpected(words, flags.expect);
  const passphrase = await fileKeyPassphrase(flags);
  const mixUp = keyOfMixUp(words, flags, passphrase);
  const added = await storeSeed(keyStoreOf(flags), seedOfWords(words), passphrase);
  report(added, flags, words, mixUp);
  if (added !== null) await warnOfSeveral(flags.dataDir);
}

/** Nothing at all would be the beginning of every key. @throws Error */
function parseExpected(text: string): string {
  if (/^(?:0x)?[0-9a-f]{1,64}$/i.test(text)) return text;
  throw new Error(`expected the beginning of a public key in hex, found '${text}'`);
}

export const recoverCommand = buildCommand({
  docs: { brief: "Bring back a key from its words" },
  parameters: {
    flags: {
      dataDir: dataDirFlag,
      ...wordsFlags,
      ...passphraseFlags,
      expect: {
        kind: "parsed",
        parse: parseExpected,
        optional: true,
        placeholder: "HEX",
        brief: "Beginning of the public key that must come out; otherwise nothing is stored",
      },
      json: jsonFlag,
    },
  },
  func: (flags: RecoverFlags) => guarded(() => recover(flags)),
});
