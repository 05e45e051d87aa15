// hot: see test/bench. Hash functions, and the form in which a 32-byte hash is used as a key: a
// string of 32 characters 0–255, which is its own Map key, compares in unsigned byte order with
// `<`, and gives a byte by charCodeAt.

import { keccak_256 } from "@noble/hashes/sha3.js";

const HASH_LENGTH = 32;

/** Buffer methods that the type declarations leave out; 3–4 times faster than toString("latin1"). */
interface Latin1Buffer extends Buffer {
  latin1Slice(start: number, end: number): string;
  latin1Write(text: string, offset: number, length: number): number;
}

const digest = Buffer.alloc(HASH_LENGTH) as Latin1Buffer;
const latin1Slice = digest.latin1Slice;
const digestView = new DataView(digest.buffer, digest.byteOffset, HASH_LENGTH);

/** Slots of the direct-mapped cache of keys; a power of two. */
const KEYS_KEPT = 4096;
const WORDS = HASH_LENGTH / 4;
/**
 * Keys of hashes that cells have named lately, and their bytes: what comes again, from each of the other peers,
 * is then the same string, which takes a third of the time, and which maps need not hash and compare anew.
 */
const keptKeys: string[] = new Array(KEYS_KEPT).fill("\0".repeat(HASH_LENGTH));
const keptWords = new Int32Array(KEYS_KEPT * WORDS);

function slotOf(view: DataView, start: number): number {
  return view.getInt32(start, true) & (KEYS_KEPT - 1);
}

function isKept(slot: number, view: DataView, start: number): boolean {
  const at = slot * WORDS;
  return (
    keptWords[at] === view.getInt32(start, true) &&
    keptWords[at + 1] === view.getInt32(start + 4, true) &&
    keptWords[at + 2] === view.getInt32(start + 8, true) &&
    keptWords[at + 3] === view.getInt32(start + 12, true) &&
    keptWords[at + 4] === view.getInt32(start + 16, true) &&
    keptWords[at + 5] === view.getInt32(start + 20, true) &&
    keptWords[at + 6] === view.getInt32(start + 24, true) &&
    keptWords[at + 7] === view.getInt32(start + 28, true)
  );
}

/** SHA3-256 (FIPS 202), 32 bytes. */
export function sha3(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(HASH_LENGTH);
  Bun.CryptoHasher.hash("sha3-256", bytes, out);
  return out;
}

/** SHA3-256 as a 32-character Latin-1 string. */
export function sha3Key(bytes: Uint8Array): string {
  Bun.CryptoHasher.hash("sha3-256", bytes, digest);
  const slot = slotOf(digestView, 0);
  // Not kept from here: most cells that are hashed are new, and nobody names them again.
  return isKept(slot, digestView, 0)
    ? (keptKeys[slot] as string)
    : digest.latin1Slice(0, HASH_LENGTH);
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

/** `keyOf` the 32 bytes from `start` on that a cell names. @param view of the same bytes */
export function hashKeyAt(bytes: Uint8Array, view: DataView, start: number): string {
  const slot = slotOf(view, start);
  if (isKept(slot, view, start)) return keptKeys[slot] as string;
  const key = latin1Slice.call(bytes, start, start + HASH_LENGTH);
  keptKeys[slot] = key;
  const at = slot * WORDS;
  for (let i = 0; i < WORDS; i++) keptWords[at + i] = view.getInt32(start + 4 * i, true);
  return key;
}

/** `keyOf` the bytes start … end-1, without a view of them: 60 ns less. */
export function keyAt(bytes: Uint8Array, start: number, end: number): string {
  return latin1Slice.call(bytes, start, end);
}

/** The bytes of a string of characters 0–255. */
export function bytesOfKey(key: string): Uint8Array {
  return new Uint8Array(Buffer.from(key, "latin1"));
}
