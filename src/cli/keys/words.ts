// The words of a paper backup, from a file or typed, and the key they give.

import { KeyPair } from "../../crypto/ed25519.ts";
import { toHex } from "../../crypto/hex.ts";
import { DEFAULT_PATH, parsePath } from "../../keys/derivation-path.ts";
import { readMnemonic, seedOfMnemonic } from "../../keys/mnemonic.ts";
import { readMnemonicFile } from "../../keys/secret-file.ts";
import { CommandError, EXIT } from "../failure.ts";
import { askLine, askSecret, isInteractive, onSecondScreen } from "../terminal/terminal.ts";
import { fileFlag, passphraseOfFile, warnIfExposed } from "./passphrase.ts";

export interface WordsFlags {
  readonly mnemonicFile?: string | undefined;
  readonly mnemonicPassphraseFile?: string | undefined;
  readonly path: string;
  readonly exactText: boolean;
}

export const pathFlag = {
  kind: "parsed",
  parse: String,
  default: DEFAULT_PATH,
  placeholder: "PATH",
  brief: "Derivation path, without apostrophes: every level is hardened",
} as const;

export const mnemonicPassphraseFlag = fileFlag(
  "File whose first line is the passphrase of the words (BIP39), if they have one",
);

export const wordsFlags = {
  mnemonicFile: fileFlag("File with the words"),
  mnemonicPassphraseFile: mnemonicPassphraseFlag,
  path: pathFlag,
  exactText: {
    kind: "boolean",
    default: false,
    brief: "Take the file's text as it stands, unchecked, as the reference's tools do",
  },
} as const;

/** Words, their own passphrase ("" for none) and a path. */
export interface Words {
  readonly mnemonic: string;
  readonly passphrase: string;
  readonly path: string;
}

/** The 32-byte seed: the caller zeroes it when done. @throws DerivationPathError */
export function seedOfWords(words: Words): Uint8Array {
  return seedOfMnemonic(words.mnemonic, words.passphrase, parsePath(words.path));
}

/** The public key the words give, in hex. */
export function publicKeyOfWords(words: Words): string {
  const seed = seedOfWords(words);
  try {
    return toHex(KeyPair.fromSeed(seed).publicKey);
  } finally {
    seed.fill(0);
  }
}

async function typedWords(flags: WordsFlags): Promise<Words> {
  return onSecondScreen(async () => {
    const mnemonic = readMnemonic(await askLine("The words, with spaces between them"));
    const passphrase =
      flags.mnemonicPassphraseFile === undefined
        ? await askSecret("Passphrase of the words (Enter for none)")
        : passphraseOfFile(flags.mnemonicPassphraseFile);
    return { mnemonic, passphrase, path: flags.path };
  });
}

/**
 * @param advice what else can be done where none are given; "" for nothing
 * @throws MnemonicError, DerivationPathError, SecretFileError
 */
export async function givenWords(flags: WordsFlags, advice = ""): Promise<Words> {
  parsePath(flags.path);
  const { mnemonicFile, mnemonicPassphraseFile, path } = flags;
  if (mnemonicFile === undefined) {
    if (isInteractive() && !flags.exactText) return typedWords(flags);
    throw new CommandError(EXIT.USAGE, `The words are needed: give --mnemonic-file FILE${advice}`);
  }
  const text = readMnemonicFile(mnemonicFile);
  warnIfExposed(mnemonicFile);
  return {
    mnemonic: flags.exactText ? text : readMnemonic(text),
    passphrase:
      mnemonicPassphraseFile === undefined ? "" : passphraseOfFile(mnemonicPassphraseFile),
    path,
  };
}

/** Ways in which tools that check nothing lead away from a key, each with how to get back to it. */
function variants(words: Words): readonly (readonly [words: Words, advice: string])[] {
  const { mnemonic, passphrase, path } = words;
  const lineEnds: [Words, string][] = ["\n", "\r\n"].map((end) => [
    { ...words, mnemonic: mnemonic + end },
    "it was made from a file with a line end after the words: use that file with --exact-text",
  ]);
  const paths = ["m", ...Array.from({ length: 10 }, (_, i) => `m/44/864/0/0/${i}`)];
  const otherPaths: [Words, string][] = paths
    .filter((other) => other !== path)
    .map((other) => [{ ...words, path: other }, `give --path ${other}`]);
  const noPassphrase: [Words, string][] =
    passphrase === "" ? [] : [[{ ...words, passphrase: "" }, "leave the words' passphrase away"]];
  return [...lineEnds, ...otherPaths, ...noPassphrase];
}

/** How these words would give the wanted key after all, null when no common mistake explains it. */
export function adviceFor(words: Words, wanted: (publicKey: string) => boolean): string | null {
  const found = variants(words).find(([variant]) => wanted(publicKeyOfWords(variant)));
  return found === undefined ? null : found[1];
}
