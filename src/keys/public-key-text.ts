// Public keys as people write them down: hex whose letters carry a checksum in their case (sheet 05
// §4.1).

import { PUBLIC_KEY_LENGTH } from "../crypto/ed25519.ts";
import { fromHex, toHex } from "../crypto/hex.ts";
import { sha3 } from "../crypto/sha3.ts";

/** Text that is no public key, or whose letters carry another checksum. */
export class PublicKeyTextError extends Error {}

/** 64 digits; a letter is upper case where the digit of the key's SHA3-256 hash is 8 or more. */
export function checksumHex(publicKey: Uint8Array): string {
  const hash = toHex(sha3(publicKey));
  return [...toHex(publicKey)]
    .map((digit, i) => ((hash[i] as string) >= "8" ? digit.toUpperCase() : digit))
    .join("");
}

/**
 * A key of 64 hex digits, `0x` allowed. Digits of both cases must carry the right checksum: the
 * reference does not look at it.
 * @throws PublicKeyTextError
 */
export function parsePublicKey(text: string): Uint8Array {
  const digits = text.trim().replace(/^0x/i, "");
  const key = fromHex(digits);
  if (key === null || key.length !== PUBLIC_KEY_LENGTH) {
    throw new PublicKeyTextError(`Expected a public key of 64 hex digits, found '${text}'`);
  }
  const isMixed = digits !== digits.toLowerCase() && digits !== digits.toUpperCase();
  if (!isMixed || digits === checksumHex(key)) return key;
  throw new PublicKeyTextError(
    `The checksum of the public key ${text} is wrong: a digit was misread`,
  );
}
