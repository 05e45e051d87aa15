// What TLS says of certificates, in words: a service is asked by its name, and this machine must
// trust who vouches for it.

const CERTIFICATE = /CERT|ISSUER|SIGNED/;

/** What is wrong, and what to do, by the runtime's code; null for one that is of something else. */
export function untrustedCertificate(code: string): readonly [what: string, fix: string] | null {
  if (!CERTIFICATE.test(code)) return null;
  const fix = "NODE_EXTRA_CA_CERTS=FILE names an authority of your own";
  return [`this machine does not trust its certificate (${code})`, fix];
}
