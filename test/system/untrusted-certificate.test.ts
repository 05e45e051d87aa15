import { expect, test } from "bun:test";
import { untrustedCertificate } from "../../src/system/untrusted-certificate.ts";

test.each([
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "NODE_EXTRA_CA_CERTS"],
  // A server that leaves out the chain behind its certificate.
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "NODE_EXTRA_CA_CERTS"],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "NODE_EXTRA_CA_CERTS"],
  ["CERT_HAS_EXPIRED", "clock"],
  ["CERT_NOT_YET_VALID", "clock"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "name"],
])("%s has a fix that can help", (code, fix) => {
  const [what, advice] = untrustedCertificate(code) ?? expect.unreachable();
  expect(what).toContain(code);
  expect(advice).toContain(fix);
});

test("what is of no certificate is null", () => {
  expect(untrustedCertificate("ECONNREFUSED")).toBeNull();
});
