// Where a certificate comes from, and comes from anew.

import type { Certificate } from "./certificate.ts";

export interface CertificateEvents {
  /** A certificate to serve with from now on. */
  readonly onCertificate: (certificate: Certificate) => void;
  /** Something the operator should know; a warning where something keeps a certificate away. */
  readonly say: (words: string, level: "info" | "warn") => void;
}

export interface CertificateSource {
  /** Tells of the certificate there is, and of every new one. */
  start(events: CertificateEvents): void;
  stop(): void;
}
