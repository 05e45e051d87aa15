// What an authority refuses is explained, with what helps. (Issue and renewal:
// test/e2e/acme.test.ts.)

import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AcmeAuthority, keptCertificate } from "../../../src/rest/tls/acme.ts";
import { AcmeError, acmeError } from "../../../src/rest/tls/acme-error.ts";
import { Challenges } from "../../../src/rest/tls/http-front.ts";

const PROBLEM = "urn:ietf:params:acme:error:";
const NONCE = { "Replay-Nonce": "bm9uY2U" };

/** An authority that takes accounts and refuses orders. */
let refusal = { status: 429, type: "rateLimited", detail: "too many", retryAfter: "3600" };
/** Called when an order comes. */
let ordering = () => {};
const accounts: string[] = [];
const stub = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: (request) => {
    const { pathname, origin } = new URL(request.url);
    if (pathname === "/dir") {
      return Response.json({
        newNonce: `${origin}/nonce`,
        newAccount: `${origin}/account`,
        newOrder: `${origin}/order`,
      });
    }
    if (pathname === "/nonce") return new Response(null, { headers: NONCE });
    if (pathname === "/account") {
      accounts.push(`${origin}/account/${accounts.length}`);
      const headers = { ...NONCE, Location: accounts.at(-1) as string };
      return Response.json({ status: "valid" }, { status: 201, headers });
    }
    ordering();
    const { status, type, detail, retryAfter } = refusal;
    const headers = { ...NONCE, "Retry-After": retryAfter };
    return Response.json({ type: PROBLEM + type, detail, status }, { status, headers });
  },
});
const folder = mkdtempSync(join(tmpdir(), "convex-peer-acme-"));
const options = {
  domains: ["localhost"],
  directory: `http://127.0.0.1:${stub.port}/dir`,
  authorityPem: null,
  email: null,
  folder,
  answers: { type: "http-01", challenges: new Challenges(), port: 8081 } as const,
  pollMs: 10,
};

afterAll(async () => {
  await stub.stop(true);
  rmSync(folder, { recursive: true });
});

async function failure(directory = options.directory): Promise<AcmeError> {
  const authority = new AcmeAuthority({ ...options, directory });
  const error = await authority.issue().catch((thrown: unknown) => thrown);
  if (error instanceof AcmeError) return error;
  throw new Error(`expected an AcmeError, found ${error}`);
}

test("a rate limit is explained, and says when to come again", async () => {
  const { message, retryAfterS } = await failure();
  expect(retryAfterS).toBe(3_600);
  expect(message).toContain(
    "has given too many; it is asked again when it allows it; again in 3600 s",
  );
  expect(message).toContain("The authority says: too many (rateLimited)");
});

test("one account serves all orders, and is for its owner's eyes only", async () => {
  await failure();
  expect(accounts.length).toBe(1);
  expect(statSync(join(folder, "account.json")).mode & 0o777).toBe(0o600);
  refusal = { ...refusal, status: 400, type: "accountDoesNotExist" };
  await failure();
  refusal = { ...refusal, status: 429, type: "rateLimited" };
  await failure();
  expect(accounts.length).toBe(2);
  expect(keptCertificate(options)).toBe(null);
});

test("an account whose key was damaged is made anew", async () => {
  const file = join(folder, "account.json");
  const kept = JSON.parse(readFileSync(file, "utf8"));
  for (const key of ["", "no key", kept.key.slice(0, 100)]) {
    writeFileSync(file, JSON.stringify({ ...kept, key }));
    const before = accounts.length;
    expect((await failure()).retryAfterS).toBe(3_600);
    expect(accounts.length).toBe(before + 1);
  }
});

test("an account that can't be forgotten is no fault of the peer's", async () => {
  const file = join(folder, "account.json");
  refusal = { ...refusal, status: 400, type: "accountDoesNotExist" };
  ordering = () => {
    rmSync(file);
    mkdirSync(file);
  };
  const { message } = await failure();
  expect(message).toContain("The account can't be forgotten");
  expect(message).toEndWith(`remove ${file}`);
  ordering = () => {};
  rmSync(file, { recursive: true });
});

test("a refused domain is explained", async () => {
  refusal = { ...refusal, status: 400, type: "rejectedIdentifier", detail: "policy" };
  expect((await failure()).message).toContain(
    "gives no certificates for this domain: see --domain",
  );
});

test("an authority that is not there is named", async () => {
  const { message, retryAfterS } = await failure("http://127.0.0.1:1/dir");
  expect(message).toContain("the authority can't be asked: http://127.0.0.1:1/dir");
  expect(retryAfterS).toBe(null);
});

test("advice depends on what the authority has seen", () => {
  const about = {
    domains: ["peer.test"],
    ports: { authority: 80, own: 8081 },
    addresses: ["192.0.2.1"],
  };
  const words = (name: string, addresses = about.addresses) =>
    acmeError({ name, detail: "x", retryAfterS: null }, { ...about, addresses }).message;
  expect(words("dns", [])).toContain("has no address");
  expect(words("connection")).toContain("leads to 192.0.2.1");
  expect(words("connection")).toContain("port 80 there must lead to port 8081");
  const other = words("unauthorized");
  for (const part of [
    "what answers for the domain is not this peer",
    "A and AAAA records",
    "port ",
  ]) {
    expect(other).toContain(part);
  }
  expect(words("newKind")).toContain("see what the authority says");
});
