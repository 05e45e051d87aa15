// What flags of the API and of HTTPS mean, and which of them contradict each other.

import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ApiFlags, apiFlags, apiPolicyOf } from "../../../src/cli/api/api-flags.ts";
import {
  type TlsFlags,
  tlsFlags,
  tlsPlanOf,
  withCertificateKey,
} from "../../../src/cli/api/tls-flags.ts";
import { MAX_TRANSACTION_JUICE } from "../../../src/state/constants.ts";

const folder = mkdtempSync(join(tmpdir(), "convex-surface-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("rates and juice are within their ranges", () => {
  const { apiRate, queryJuice } = apiFlags;
  expect([apiRate.parse("0"), apiRate.parse("1000000")]).toEqual([0, 1_000_000]);
  for (const text of ["", "-1", "1.5", "1000001", "1e3"]) {
    expect(() => apiRate.parse(text)).toThrow("expected a number of requests a second up to");
  }
  expect([queryJuice.parse("1"), queryJuice.parse(`${MAX_TRANSACTION_JUICE}`)]).toEqual([
    1,
    MAX_TRANSACTION_JUICE,
  ]);
  for (const text of ["", "0", "-1", `${MAX_TRANSACTION_JUICE + 1}`, "1e6", "0x10"]) {
    expect(() => queryJuice.parse(text)).toThrow("expected a number from 1 to");
  }
});

const API: ApiFlags = { apiRate: 0, apiKeyRate: 0, queryJuice: 1 };

test("no rate is none, and another one comes with its burst", () => {
  const policy = apiPolicyOf(API);
  expect([policy.access.rate, policy.keyRate, policy.operatorTokens]).toEqual([null, null, null]);
  const limited = apiPolicyOf({ ...API, apiRate: 5, apiKeyRate: 2 });
  expect(limited.access.rate?.perSecond).toBe(5);
  expect(limited.keyRate?.perSecond).toBe(2);
});

test("a token that no request could show is told with the flag that it stands behind", () => {
  const file = join(folder, "tokens");
  writeFileSync(file, "ab cd\n", { mode: 0o600 });
  expect(() => apiPolicyOf({ ...API, apiTokenFile: file })).toThrow(/^--api-token-file: /);
  expect(() => apiPolicyOf({ ...API, operatorTokenFile: file })).toThrow(
    /^--operator-token-file: /,
  );
});

const TLS: TlsFlags = { httpPort: 80, httpsPort: 443, acmeDirectory: "https://acme.example/dir" };

test("HTTPS has one source of its certificate, and the key with it", () => {
  expect(tlsPlanOf(TLS)).toBeNull();
  expect(tlsPlanOf({ ...TLS, cert: "c", certKey: "k" })).toEqual({
    certificate: { kind: "files", chain: "c", key: "k" },
    httpPort: 80,
    httpsPort: 443,
  });
  const domain = ["peer.example"];
  expect(tlsPlanOf({ ...TLS, domain })?.certificate).toEqual({
    kind: "authority",
    domains: domain,
    directory: TLS.acmeDirectory,
    authorityPem: null,
    email: null,
  });
  const wrong: readonly (readonly [Partial<TlsFlags>, string])[] = [
    [{ certKey: "k" }, "--cert-key is the key of a --cert: give both"],
    [{ cert: "c" }, "--cert needs the certificate's key: --cert-key FILE"],
    [{ cert: "c", certKey: "k", domain }, "Give --domain for a certificate that is got, or --cert"],
  ];
  for (const [flags, told] of wrong) expect(() => tlsPlanOf({ ...TLS, ...flags })).toThrow(told);
});

test("the certificate of an authority of one's own is read at once", () => {
  const file = join(folder, "ca.pem");
  writeFileSync(file, "a certificate");
  const plan = tlsPlanOf({ ...TLS, domain: ["peer.example"], acmeCa: file, acmeEmail: "a@b.c" });
  expect(plan?.certificate).toMatchObject({ authorityPem: "a certificate", email: "a@b.c" });
  const absent = { ...TLS, domain: ["peer.example"], acmeCa: join(folder, "absent") };
  expect(() => tlsPlanOf(absent)).toThrow("there is no such file");
});

test("--key beside --cert is the certificate's key, unless it can be a peer's", () => {
  const named = (given: TlsFlags & { readonly key?: string | undefined }) =>
    withCertificateKey(given);
  const flags = { ...TLS, cert: "chain.pem" };
  expect(named({ ...flags, key: "key.pem" })).toEqual({
    ...flags,
    certKey: "key.pem",
    key: undefined,
  });
  for (const key of ["0365", "0xAB", "ab".repeat(32)]) {
    expect(named({ ...flags, key })).toEqual({ ...flags, key });
  }
  const both = { ...flags, certKey: "k", key: "other.pem" };
  expect(named(both)).toEqual(both);
  expect(named({ ...TLS, key: "key.pem" })).toEqual({ ...TLS, key: "key.pem" });
});

test("names and directories of certificates are judged as they are typed", () => {
  const { domain, acmeDirectory } = tlsFlags;
  expect(domain.parse("Peer.Example, b.example")).toEqual(["peer.example", "b.example"]);
  for (const text of ["", "peer", "1.2.3.4", "-a.example", "a..example", "a_b.example"]) {
    expect(() => domain.parse(text)).toThrow("expected a name such as peer.example.org");
  }
  const names = Array.from({ length: 21 }, (_, i) => `n${i}.example`);
  expect(domain.parse(names.slice(1).join(",")).length).toBe(20);
  expect(() => domain.parse(names.join(","))).toThrow("expected at most 20 names, found 21");
  expect(acmeDirectory.parse(TLS.acmeDirectory)).toBe(TLS.acmeDirectory);
  for (const text of ["http://acme.example/dir", "acme.example", "https:"]) {
    expect(() => acmeDirectory.parse(text)).toThrow("expected an https URL");
  }
});
