// The certificate that proves a domain in the challenge TLS-ALPN-01 (RFC 8737 §3). The library's
// own can't be used: its key usage lacks signatures, for which BoringSSL refuses it.

import "reflect-metadata";
import { createHash } from "node:crypto";
import * as x509 from "@peculiar/x509";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
/** id-pe-acmeIdentifier */
const ACME_IDENTIFIER = "1.3.6.1.5.5.7.1.31";
/** DER of an OCTET STRING of 32 bytes, without them. */
const DIGEST_HEADER = [0x04, 0x20];
const LIFE_MS = 24 * 3_600_000;

/** A challenge's certificate and its key, in PEM. */
export interface ChallengeCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** @param answer the key authorization (RFC 8555 §8.1) */
export async function challengeCertificate(
  domain: string,
  answer: string,
): Promise<ChallengeCertificate> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const digest = createHash("sha256").update(answer).digest();
  const value = new Uint8Array([...DIGEST_HEADER, ...digest]);
  const now = Date.now();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=ACME challenge",
    notBefore: new Date(now),
    notAfter: new Date(now + LIFE_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.SubjectAlternativeNameExtension([{ type: "dns", value: domain }]),
      new x509.Extension(ACME_IDENTIFIER, true, value),
    ],
  });
  const bytes = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  const key = x509.PemConverter.encode(bytes, "PRIVATE KEY");
  return { certificate: certificate.toString("pem"), key };
}
