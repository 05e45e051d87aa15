// Words on paper (BIP39) and the Ed25519 seed they stand for (SLIP-0010), as the reference derives
// it (sheet 05 §4.2, §4.3). Errors name positions, never words.

import { pbkdf2Sync } from "node:crypto";
import { generateMnemonic, validateMnemonic } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { HARDENED_OFFSET, HDKey } from "micro-key-producer/slip10.js";

/** 128 to 256 bits of entropy in steps of 32. */
export const WORD_COUNTS: readonly number[] = [12, 15, 18, 21, 24];
export const DEFAULT_WORD_COUNT = 24;

const BITS_PER_THREE_WORDS = 32;
const PBKDF2_ROUNDS = 2048;
const BIP39_SEED_LENGTH = 64;

const WORDS: ReadonlySet<string> = new Set(wordlist);

/** A number of words that there is not, a word that is none, or a wrong checksum. */
export class MnemonicError extends Error {}

/** Fresh words from the operating system's generator, separated by single spaces. */
export function newMnemonic(count: number): string {
  if (!WORD_COUNTS.includes(count)) {
    throw new MnemonicError(`Words come in ${WORD_COUNTS.join(", ")}, not ${count}`);
  }
  return generateMnemonic(wordlist, (count / 3) * BITS_PER_THREE_WORDS);
}

/**
 * The words of a text that a person typed or a file holds: any white space, any case; number,
 * spelling and checksum are checked.
 * @throws MnemonicError
 */
export function readMnemonic(text: string): string {
  const words = text.normalize("NFKD").trim().toLowerCase().split(/\s+/);
  if (!WORD_COUNTS.includes(words.length)) {
    const found = words[0] === "" ? "none" : String(words.length);
    throw new MnemonicError(`Expected ${WORD_COUNTS.join(", ")} words, found ${found}`);
  }
  const unknown = words.flatMap((word, index) => (WORDS.has(word) ? [] : [index + 1]));
  if (unknown.length > 0) {
    const which =
      unknown.length === 1
        ? `Word ${unknown[0]} is`
        : `${unknown.length} words (${unknown.join(", ")}) are`;
    throw new MnemonicError(`${which} not in the BIP39 English list: look at the spelling`);
  }
  const mnemonic = words.join(" ");
  if (validateMnemonic(mnemonic, wordlist)) return mnemonic;
  throw new MnemonicError(
    "The checksum of these words is wrong: one was misread, or two changed places",
  );
}

/** The 64-byte BIP39 seed; the text is taken as it stands but for NFKD, as the reference does. */
export function mnemonicSeed(mnemonic: string, passphrase: string): Uint8Array {
  const salt = `mnemonic${passphrase}`.normalize("NFKD");
  const text = mnemonic.normalize("NFKD");
  return pbkdf2Sync(text, salt, PBKDF2_ROUNDS, BIP39_SEED_LENGTH, "sha512");
}

/** The 32-byte Ed25519 seed at a path (indices without the hardening bit) below a BIP39 seed. */
export function deriveSeed(bip39Seed: Uint8Array, path: readonly number[]): Uint8Array {
  const master = HDKey.fromMasterSeed(bip39Seed);
  return path.reduce((parent, index) => parent.deriveChild(index + HARDENED_OFFSET), master)
    .privateKey;
}

/** The 32-byte Ed25519 seed that words, their passphrase ("" for none) and a path give. */
export function seedOfMnemonic(
  mnemonic: string,
  passphrase: string,
  path: readonly number[],
): Uint8Array {
  const bip39Seed = mnemonicSeed(mnemonic, passphrase);
  try {
    return deriveSeed(bip39Seed, path);
  } finally {
    bip39Seed.fill(0);
  }
}
