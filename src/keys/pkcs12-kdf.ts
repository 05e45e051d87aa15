// Key derivation of PKCS#12 (RFC 7292 appendix B.2): old, but what the reference's PEM container
// and the integrity check of key stores use (sheet 05 §4.5, §4.6).

import { createHash } from "node:crypto";

/** What the derived bytes are for. */
export const PURPOSE = { KEY: 1, IV: 2, MAC: 3 } as const;

export type Pkcs12Hash = "sha1" | "sha256" | "sha384" | "sha512";

/** Bytes of a hash, and of the blocks that it works on. */
export const HASH_SIZES: Readonly<
  Record<Pkcs12Hash, { readonly output: number; readonly block: number }>
> = {
  sha1: { output: 20, block: 64 },
  sha256: { output: 32, block: 64 },
  sha384: { output: 48, block: 128 },
  sha512: { output: 64, block: 128 },
};

export interface Pkcs12Derivation {
  readonly hash: Pkcs12Hash;
  readonly purpose: (typeof PURPOSE)[keyof typeof PURPOSE];
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** Bytes wanted. */
  readonly length: number;
}

/** UTF-16, big-endian, with a closing zero, also for the empty passphrase. */
function passphraseBytes(passphrase: string): Uint8Array {
  const bytes = Buffer.alloc(2 * passphrase.length + 2);
  for (let i = 0; i < passphrase.length; i++) bytes.writeUInt16BE(passphrase.charCodeAt(i), 2 * i);
  return bytes;
}

/** The bytes again and again, up to a multiple of the block size. */
function repeated(bytes: Uint8Array, block: number): Uint8Array {
  const whole = new Uint8Array(block * Math.ceil(bytes.length / block));
  for (let i = 0; i < whole.length; i++) whole[i] = bytes[i % bytes.length] as number;
  return whole;
}

/** Adds b + 1 to each block of the input, modulo 2^(8 block). */
function addToBlocks(input: Uint8Array, b: Uint8Array): void {
  for (let start = 0; start < input.length; start += b.length) {
    let carry = 1;
    for (let i = b.length - 1; i >= 0; i--) {
      carry += (input[start + i] as number) + (b[i] as number);
      input[start + i] = carry & 0xff;
      carry >>= 8;
    }
  }
}

/** Bytes derived from a passphrase. */
export function pkcs12Bytes(passphrase: string, wanted: Pkcs12Derivation): Uint8Array {
  const { output, block } = HASH_SIZES[wanted.hash];
  const diversifier = new Uint8Array(block).fill(wanted.purpose);
  const input = Buffer.concat([
    repeated(wanted.salt, block),
    repeated(passphraseBytes(passphrase), block),
  ]);
  const result = new Uint8Array(output * Math.ceil(wanted.length / output));
  for (let at = 0; at < wanted.length; at += output) {
    let digest = createHash(wanted.hash).update(diversifier).update(input).digest();
    for (let i = 1; i < wanted.iterations; i++) {
      digest = createHash(wanted.hash).update(digest).digest();
    }
    result.set(digest, at);
    addToBlocks(input, repeated(digest, block).subarray(0, block));
  }
  input.fill(0);
  return result.subarray(0, wanted.length);
}
