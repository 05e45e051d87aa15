// Secrets that the operator hands over in files: seeds and passphrases. They are read whole, checked,
// and never repeated in an error.

import { readFileSync, statSync } from "node:fs";
import { fromHex } from "../crypto/hex.ts";

/** A passphrase or seed file is small; anything larger is a mistake. */
const SECRET_FILE_MAX = 4096;
const SEED_LENGTH = 32;

export class SecretFileError extends Error {}

function readSecret(path: string, what: string): string {
  let text: string;
  try {
    if (statSync(path).size > SECRET_FILE_MAX) {
      throw new SecretFileError(`${what} file ${path} is larger than ${SECRET_FILE_MAX} bytes`);
    }
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof SecretFileError) throw error;
    const reason = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    throw new SecretFileError(`Cannot read the ${what} file ${path} (${reason})`);
  }
  return text;
}

/** The first line of the file, without its line end. @throws SecretFileError */
export function readPassphraseFile(path: string): string {
  const line = readSecret(path, "passphrase").split(/\r?\n/, 1)[0] ?? "";
  if (line.length === 0) throw new SecretFileError(`The passphrase file ${path} is empty`);
  return line;
}

/** 64 hex digits, `0x` and white space around allowed. @throws SecretFileError */
export function readSeedFile(path: string): Uint8Array {
  const seed = fromHex(readSecret(path, "seed").trim().replace(/^0x/, ""));
  if (seed !== null && seed.length === SEED_LENGTH) return seed;
  throw new SecretFileError(`The seed file ${path} must hold 64 hex digits (32 bytes)`);
}
