// Looks for secrets in all the forms that they could have leaked in.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { toHex } from "../../../src/crypto/hex.ts";
import { DEFAULT_PATH, parsePath } from "../../../src/keys/derivation-path.ts";
import { mnemonicSeed, readMnemonic, seedOfMnemonic } from "../../../src/keys/mnemonic.ts";

/** So many words in a row are no chance. */
const WORDS_IN_A_ROW = 3;
const BETWEEN_WORDS = [" ", "\n", "\r\n", ",", '","', ", ", "\t"];
/** What is larger than this is read in overlapping parts. */
const PART_BYTES = 64 << 20;

/** One form of a secret; the name may be printed, the bytes may not. */
export interface Form {
  readonly name: string;
  readonly bytes: Buffer;
}

function textForms(name: string, text: string): Form[] {
  const utf8 = Buffer.from(text);
  return [
    { name, bytes: utf8 },
    { name: `${name}, UTF-16`, bytes: Buffer.from(text, "utf16le") },
    ...bytesForms(name, utf8),
  ];
}

function bytesForms(name: string, bytes: Buffer): Form[] {
  const base64 = bytes.toString("base64").replace(/=+$/, "");
  return [
    { name: `${name}, hex`, bytes: Buffer.from(toHex(bytes)) },
    { name: `${name}, HEX`, bytes: Buffer.from(toHex(bytes).toUpperCase()) },
    { name: `${name}, base64`, bytes: Buffer.from(base64) },
    {
      name: `${name}, base64url`,
      bytes: Buffer.from(base64.replace(/\+/g, "-").replace(/\//g, "_")),
    },
  ];
}

/** A passphrase. */
export function passphraseForms(name: string, passphrase: string): Form[] {
  return textForms(name, passphrase);
}

/** Words, and all that is derived from them: any three in a row, both seeds. */
export function mnemonicForms(name: string, text: string): Form[] {
  const words = readMnemonic(text).split(" ");
  const rows = words.slice(WORDS_IN_A_ROW - 1).flatMap((_, at) => {
    const row = words.slice(at, at + WORDS_IN_A_ROW);
    return BETWEEN_WORDS.map((between) => ({
      name: `${name}, words ${at + 1} to ${at + WORDS_IN_A_ROW}`,
      bytes: Buffer.from(row.join(between)),
    }));
  });
  const bip39 = Buffer.from(mnemonicSeed(words.join(" "), ""));
  const seed = Buffer.from(seedOfMnemonic(words.join(" "), "", parsePath(DEFAULT_PATH)));
  return [
    ...rows,
    { name: `${name}, seed`, bytes: seed },
    ...bytesForms(`${name}, seed`, seed),
    { name: `${name}, seed of the words`, bytes: bip39 },
    ...bytesForms(`${name}, seed of the words`, bip39),
  ];
}

/** Names of the forms that the bytes hold. */
export function formsIn(bytes: Buffer, forms: readonly Form[]): string[] {
  return forms.filter((form) => bytes.includes(form.bytes)).map(({ name }) => name);
}

function formsInFile(path: string, forms: readonly Form[]): string[] {
  const bytes = readFileSync(path);
  const overlap = Math.max(...forms.map((form) => form.bytes.length));
  const found = new Set<string>();
  for (let at = 0; at < bytes.length; at += PART_BYTES)
    for (const name of formsIn(bytes.subarray(at, at + PART_BYTES + overlap), forms))
      found.add(name);
  return [...found];
}

export interface Scan {
  readonly files: number;
  readonly bytes: number;
  /** `path: form` of each find. */
  readonly found: readonly string[];
}

/** All files below the folders. */
export function scanFolders(folders: readonly string[], forms: readonly Form[]): Scan {
  let files = 0;
  let bytes = 0;
  const found: string[] = [];
  for (const folder of folders) {
    for (const name of readdirSync(folder, { recursive: true }) as string[]) {
      const path = join(folder, name);
      const about = statSync(path, { throwIfNoEntry: false });
      if (about?.isFile() !== true) continue;
      files++;
      bytes += about.size;
      for (const form of formsInFile(path, forms)) found.push(`${path}: ${form}`);
    }
  }
  return { files, bytes, found };
}
