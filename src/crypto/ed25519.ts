// hot: see test/bench. Ed25519 as the network checks it (sheet 01 §9): cofactored equation,
// small-order public keys refused, S < L, canonical points. The native check solves the stricter
// cofactorless equation and knows no small-order rule, so what it accepts counts only for an
// admissible key, and what it refuses is decided by exact arithmetic.

import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  verify as verifyNative,
} from "node:crypto";
import { type SignedBytes, solveTogether } from "./batch-verify.ts";
import { solvesEquation } from "./exact-verify.ts";
import { isUnreduced } from "./point-bytes.ts";
import { keyOf } from "./sha3.ts";

/** Bytes of a seed, a public key, and a signature. */
export const SEED_LENGTH = 32;
export const PUBLIC_KEY_LENGTH = 32;
export const SIGNATURE_LENGTH = 64;

/** PKCS#8 (RFC 8410) around a 32-byte seed. */
export const PRIVATE_KEY_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
/** SubjectPublicKeyInfo (RFC 8410) around a 32-byte public key. */
export const PUBLIC_KEY_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/** Order L of the base point, little-endian. */
const GROUP_ORDER = Buffer.from(
  "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
  "hex",
);

/**
 * y of the 8 points of small order, little-endian, without the sign bit: of order 1, 2, 4, 8, 8.
 */
const SMALL_ORDER_Y: readonly Buffer[] = [
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
].map((hex) => Buffer.from(hex, "hex"));

/** A signing key. It shows its public key wherever it is printed; the seed cannot be read back. */
export class KeyPair {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly #privateKey: KeyObject;

  private constructor(privateKey: KeyObject) {
    this.#privateKey = privateKey;
    const info = createPublicKey(privateKey).export({ format: "der", type: "spki" });
    this.publicKey = new Uint8Array(info.subarray(PUBLIC_KEY_PREFIX.length));
  }

  /** @throws RangeError when the seed is not 32 bytes */
  static fromSeed(seed: Uint8Array): KeyPair {
    if (seed.length !== SEED_LENGTH) {
      throw new RangeError(`an Ed25519 seed has ${SEED_LENGTH} bytes, not ${seed.length}`);
    }
    const key = Buffer.concat([PRIVATE_KEY_PREFIX, seed]);
    const pair = new KeyPair(createPrivateKey({ key, format: "der", type: "pkcs8" }));
    key.fill(0);
    return pair;
  }

  /** The 64-byte signature of the message. */
  sign(message: Uint8Array): Uint8Array {
    return new Uint8Array(sign(null, message, this.#privateKey));
  }

  toString(): string {
    return `KeyPair 0x${Buffer.from(this.publicKey).toString("hex")}`;
  }

  toJSON(): string {
    return this.toString();
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/**
 * Whether the network accepts the signature: false for every malformed input, never an error. A
 * refusal costs exact arithmetic, three to ten times the native check, unless S or the key is bad.
 */
export function verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return (
    verifyStrictly(publicKey, message, signature) || verifyExactly(publicKey, message, signature)
  );
}

/**
 * The native half of `verify`, some 50 µs whatever the outcome: true only for what the network
 * accepts. What it refuses the network may accept all the same (the cofactorless equation is the
 * stricter one), though nobody signs so who does not mean to.
 */
export function verifyStrictly(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (!isWellFormed(publicKey, signature)) return false;
  return verifyNative(null, message, nativeKey(publicKey), signature);
}

/** `verify` by exact arithmetic alone, 0.15–0.4 ms: for what the native half has refused. */
export function verifyExactly(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (!isWellFormed(publicKey, signature)) return false;
  return solvesEquation(publicKey, message, signature);
}

/**
 * Whether the network accepts all of these signatures, 1,024 at most, in a fifth of the time that
 * they take one by one when there are many. False when it may refuse one of them: each has then to
 * be checked alone.
 */
export function verifyTogether(batch: readonly SignedBytes[]): boolean {
  for (const { publicKey, signature } of batch) {
    if (!isWellFormed(publicKey, signature)) return false;
  }
  return solveTogether(batch);
}

/**
 * `verifyStrictly` on a thread of the system's: calls `done` later with true when the signature is
 * accepted, and with false when `verifyExactly` has to decide.
 */
export function verifyAside(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
  done: (isAccepted: boolean) => void,
): void {
  if (!isWellFormed(publicKey, signature)) {
    queueMicrotask(() => done(false));
    return;
  }
  const finish = (error: Error | null, isAccepted: boolean) => done(error == null && isAccepted);
  verifyNative(null, message, nativeKey(publicKey), signature, finish);
}

function isWellFormed(publicKey: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_LENGTH || !isReducedScalar(signature)) return false;
  return isAdmissibleKey(publicKey);
}

/** Keys as the native check wants them, by their bytes: a client signs many times with one. */
const nativeKeys = new Map<string, KeyObject>();
const NATIVE_KEYS_MAX = 1_024;

function nativeKey(publicKey: Uint8Array): KeyObject {
  const name = keyOf(publicKey);
  const known = nativeKeys.get(name);
  if (known !== undefined) return known;
  const made = createPublicKey({
    key: Buffer.concat([PUBLIC_KEY_PREFIX, publicKey]),
    format: "der",
    type: "spki",
  });
  if (nativeKeys.size >= NATIVE_KEYS_MAX) nativeKeys.clear();
  nativeKeys.set(name, made);
  return made;
}

/** S < L, for S the last 32 bytes of the signature. */
function isReducedScalar(signature: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) {
    const difference = (signature[32 + i] as number) - (GROUP_ORDER[i] as number);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Canonical y (below 2^255-19) that is not of a small-order point; both signs of x are refused. */
function isAdmissibleKey(key: Uint8Array): boolean {
  if (key.length !== PUBLIC_KEY_LENGTH) return false;
  return !isUnreduced(key) && !SMALL_ORDER_Y.some((y) => sameY(key, y));
}

function sameY(key: Uint8Array, y: Uint8Array): boolean {
  for (let i = 0; i < 31; i++) if (key[i] !== y[i]) return false;
  return ((key[31] as number) & 0x7f) === y[31];
}
