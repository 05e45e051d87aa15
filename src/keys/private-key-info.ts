// PKCS#8 PrivateKeyInfo of an Ed25519 key, in the two forms that exist: the seed nested in a second
// OCTET STRING (RFC 8410), and bare, as in the reference's key stores (sheet 05 §4.5).

import { PRIVATE_KEY_PREFIX, SEED_LENGTH } from "../crypto/ed25519.ts";
import { DerError, integerOf, octetsOf, oidOf, readDer, sequenceOf } from "./der.ts";
import { KeyFileError } from "./key-file.ts";
import { openEncrypted } from "./password-cipher.ts";

const OID_ED25519 = "1.3.101.112";
/** Version 0, or 1 when the public key follows (RFC 5958). */
const VERSION_MAX = 1;

const BARE_PREFIX = Buffer.from("302c020100300506032b65700420", "hex");

/** As RFC 8410 has it. */
export function nestedKeyInfo(seed: Uint8Array): Uint8Array {
  return Buffer.concat([PRIVATE_KEY_PREFIX, seed]);
}

/** As the reference's key stores have it. */
export function bareKeyInfo(seed: Uint8Array): Uint8Array {
  return Buffer.concat([BARE_PREFIX, seed]);
}

/** The seed in either form. @throws DerError, KeyFileError UNSUPPORTED for a key of another kind */
export function seedOfKeyInfo(bytes: Uint8Array): Uint8Array {
  const [version, algorithm, key] = sequenceOf(readDer(bytes), 3);
  integerOf(version, VERSION_MAX);
  const kind = oidOf(sequenceOf(algorithm, 1)[0]);
  if (kind !== OID_ED25519) {
    throw new KeyFileError("UNSUPPORTED", `Expected an Ed25519 key, found one of kind ${kind}`);
  }
  const content = octetsOf(key);
  if (content.length === SEED_LENGTH) return content;
  const seed = octetsOf(readDer(content));
  if (seed.length === SEED_LENGTH) return seed;
  throw new DerError(`expected a seed of ${SEED_LENGTH} bytes, found ${seed.length}`);
}

/**
 * The seed in an EncryptedPrivateKeyInfo.
 * @throws KeyFileError PASSPHRASE when it is wrong, UNSUPPORTED for a scheme or key not known here
 * @throws DerError for what is no EncryptedPrivateKeyInfo
 */
export async function openSeed(encrypted: Uint8Array, passphrase: string): Promise<Uint8Array> {
  const plain = await openEncrypted(encrypted, passphrase);
  try {
    if (plain !== null) return seedOfKeyInfo(plain);
  } catch (error) {
    // One wrong passphrase in some 250 leaves padding that looks right, and then no key inside.
    if (!(error instanceof DerError)) throw error;
  } finally {
    plain?.fill(0);
  }
  throw new KeyFileError("PASSPHRASE", "Wrong passphrase, or the key was altered");
}
