// Encryption under a passphrase as PKCS#8 and PKCS#12 containers name it: PBES2 (RFC 8018) and the
// two older schemes of PKCS#12, one of which, 128-bit RC2, is all that the reference's PEM knows
// (sheet 05 §4.6).

import {
  createCipheriv,
  createDecipheriv,
  pbkdf2,
  randomBytes,
  type ScryptOptions,
  scrypt,
} from "node:crypto";
import { promisify } from "node:util";
import {
  type Der,
  DerError,
  integer,
  integerOf,
  isInteger,
  nothing,
  octets,
  octetsOf,
  oid,
  oidOf,
  readDer,
  sequence,
  sequenceOf,
  toDer,
} from "./der.ts";
import { KeyFileError } from "./key-file.ts";
import { PURPOSE, pkcs12Bytes } from "./pkcs12-kdf.ts";
import { scryptCost, scryptOptions } from "./scrypt-cost.ts";

/** Bounds on what a file may ask for, so that a planted file can't exhaust the machine. */
const PBKDF2_ITERATIONS_MAX = 10_000_000;
const PKCS12_ITERATIONS_MAX = 1_000_000;
/** Bytes of the salt of what is encrypted here. */
const SALT_LENGTH = 20;

const OID = {
  PBES2: "1.2.840.113549.1.5.13",
  PBKDF2: "1.2.840.113549.1.5.12",
  SCRYPT: "1.3.6.1.4.1.11591.4.11",
  SHA_3DES: "1.2.840.113549.1.12.1.3",
  SHA_RC2: "1.2.840.113549.1.12.1.5",
  AES_128_CBC: "2.16.840.1.101.3.4.1.2",
  AES_256_CBC: "2.16.840.1.101.3.4.1.42",
  HMAC_SHA1: "1.2.840.113549.2.7",
  HMAC_SHA512: "1.2.840.113549.2.11",
} as const;

interface BlockCipher {
  readonly name: string;
  readonly keyLength: number;
  readonly ivLength: number;
}

const AES_128: BlockCipher = { name: "aes-128-cbc", keyLength: 16, ivLength: 16 };
const AES_256: BlockCipher = { name: "aes-256-cbc", keyLength: 32, ivLength: 16 };
const TRIPLE_DES: BlockCipher = { name: "des-ede3-cbc", keyLength: 24, ivLength: 8 };
const RC2_128: BlockCipher = { name: "rc2-cbc", keyLength: 16, ivLength: 8 };

const PBES2_CIPHERS: ReadonlyMap<string, BlockCipher> = new Map([
  [OID.AES_128_CBC, AES_128],
  ["2.16.840.1.101.3.4.1.22", { name: "aes-192-cbc", keyLength: 24, ivLength: 16 }],
  [OID.AES_256_CBC, AES_256],
  ["1.2.840.113549.3.7", TRIPLE_DES],
]);

const PKCS12_CIPHERS: ReadonlyMap<string, BlockCipher> = new Map([
  [OID.SHA_RC2, RC2_128],
  [OID.SHA_3DES, TRIPLE_DES],
]);

const HMAC_HASHES: ReadonlyMap<string, string> = new Map([
  [OID.HMAC_SHA1, "sha1"],
  ["1.2.840.113549.2.8", "sha224"],
  ["1.2.840.113549.2.9", "sha256"],
  ["1.2.840.113549.2.10", "sha384"],
  [OID.HMAC_SHA512, "sha512"],
]);

/** What a container is enciphered with: its scheme, and the key that its passphrase gives. */
interface Deciphering {
  readonly cipher: BlockCipher;
  readonly iv: Uint8Array;
  readonly key: Uint8Array;
}

function unsupported(what: string, found: string): KeyFileError {
  return new KeyFileError(
    "UNSUPPORTED",
    `This key is encrypted with ${what} ${found}, not known here`,
  );
}

const pbkdf2Bytes = promisify(pbkdf2);
const scryptBytes = promisify<string, Uint8Array, number, ScryptOptions, Buffer>(scrypt);

async function deriveByPbkdf2(parameters: Der, passphrase: string, length: number) {
  const [salt, iterations, ...rest] = sequenceOf(parameters, 2);
  const prf = rest.find((value) => !isInteger(value));
  const prfOid = prf === undefined ? OID.HMAC_SHA1 : oidOf(sequenceOf(prf, 1)[0]);
  const hash = HMAC_HASHES.get(prfOid);
  if (hash === undefined) throw unsupported("PBKDF2 over hash", prfOid);
  const count = Math.max(1, integerOf(iterations, PBKDF2_ITERATIONS_MAX));
  return pbkdf2Bytes(passphrase, octetsOf(salt), count, length, hash);
}

async function deriveByScrypt(parameters: Der, passphrase: string, length: number) {
  const [salt, n, r, p] = sequenceOf(parameters, 4);
  const numbers = [n, r, p].map((value) => integerOf(value, Number.MAX_SAFE_INTEGER));
  const cost = scryptCost(numbers[0], numbers[1], numbers[2]);
  if (cost === null) throw new DerError("its scrypt asks for costs out of bounds");
  return scryptBytes(passphrase, octetsOf(salt), length, scryptOptions(cost));
}

