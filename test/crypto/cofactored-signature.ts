// Signatures that only the cofactored equation accepts: R is of order 8, so that the native check
// refuses them and the network does not. Who signs as RFC 8032 says makes none.

import { createHash } from "node:crypto";
import { ed25519 } from "@noble/curves/ed25519.js";
import type { Value } from "../../src/data/cell.ts";
import { SignedData } from "../../src/data/signed.ts";

const ORDER = ed25519.Point.Fn.ORDER;
export const R_OF_ORDER_8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85";

/** The 64 bytes, for the key of a seed. */
export function cofactoredSignature(seed: Uint8Array, message: Uint8Array): Uint8Array {
  const { scalar, pointBytes } = ed25519.utils.getExtendedPublicKey(seed);
  const r = Buffer.from(R_OF_ORDER_8, "hex");
  const digest = createHash("sha512").update(r).update(pointBytes).update(message).digest();
  const h = BigInt(`0x${digest.reverse().toString("hex")}`) % ORDER;
  const s = Buffer.from(((h * scalar) % ORDER).toString(16).padStart(64, "0"), "hex").reverse();
  return new Uint8Array(Buffer.concat([r, s]));
}

/** A value signed so, as it would come over the wire: nobody has verified it. */
export function signCofactored(seed: Uint8Array, value: Value): SignedData {
  const { pointBytes } = ed25519.utils.getExtendedPublicKey(seed);
  const unsigned = SignedData.of(pointBytes, new Uint8Array(64), value);
  return SignedData.of(pointBytes, cofactoredSignature(seed, unsigned.signedBytes()), value);
}
