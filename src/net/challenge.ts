// Challenge and response (sheet 04 §6): each side proves that it holds the key of its peer by
// signing a fresh token, together with the key of the other and the network they speak of. The
// reference checks neither signature; here both are checked, and a challenge must name this network
// (§14.1).

import { type KeyPair, PUBLIC_KEY_LENGTH } from "../crypto/ed25519.ts";
import { HASH_LENGTH, keyOf } from "../crypto/sha3.ts";
import { Blob } from "../data/blob.ts";
import { MissingDataError, type Value } from "../data/cell.ts";
import { BadStructureError } from "../data/errors.ts";
import { SignedData } from "../data/signed.ts";
import { Vector } from "../data/vector.ts";

export const TOKEN_LENGTH = 32;

/** Who answers, and for which network. */
export interface ChallengeIdentity {
  readonly keyPair: KeyPair;
  /** Hash of the genesis State, 32 bytes. */
  readonly network: Uint8Array;
}

/** A challenge of this side, kept until its answer has come. */
export interface Challenge {
  readonly signed: SignedData;
  readonly token: Uint8Array;
}

export interface ChallengeRefusal {
  readonly code: "FORMAT" | "TRUST" | "UNEXPECTED";
  readonly message: string;
}

/** `[token target network]`, signed; the token is 32 random bytes, a null target means anybody. */
export function makeChallenge(
  identity: ChallengeIdentity,
  token: Uint8Array,
  target: Uint8Array | null = null,
): Challenge {
  if (token.length !== TOKEN_LENGTH) throw new RangeError(`a token of ${token.length} bytes`);
  const body = Vector.of(
    Blob.of(token),
    target === null ? null : Blob.of(target),
    Blob.of(identity.network),
  );
  return { signed: SignedData.sign(identity.keyPair, body), token };
}

/** The response to what a challenge carries, or why there is none. */
export function answerChallenge(
  identity: ChallengeIdentity,
  challenge: { readonly signed: Value } | null,
): SignedData | ChallengeRefusal {
  if (challenge === null) return refusal("FORMAT", "Invalid challenge format");
  const { signed } = challenge;
  if (signed === null) return refusal("FORMAT", "Missing signed data");
  if (!(signed instanceof SignedData)) return refusal("UNEXPECTED", "Challenge is not signed data");
  try {
    return respond(identity, signed);
  } catch (error) {
    if (error instanceof MissingDataError || error instanceof BadStructureError) {
      return refusal("UNEXPECTED", error.message);
    }
    throw error;
  }
}

/** The tests from cheap to dear, in the order of the reference, the signature last. */
function respond(identity: ChallengeIdentity, signed: SignedData): SignedData | ChallengeRefusal {
  const body = signed.value;
  if (body === null) return refusal("FORMAT", "Invalid challenge data");
  if (!(body instanceof Vector)) return refusal("UNEXPECTED", "Challenge data is not a vector");
  if (body.count < 2 || body.count > 3) return refusal("FORMAT", "Wrong element count");
  const token = body.get(0);
  // Signing a value of another's choice is safe only because it can be nothing but a vector.
  if (!isBytes(token, TOKEN_LENGTH)) return refusal("FORMAT", "Invalid challenge token");
  const target = body.get(1);
  if (target !== null && !isKey(target, identity.keyPair.publicKey)) {
    return refusal("TRUST", "Wrong target key");
  }
  if (body.count < 3) return refusal("TRUST", "Missing context");
  if (!isKey(body.get(2), identity.network)) return refusal("TRUST", "Context mismatch");
  if (signed.publicKey === null || !signed.isStrictlySigned())
    return refusal("TRUST", "Bad signature");
  const response = Vector.of(token, Blob.of(signed.publicKey), Blob.of(identity.network));
  return SignedData.sign(identity.keyPair, response);
}

/**
 * The key that a response proves, or null when it proves none: wrong form, token, addressee,
 * network or signature, or another key than the one expected.
 */
export function provenKey(
  identity: ChallengeIdentity,
  challenge: Challenge,
  response: Value,
  expectedKey: Uint8Array | null = null,
): Uint8Array | null {
  try {
    if (!(response instanceof SignedData)) return null;
    const { publicKey } = response;
    if (publicKey === null || publicKey.length !== PUBLIC_KEY_LENGTH) return null;
    if (expectedKey !== null && keyOf(publicKey) !== keyOf(expectedKey)) return null;
    const body = response.value;
    if (!(body instanceof Vector) || body.count !== 3) return null;
    if (!isKey(body.get(0), challenge.token)) return null;
    if (!isKey(body.get(1), identity.keyPair.publicKey)) return null;
    if (!isKey(body.get(2), identity.network)) return null;
    return response.isStrictlySigned() ? publicKey : null;
  } catch (error) {
    if (error instanceof MissingDataError || error instanceof BadStructureError) return null;
    throw error;
  }
}

function refusal(code: ChallengeRefusal["code"], message: string): ChallengeRefusal {
  return { code, message };
}

function isBytes(value: Value, length: number): value is Blob {
  return value instanceof Blob && value.count === length;
}

function isKey(value: Value, bytes: Uint8Array): boolean {
  return isBytes(value, HASH_LENGTH) && keyOf(value.toBytes()) === keyOf(bytes);
}
