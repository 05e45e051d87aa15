// Keys as PEM text: plain PKCS#8, PBES2 as OpenSSL and others write it, and the RC2 container, the
// only one the reference reads (sheet 05 §4.6).

import { DerError } from "./der.ts";
import { KeyFileError } from "./key-file.ts";
import { sealByPbes2, sealByRc2 } from "./password-cipher.ts";
import { nestedKeyInfo, openSeed, seedOfKeyInfo } from "./private-key-info.ts";

/** What a PEM file is encrypted with. */
export type PemContainer = "rc2" | "pbes2";

/** As the reference writes it. */
const RC2_ITERATIONS = 65_536;
const PBES2_ITERATIONS = 600_000;
const LINE_LENGTH = 64;

const PLAIN_LABEL = "PRIVATE KEY";
const ENCRYPTED_LABEL = "ENCRYPTED PRIVATE KEY";

/** The PEM text of a key under a passphrase. */
export async function sealPem(
  seed: Uint8Array,
  passphrase: string,
  container: PemContainer,
): Promise<string> {
  const info = nestedKeyInfo(seed);
  const sealed =
    container === "rc2"
      ? sealByRc2(info, passphrase, RC2_ITERATIONS)
      : await sealByPbes2(info, passphrase, { bits: 256, iterations: PBES2_ITERATIONS });
  info.fill(0);
  const lines = Buffer.from(sealed)
    .toString("base64")
    .match(new RegExp(`.{1,${LINE_LENGTH}}`, "g"));
  const text = (lines ?? []).join("\n");
  return `-----BEGIN ${ENCRYPTED_LABEL}-----\n${text}\n-----END ${ENCRYPTED_LABEL}-----\n`;
}

interface PemBlock {
  readonly label: string;
  readonly bytes: Uint8Array;
}

/** The one private key in the text; other blocks, certificates say, are passed over. */
function privateKeyBlock(text: string): PemBlock {
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/g)]
    .map((match) => ({ label: match[1] ?? "", bytes: Buffer.from(match[2] ?? "", "base64") }))
    .filter(({ label }) => label.endsWith("PRIVATE KEY"));
  const [block] = blocks;
  if (blocks.length === 1 && block !== undefined) return block;
  const found = blocks.length === 0 ? "none" : String(blocks.length);
  throw new KeyFileError("FORMAT", `Expected PEM text with one private key, found ${found}`);
}

/** True when the private key in the text needs a passphrase. @throws KeyFileError FORMAT */
export function isPemEncrypted(text: string): boolean {
  return privateKeyBlock(text).label === ENCRYPTED_LABEL;
}

/**
 * The seed of the key in a PEM text; the passphrase is not looked at when the key is not encrypted.
 * @throws KeyFileError
 */
export async function openPem(text: string, passphrase: string | null): Promise<Uint8Array> {
  const { label, bytes } = privateKeyBlock(text);
  try {
    if (label === PLAIN_LABEL) return seedOfKeyInfo(bytes);
    if (label === ENCRYPTED_LABEL) {
      if (passphrase !== null) return await openSeed(bytes, passphrase);
      throw new KeyFileError("PASSPHRASE", "This PEM key is encrypted: its passphrase is needed");
    }
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new KeyFileError("FORMAT", `Damaged PEM key: ${error.message}`);
  }
  const advice = "convert it with `openssl pkcs8 -topk8`";
  throw new KeyFileError("UNSUPPORTED", `Expected a PKCS#8 key, found a '${label}': ${advice}`);
}
