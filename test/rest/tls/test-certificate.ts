// Certificates for tests, made on the spot.

import "reflect-metadata";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";

export interface TestCertificate {
  readonly chain: string;
  readonly key: string;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** A certificate that vouches for itself. */
export async function testCertificate(name: string, lifeMs = 3_600_000): Promise<TestCertificate> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const now = Date.now();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    notBefore: new Date(now - 1_000),
    notAfter: new Date(now + lifeMs),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true),
      new x509.SubjectAlternativeNameExtension([
        { type: "dns", value: name },
        { type: "ip", value: "127.0.0.1" },
      ]),
    ],
  });
  const bytes = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  const key = x509.PemConverter.encode(bytes, "PRIVATE KEY");
  return { chain: certificate.toString("pem"), key };
}

/** Writes it into files of a new folder. */
export function writtenCertificate({ chain, key }: TestCertificate): {
  readonly folder: string;
  readonly chain: string;
  readonly key: string;
} {
  const folder = mkdtempSync(join(tmpdir(), "convex-peer-tls-"));
  const paths = { folder, chain: join(folder, "chain.pem"), key: join(folder, "key.pem") };
  writeFileSync(paths.chain, chain);
  writeFileSync(paths.key, key, { mode: 0o600 });
  return paths;
}
