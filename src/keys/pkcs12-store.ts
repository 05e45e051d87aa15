// The reference's key store file (sheet 05 §4.5): PKCS#12 with one secret bag a key, each key
// encrypted by itself, and an optional integrity check over the whole under a passphrase of its
// own.

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { KeyPair } from "../crypto/ed25519.ts";
import { toHex } from "../crypto/hex.ts";
import {
  bmp,
  bmpOf,
  context,
  contextOf,
  type Der,
  DerError,
  integer,
  integerOf,
  nothing,
  octets,
  octetsOf,
  oid,
  oidOf,
  rawOf,
  readDer,
  sequence,
  sequenceOf,
  set,
  setOf,
  toDer,
} from "./der.ts";
import { KeyFileError } from "./key-file.ts";
import { sealByPbes2 } from "./password-cipher.ts";
import { HASH_SIZES, type Pkcs12Hash, PURPOSE, pkcs12Bytes } from "./pkcs12-kdf.ts";
import { bareKeyInfo, openSeed } from "./private-key-info.ts";

const OID = {
  DATA: "1.2.840.113549.1.7.1",
  SHROUDED_KEY_BAG: "1.2.840.113549.1.12.10.1.2",
  SECRET_BAG: "1.2.840.113549.1.12.10.1.5",
  FRIENDLY_NAME: "1.2.840.113549.1.9.20",
  LOCAL_KEY_ID: "1.2.840.113549.1.9.21",
  SHA256: "2.16.840.1.101.3.4.2.1",
} as const;

const PFX_VERSION = 3;
/** As the reference writes them. */
const KEY_STRENGTH = { bits: 128, iterations: 100_000 } as const;
const MAC_ITERATIONS = 10_000;
const MAC_SALT_LENGTH = 20;
/** Bound on what a file may ask for. */
const MAC_ITERATIONS_MAX = 1_000_000;

const MAC_HASHES: ReadonlyMap<string, Pkcs12Hash> = new Map([
  ["1.3.14.3.2.26", "sha1"],
  [OID.SHA256, "sha256"],
  ["2.16.840.1.101.3.4.2.2", "sha384"],
  ["2.16.840.1.101.3.4.2.3", "sha512"],
]);

/** A key in a key store. */
export interface Pkcs12Entry {
  /** Its name there: the public key in lower-case hex, when the reference wrote it. */
  readonly alias: string;
  /** EncryptedPrivateKeyInfo. */
  readonly encrypted: Uint8Array;
  /** The whole bag, as it stands in the file. */
  readonly bag: Uint8Array;
}

interface Mac {
  readonly hash: Pkcs12Hash;
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly digest: Uint8Array;
}

export interface Pkcs12Store {
  readonly entries: readonly Pkcs12Entry[];
  /** True when the file also holds what is not a key of this kind: it can be read, not added to. */
  readonly hasOthers: boolean;
  /** True when it carries an integrity check. */
  readonly isChecked: boolean;
  /** Whether the check agrees with the store's passphrase; true when there is no check. */
  verify(storePassphrase: string): boolean;
}

function macDigest(content: Uint8Array, passphrase: string, mac: Omit<Mac, "digest">): Uint8Array {
  const { hash, salt, iterations } = mac;
  const length = HASH_SIZES[hash].output;
  const key = pkcs12Bytes(passphrase, { hash, purpose: PURPOSE.MAC, salt, iterations, length });
  return createHmac(hash, key).update(content).digest();
}

function readMac(value: Der): Mac {
  const [digestInfo, salt, iterations] = sequenceOf(value, 2);
  const [algorithm, digest] = sequenceOf(digestInfo, 2);
  const name = oidOf(sequenceOf(algorithm, 1)[0]);
  const hash = MAC_HASHES.get(name);
  if (hash === undefined) {
    const what = `The key store's integrity check uses hash ${name}, not known here`;
    throw new KeyFileError("UNSUPPORTED", what);
  }
  const count = iterations === undefined ? 1 : integerOf(iterations, MAC_ITERATIONS_MAX);
  return { hash, salt: octetsOf(salt), iterations: Math.max(1, count), digest: octetsOf(digest) };
}

/** What a ContentInfo of type data holds, null when it is of another type. */
function dataOf(contentInfo: Der | undefined): Uint8Array | null {
  const [type, content] = sequenceOf(contentInfo, 1);
  return oidOf(type) === OID.DATA ? octetsOf(contextOf(content, 0)[0]) : null;
}

function aliasOf(attributes: Der | undefined): string {
  for (const attribute of attributes === undefined ? [] : setOf(attributes)) {
    const [name, values] = sequenceOf(attribute, 2);
    // It is shown in terminals, which do what control characters say.
    if (oidOf(name) === OID.FRIENDLY_NAME) return bmpOf(setOf(values)[0]).replace(/\p{C}/gu, "?");
  }
  return "";
}