async function pbes2(parameters: Der | undefined, passphrase: string): Promise<Deciphering> {
  const [kdf, scheme] = sequenceOf(parameters, 2);
  const [cipherOid, iv] = sequenceOf(scheme, 2);
  const cipher = PBES2_CIPHERS.get(oidOf(cipherOid));
  if (cipher === undefined) throw unsupported("the cipher", oidOf(cipherOid));
  const [kdfOid, kdfParameters] = sequenceOf(kdf, 2);
  const name = oidOf(kdfOid);
  const derive = name === OID.PBKDF2 ? deriveByPbkdf2 : name === OID.SCRYPT ? deriveByScrypt : null;
  if (derive === null) throw unsupported("the key derivation", name);
  const key = await derive(kdfParameters as Der, passphrase, cipher.keyLength);
  return { cipher, iv: octetsOf(iv), key };
}

function pkcs12Scheme(
  cipher: BlockCipher,
  passphrase: string,
  salt: Uint8Array,
  iterations: number,
): Deciphering {
  const common = { hash: "sha1", salt, iterations } as const;
  return {
    cipher,
    key: pkcs12Bytes(passphrase, { ...common, purpose: PURPOSE.KEY, length: cipher.keyLength }),
    iv: pkcs12Bytes(passphrase, { ...common, purpose: PURPOSE.IV, length: cipher.ivLength }),
  };
}

async function deciphering(algorithm: Der | undefined, passphrase: string): Promise<Deciphering> {
  const [scheme, parameters] = sequenceOf(algorithm, 2);
  const name = oidOf(scheme);
  if (name === OID.PBES2) return pbes2(parameters, passphrase);
  const cipher = PKCS12_CIPHERS.get(name);
  if (cipher === undefined) throw unsupported("the scheme", name);
  const [salt, iterations] = sequenceOf(parameters, 2);
  const count = Math.max(1, integerOf(iterations, PKCS12_ITERATIONS_MAX));
  return pkcs12Scheme(cipher, passphrase, octetsOf(salt), count);
}

function decipher({ cipher, key, iv }: Deciphering, bytes: Uint8Array): Uint8Array | null {
  if (iv.length !== cipher.ivLength)
    throw new DerError(`expected an IV of ${cipher.ivLength} bytes`);
  try {
    const decryption = createDecipheriv(cipher.name, key, iv);
    return Buffer.concat([decryption.update(bytes), decryption.final()]);
  } catch {
    return null;
  } finally {
    key.fill(0);
  }
}

/**
 * What an EncryptedPrivateKeyInfo holds; null when the passphrase is wrong, as far as padding shows
 * it.
 * @throws DerError, KeyFileError UNSUPPORTED
 */
export async function openEncrypted(
  encrypted: Uint8Array,
  passphrase: string,
): Promise<Uint8Array | null> {
  const [algorithm, content] = sequenceOf(readDer(encrypted), 2);
  return decipher(await deciphering(algorithm, passphrase), octetsOf(content));
}

function encipher({ cipher, key, iv }: Deciphering, plain: Uint8Array): Uint8Array {
  const encryption = createCipheriv(cipher.name, key, iv);
  key.fill(0);
  return Buffer.concat([encryption.update(plain), encryption.final()]);
}

/** Encryption by PBES2: PBKDF2 with HMAC-SHA-512 and a random salt, AES-CBC. */
export async function sealByPbes2(
  plain: Uint8Array,
  passphrase: string,
  strength: { readonly bits: 128 | 256; readonly iterations: number },
): Promise<Uint8Array> {
  const cipher = strength.bits === 128 ? AES_128 : AES_256;
  const cipherOid = strength.bits === 128 ? OID.AES_128_CBC : OID.AES_256_CBC;
  const salt = randomBytes(SALT_LENGTH);
  const iv = randomBytes(cipher.ivLength);
  const { iterations } = strength;
  const key = await pbkdf2Bytes(passphrase, salt, iterations, cipher.keyLength, "sha512");
  const prf = sequence(oid(OID.HMAC_SHA512), nothing());
  const kdf = sequence(octets(salt), integer(iterations), integer(cipher.keyLength), prf);
  const parameters = sequence(sequence(oid(OID.PBKDF2), kdf), sequence(oid(cipherOid), octets(iv)));
  const content = encipher({ cipher, key, iv }, plain);
  return toDer(sequence(sequence(oid(OID.PBES2), parameters), octets(content)));
}

/** Encryption by pbeWithSHAAnd128BitRC2-CBC, with a random salt. */
export function sealByRc2(plain: Uint8Array, passphrase: string, iterations: number): Uint8Array {
  const salt = randomBytes(SALT_LENGTH);
  const content = encipher(pkcs12Scheme(RC2_128, passphrase, salt, iterations), plain);
  const parameters = sequence(octets(salt), integer(iterations));
  return toDer(sequence(sequence(oid(OID.SHA_RC2), parameters), octets(content)));
}
