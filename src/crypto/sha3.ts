// hot: see test/bench. Hash functions, and the form in which a 32-byte hash is used as a key: a
// string of 32 characters 0–255, which is its own Map key, compares in unsigned byte order with
// `<`, and gives a byte by charCodeAt.

import { keccak_256 } from "@noble/hashes/sha3.js";

/** Bytes of a hash: SHA3-256, SHA-256 or Keccak-256. */
export const HASH_LENGTH = 32;

/**
 * Buffer methods that the type declarations leave out; 3–4 times faster than toString("latin1").
 */
interface Latin1Buffer extends Buffer {
  latin1Slice(start: number, end: number): string;
  latin1Write(text: string, offset: number, length: number): number;
}

const digest = Buffer.alloc(HASH_LENGTH) as Latin1Buffer;
const latin1Slice = digest.latin1Slice;

/** SHA3-256 (FIPS 202), 32 bytes. */
export function sha3(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(HASH_LENGTH);
  Bun.CryptoHasher.hash("sha3-256", bytes, out);
  return out;
}

/** SHA3-256 as a 32-character Latin-1 string. */
export function sha3Key(bytes: Uint8Array): string {
  Bun.CryptoHasher.hash("sha3-256", bytes, digest);
  return digest.latin1Slice(0, HASH_LENGTH);
}

/** SHA-256 (FIPS 180), 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(HASH_LENGTH);
  Bun.CryptoHasher.hash("sha256", bytes, out);
  return out;
}

/** Keccak-256 as Ethereum has it (the padding before FIPS 202), 32 bytes. */
export function keccak256(bytes: Uint8Array): Uint8Array {
  return keccak_256(bytes);
}

/** One character 0–255 for each byte. */
export function keyOf(bytes: Uint8Array): string {
  return latin1Slice.call(bytes, 0, bytes.length);
}

/** `keyOf` the bytes start … end-1, without a view of them: 60 ns less. */
export function keyAt(bytes: Uint8Array, start: number, end: number): string {
  return latin1Slice.call(bytes, start, end);
}

/** The bytes of a string of characters 0–255. */
export function bytesOfKey(key: string): Uint8Array {
  return new Uint8Array(Buffer.from(key, "latin1"));
}
