// A key file, version 1: one Ed25519 seed, encrypted under a passphrase (scrypt, AES-256-GCM) or,
// when none was given, in the clear and readable only by its owner. Never logged, never in an
// argument.

import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";
import { KeyPair, PUBLIC_KEY_LENGTH, SEED_LENGTH } from "../crypto/ed25519.ts";
import { fromHex, toHex } from "../crypto/hex.ts";
import { type ScryptCost, scryptCost, scryptOptions } from "./scrypt-cost.ts";

const KEY_FILE_VERSION = 1;

/** scrypt cost: 128 MiB of memory and some 0.4 s on a small VPS, for each guess at a passphrase. */
export const SCRYPT = { n: 1 << 17, r: 8, p: 1 } as const;

const VERSION_TEXT_MAX = 20;

const SALT_LENGTH = 32;
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;
const CIPHER_KEY_LENGTH = 32;

/** What is wrong with a key file, in a sentence that says what to do. */
export class KeyFileError extends Error {
  readonly code: "FORMAT" | "PASSPHRASE" | "VERSION" | "UNSUPPORTED";
  constructor(code: KeyFileError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

function deriveKey(passphrase: string, salt: Uint8Array, cost: ScryptCost): Promise<Buffer> {
  const options = scryptOptions(cost);
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize("NFKD"), salt, CIPHER_KEY_LENGTH, options, (error, key) =>
      // Success comes as null in Node.js and as undefined in Bun.
      error == null ? resolve(key) : reject(error),
    );
  });
}

function header(publicKey: Uint8Array): string {
  return `convex-peer key file ${KEY_FILE_VERSION} ${toHex(publicKey)}`;
}

/** The text of a key file for a 32-byte seed; a null passphrase leaves the seed in the clear. */
export async function sealKey(seed: Uint8Array, passphrase: string | null): Promise<string> {
  const { publicKey } = KeyPair.fromSeed(seed);
  const common = { version: KEY_FILE_VERSION, publicKey: toHex(publicKey) };
  if (passphrase === null) {
    return `${JSON.stringify({ ...common, cipher: "none", seed: toHex(seed) }, null, 2)}\n`;
  }
  const salt = randomBytes(SALT_LENGTH);
  const nonce = randomBytes(NONCE_LENGTH);
  const cipher = createCipheriv("aes-256-gcm", await deriveKey(passphrase, salt, SCRYPT), nonce);
  cipher.setAAD(Buffer.from(header(publicKey)));
  const sealed = Buffer.concat([cipher.update(seed), cipher.final(), cipher.getAuthTag()]);
  const file = {
    ...common,
    cipher: "aes-256-gcm",
    kdf: { name: "scrypt", ...SCRYPT, salt: toHex(salt) },
    nonce: toHex(nonce),
    sealed: toHex(sealed),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** What a key file says of itself without its passphrase. */
export interface KeyFileHeader {
  readonly publicKey: Uint8Array;
  readonly encrypted: boolean;
}

type Fields = Record<string, unknown>;

/** The version in words: in a file that is no key file it may be anything, of any length. */
function versionText(version: unknown): string {
  const text = (JSON.stringify(version) ?? "none").replace(/\p{C}/gu, "?");
  return text.length <= VERSION_TEXT_MAX ? text : `${text.slice(0, VERSION_TEXT_MAX)}…`;
}

function parseFields(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new KeyFileError(
      "FORMAT",
      "This is not a key file: expected JSON as `key new` writes it",
    );
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new KeyFileError("FORMAT", "This is not a key file: expected a JSON object");
  }
  const fields = value as Fields;
  if (fields.version !== KEY_FILE_VERSION) {
    const found = `found version ${versionText(fields.version)}`;
    const advice = "use the convex-peer that wrote it, or import the seed anew";
    throw new KeyFileError(
      "VERSION",
      `Key file version ${KEY_FILE_VERSION} expected, ${found}: ${advice}`,
    );
  }
  return fields;
}

function hexField(fields: Fields, name: string, length: number): Uint8Array {
  const text = fields[name];
  const bytes = typeof text === "string" ? fromHex(text) : null;
  if (bytes !== null && bytes.length === length) return bytes;
  throw new KeyFileError("FORMAT", `Damaged key file: '${name}' must be ${length} bytes of hex`);
}

/**
 * What a key file says without its passphrase. @throws KeyFileError unless it is of this version
 */
export function readKeyHeader(text: string): KeyFileHeader {
  const fields = parseFields(text);
  return {
    publicKey: hexField(fields, "publicKey", PUBLIC_KEY_LENGTH),
    encrypted: fields.cipher !== "none",
  };
}

function readCost(kdf: Fields): ScryptCost {
  const cost = kdf.name === "scrypt" ? scryptCost(kdf.n, kdf.r, kdf.p) : null;
  if (cost !== null) return cost;
  throw new KeyFileError("FORMAT", "Damaged key file: its 'kdf' asks for costs out of bounds");
}

async function unseal(
  fields: Fields,
  publicKey: Uint8Array,
  passphrase: string,
): Promise<Uint8Array> {
  const kdf = (fields.kdf ?? {}) as Fields;
  const cost = readCost(kdf);
  const nonce = hexField(fields, "nonce", NONCE_LENGTH);
  const sealed = hexField(fields, "sealed", SEED_LENGTH + TAG_LENGTH);
  const key = await deriveKey(passphrase, hexField(kdf, "salt", SALT_LENGTH), cost);
  const decipher = createDecipheriv("aes-256-gcm", key, nonce);
  decipher.setAAD(Buffer.from(header(publicKey)));
  decipher.setAuthTag(sealed.subarray(SEED_LENGTH));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, SEED_LENGTH)), decipher.final()]);
  } catch {
    const key = toHex(publicKey).slice(0, 8);
    throw new KeyFileError(
      "PASSPHRASE",
      `Wrong passphrase for key ${key}…, or its file was altered`,
    );
  }
}

/**
 * The 32-byte seed: the caller zeroes it when done.
 * @throws KeyFileError PASSPHRASE when it is wrong or missing, FORMAT when the file is damaged
 */
export async function openSeed(text: string, passphrase: string | null): Promise<Uint8Array> {
  const fields = parseFields(text);
  const { publicKey, encrypted } = readKeyHeader(text);
  if (encrypted && passphrase === null) {
    const key = toHex(publicKey).slice(0, 8);
    throw new KeyFileError("PASSPHRASE", `Key ${key}… is encrypted: give --passphrase-file FILE`);
  }
  const seed = encrypted
    ? await unseal(fields, publicKey, passphrase ?? "")
    : hexField(fields, "seed", SEED_LENGTH);
  if (toHex(KeyPair.fromSeed(seed).publicKey) === toHex(publicKey)) return seed;
  throw new KeyFileError("FORMAT", "Damaged key file: its seed does not give its public key");
}

/** The key pair in a key file. @throws KeyFileError as `openSeed` does */
export async function openKey(text: string, passphrase: string | null): Promise<KeyPair> {
  const seed = await openSeed(text, passphrase);
  try {
    return KeyPair.fromSeed(seed);
  } finally {
    seed.fill(0);
  }
}
