// `key paper`: a key on one sheet to print, from its words, or from its seed when it has no words.

import { buildCommand } from "@stricli/core";
import { fromHex } from "../../../crypto/hex.ts";
import { type PaperBackup, type PaperSecret, paperText } from "../../../keys/paper-backup.ts";
import { paperSvg } from "../../../keys/paper-svg.ts";
import { CommandError, EXIT, guarded } from "../../failure.ts";
import { openingPassphrase, type PassphraseFlags, passphraseFlags } from "../../keys/passphrase.ts";
import {
  chosenKey,
  type KeyChoiceFlags,
  keyChoiceFlags,
  keyStoreOf,
} from "../../keys/stored-key.ts";
import {
  adviceFor,
  givenWords,
  publicKeyOfWords,
  type WordsFlags,
  wordsFlags,
} from "../../keys/words.ts";
import { parseOut, printOrWrite } from "./secret-output.ts";

interface PaperFlags extends KeyChoiceFlags, PassphraseFlags, WordsFlags {
  readonly seed: boolean;
  readonly out: string;
  readonly secretCode: boolean;
}

async function secretOf(flags: PaperFlags, publicKey: string): Promise<PaperSecret> {
  if (flags.seed) {
    const key = chosenKey(flags);
    const passphrase = await openingPassphrase(flags, key);
    return { kind: "seed", seed: await keyStoreOf(flags).openSeed(key, passphrase) };
  }
  const words = await givenWords(flags, "; --seed is for a key without words");
  const isWanted = (key: string) => key === publicKey;
  if (isWanted(publicKeyOfWords(words))) {
    const { mnemonic, path, passphrase } = words;
    return { kind: "words", mnemonic, path, hasPassphrase: passphrase !== "" };
  }
  const advice = adviceFor(words, isWanted) ?? "nothing was written";
  const wrong = `These words do not give the key ${publicKey}`;
  throw new CommandError(EXIT.DATAERR, `${wrong}: ${advice}`);
}

/** Today's date where the operator is, YYYY-MM-DD. */
function today(): string {
  const now = new Date();
  const digits = (value: number) => String(value).padStart(2, "0");
  return `${now.getFullYear()}-${digits(now.getMonth() + 1)}-${digits(now.getDate())}`;
}

async function paper(flags: PaperFlags): Promise<void> {
  if (flags.exactText) {
    const why = "a sheet is for words whose checksum is right";
    throw new CommandError(EXIT.USAGE, `--exact-text is not for \`key paper\`: ${why}`);
  }
  const isSvg = flags.out.toLowerCase().endsWith(".svg");
  if (flags.secretCode && !isSvg) {
    const why = "--secret-code is drawn on a page whose name ends in .svg";
    throw new CommandError(EXIT.USAGE, `${why}: name one with --out, or leave it out`);
  }
  const { publicKey } = chosenKey(flags);
  const secret = await secretOf(flags, publicKey);
  const backup: PaperBackup = {
    publicKey: fromHex(publicKey) as Uint8Array,
    date: today(),
    secret,
  };
  try {
    printOrWrite(
      flags.out,
      isSvg ? paperSvg(backup, { secretCode: flags.secretCode }) : paperText(backup),
    );
  } finally {
    if (secret.kind === "seed") secret.seed.fill(0);
  }
  if (flags.out !== "-") {
    process.stderr.write(
      `Print ${flags.out}, then destroy the file: whoever reads it has the key.\n`,
    );
  }
}

export const paperCommand = buildCommand({
  docs: { brief: "Write a key's backup as one page to print" },
  parameters: {
    flags: {
      ...keyChoiceFlags,
      ...wordsFlags,
      seed: {
        kind: "boolean",
        default: false,
        brief: "Put the key's seed on the page, for a key made without words",
      },
      ...passphraseFlags,
      secretCode: {
        kind: "boolean",
        default: false,
        brief: "Also draw the secret as a QR code (SVG)",
      },
      out: {
        kind: "parsed",
        parse: parseOut,
        placeholder: "FILE",
        brief: "Page to write: SVG when it ends in .svg, else plain text; - for standard output",
      },
    },
  },
  func: (flags: PaperFlags) => guarded(() => paper(flags)),
});
