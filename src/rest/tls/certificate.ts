// A certificate with its key, from two PEM files: whether they belong together, for which names,
// for how long. What is wrong is said before anything is served with it.

import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { readFileUpTo } from "../../keys/patient-read.ts";
import { isDenied, readingReason } from "../../keys/secret-file.ts";

/** A chain of certificates and a key are small; anything larger is a mistake. */
export const PEM_BYTES_MAX = 1 << 20;

/** RSA of fewer bits can be broken by anybody, and with 512 no handshake succeeds. */
const RSA_BITS_MIN = 1_024;
/** Of fewer curl refuses it, as does what else follows NIST SP 800-57. */
const RSA_BITS_ADVISED = 2_048;

export interface Certificate {
  /** The chain in PEM, the peer's own certificate first. */
  readonly chain: string;
  /** The private key in PEM: a secret. */
  readonly key: string;
  /** What is weak about it, with the fix; null when nothing is. */
  readonly weakness: string | null;
  readonly names: readonly string[];
  readonly beginsMs: number;
  readonly endsMs: number;
}

/** The files can't be served with: not there, closed to this user, or with other things in them. */
export class CertificateError extends Error {
  readonly code: "READ" | "DENIED" | "CONTENT";
  constructor(message: string, code: CertificateError["code"] = "CONTENT") {
    super(message);
    this.code = code;
  }
}

function readPem(path: string, what: string): string {
  try {
    const bytes = readFileUpTo(path, PEM_BYTES_MAX);
    if (bytes !== null) return bytes.toString("utf8");
  } catch (error) {
    const words = `Cannot read the ${what} from ${path}: ${readingReason(error)}`;
    throw new CertificateError(words, isDenied(error) ? "DENIED" : "READ");
  }
  throw new CertificateError(`The ${what} in ${path} is larger than ${PEM_BYTES_MAX} bytes`);
}

function namesOf({ subject, subjectAltName }: X509Certificate): string[] {
  const alternatives = (subjectAltName ?? "").split(", ");
  const names = alternatives.map((name) => name.replace(/^(?:DNS|IP Address):/, ""));
  const common = /^CN=(.+)$/m.exec(subject ?? "")?.[1];
  return [...new Set([...names.filter((name) => name !== ""), ...(common ? [common] : [])])];
}

/** @param where what the texts came from, for words. @throws CertificateError */
export function certificateOf(chain: string, key: string, where: string): Certificate {
  let own: X509Certificate;
  try {
    own = new X509Certificate(chain);
  } catch {
    throw new CertificateError(
      `${where}: expected a certificate in PEM (-----BEGIN CERTIFICATE-----)`,
    );
  }
  if (!isKeyOf(own, key, where)) {
    throw new CertificateError(`${where}: the key is not that of the certificate`);
  }
  try {
    createSecureContext({ cert: chain, key });
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unknown reason";
    throw new CertificateError(`${where}: TLS can't use the chain of certificates: ${reason}`);
  }
  const bits = own.publicKey.asymmetricKeyDetails?.modulusLength ?? RSA_BITS_ADVISED;
  const weak = `its RSA key has ${bits} bits: make one of ${RSA_BITS_ADVISED}, or of ECDSA P-256`;
  if (bits < RSA_BITS_MIN) {
    throw new CertificateError(`${where}: clients refuse the certificate, for ${weak}`);
  }
  return {
    chain,
    key,
    weakness: bits < RSA_BITS_ADVISED ? `many clients refuse the certificate, for ${weak}` : null,
    names: namesOf(own),
    beginsMs: Date.parse(own.validFrom),
    endsMs: Date.parse(own.validTo),
  };
}

function isKeyOf(certificate: X509Certificate, key: string, where: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    // The reason could repeat parts of the key.
    throw new CertificateError(`${where}: expected a private key in PEM without passphrase`);
  }
}

/** @throws CertificateError */
export function readCertificate(chainFile: string, keyFile: string): Certificate {
  const chain = readPem(chainFile, "certificate");
  return certificateOf(chain, readPem(keyFile, "certificate's key"), chainFile);
}
