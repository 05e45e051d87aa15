// What TLS says of the certificate of who answers, in words.

const TRUST = /CERT|ISSUER|SIGNED|SIGNATURE/;
const TIME = /CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/;
const NAME = /CERT_ALTNAME/;

/** What is wrong, and what to do, by the runtime's code; null for one that is of something else. */
export function untrustedCertificate(code: string): readonly [what: string, fix: string] | null {
  if (TIME.test(code)) {
    const fix = "check this machine's clock, or have the certificate renewed";
    return [`its certificate is not valid at this time (${code})`, fix];
  }
  if (NAME.test(code)) {
    return [`its certificate is one of other names (${code})`, "check the name that is asked"];
  }
  if (!TRUST.test(code)) return null;
  const fix = "NODE_EXTRA_CA_CERTS=FILE names an authority of your own";
  return [`this machine does not trust its certificate (${code})`, fix];
}