/** The key in a bag, null when the bag holds something else. */
function readBag(bag: Der): Pkcs12Entry | null {
  const [type, content, attributes] = sequenceOf(bag, 2);
  const [value] = contextOf(content, 0);
  const common = { alias: aliasOf(attributes), bag: rawOf(bag) };
  const kind = oidOf(type);
  if (kind === OID.SHROUDED_KEY_BAG) return { ...common, encrypted: rawOf(value as Der) };
  if (kind !== OID.SECRET_BAG) return null;
  const [secretType, secret] = sequenceOf(value, 2);
  if (oidOf(secretType) !== OID.SHROUDED_KEY_BAG) return null;
  return { ...common, encrypted: octetsOf(contextOf(secret, 0)[0]) };
}

function parseStore(bytes: Uint8Array): Pkcs12Store {
  const [version, authSafe, macData] = sequenceOf(readDer(bytes), 2);
  if (integerOf(version, PFX_VERSION) !== PFX_VERSION) throw new DerError("expected version 3");
  const content = dataOf(authSafe);
  if (content === null) {
    throw new KeyFileError(
      "UNSUPPORTED",
      "The key store is signed with a certificate: not known here",
    );
  }
  const mac = macData === undefined ? null : readMac(macData);
  const parts = sequenceOf(readDer(content), 0).map(dataOf);
  const bags = parts.flatMap((part) => (part === null ? [] : sequenceOf(readDer(part), 0)));
  const read = bags.map(readBag);
  const entries = read.filter((entry) => entry !== null);
  return {
    entries,
    hasOthers: entries.length < read.length || parts.includes(null),
    isChecked: mac !== null,
    verify: (storePassphrase) => {
      if (mac === null) return true;
      const digest = macDigest(content, storePassphrase, mac);
      return digest.length === mac.digest.length && timingSafeEqual(digest, mac.digest);
    },
  };
}

/** @throws KeyFileError FORMAT or UNSUPPORTED */
export function readPkcs12(bytes: Uint8Array): Pkcs12Store {
  try {
    return parseStore(bytes);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new KeyFileError("FORMAT", `This is not a PKCS#12 key store: ${error.message}`);
  }
}

/**
 * The seed of a key under its own passphrase.
 * @throws KeyFileError, also when the key is not the one its alias names
 */
export async function openEntry(entry: Pkcs12Entry, passphrase: string): Promise<Uint8Array> {
  let seed: Uint8Array;
  try {
    seed = await openSeed(entry.encrypted, passphrase);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new KeyFileError("FORMAT", `Damaged key '${entry.alias}': ${error.message}`);
  }
  const isKey = /^[0-9a-f]{64}$/.test(entry.alias);
  if (!isKey || toHex(KeyPair.fromSeed(seed).publicKey) === entry.alias) return seed;
  throw new KeyFileError("FORMAT", `Damaged key '${entry.alias}': its seed gives another key`);
}

/** A key as an entry for a key store, under its own passphrase; `now` is in ms since 1970. */
export async function sealEntry(
  seed: Uint8Array,
  passphrase: string,
  now: number,
): Promise<Pkcs12Entry> {
  const alias = toHex(KeyPair.fromSeed(seed).publicKey);
  const info = bareKeyInfo(seed);
  const encrypted = await sealByPbes2(info, passphrase, KEY_STRENGTH);
  info.fill(0);
  const secret = sequence(oid(OID.SHROUDED_KEY_BAG), context(0, octets(encrypted)));
  const attributes = set(
    sequence(oid(OID.FRIENDLY_NAME), set(bmp(alias))),
    sequence(oid(OID.LOCAL_KEY_ID), set(octets(Buffer.from(`Time ${now}`)))),
  );
  const bag = toDer(sequence(oid(OID.SECRET_BAG), context(0, secret), attributes));
  return { alias, encrypted, bag };
}

/** The bytes of a key store; with a store passphrase it carries an integrity check. */
export function writePkcs12(
  entries: readonly Pkcs12Entry[],
  storePassphrase: string | null,
): Uint8Array {
  const data = (content: Uint8Array) => sequence(oid(OID.DATA), context(0, octets(content)));
  const bags = toDer(sequence(...entries.map(({ bag }) => readDer(bag))));
  const content = toDer(sequence(data(bags)));
  const body = [integer(PFX_VERSION), data(content)];
  if (storePassphrase === null) return toDer(sequence(...body));
  const mac = {
    hash: "sha256",
    salt: randomBytes(MAC_SALT_LENGTH),
    iterations: MAC_ITERATIONS,
  } as const;
  const digest = octets(macDigest(content, storePassphrase, mac));
  const digestInfo = sequence(sequence(oid(OID.SHA256), nothing()), digest);
  const macData = sequence(digestInfo, octets(mac.salt), integer(mac.iterations));
  return toDer(sequence(...body, macData));
}
