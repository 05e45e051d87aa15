// The advice of an authority on renewal (RFC 9773): how a certificate is named to it, what it
// answers.

import { afterAll, beforeEach, expect, test } from "bun:test";
import * as x509 from "@peculiar/x509";
import type { Certificate } from "../../../src/rest/tls/certificate.ts";
import { certificateId, renewalAdvice } from "../../../src/rest/tls/renewal-info.ts";

// The example of RFC 9773, section 4.1.
const KEY_IDENTIFIER = "69885b6b87464041e1b37b847ba0ae2cde01c8d4";
const SERIAL = "0087654321";
const NAME = "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE";

async function certificateWith(extensions: x509.Extension[]): Promise<Certificate> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const own = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: SERIAL,
    name: "CN=peer.test",
    keys,
    signingAlgorithm: algorithm,
    extensions,
  });
  const [chain, names] = [own.toString("pem"), ["peer.test"]];
  return { chain, key: "", weakness: null, names, beginsMs: 0, endsMs: 1 };
}

const named = await certificateWith([
  new x509.BasicConstraintsExtension(false),
  new x509.AuthorityKeyIdentifierExtension(KEY_IDENTIFIER),
]);
const nameless = await certificateWith([new x509.BasicConstraintsExtension(false)]);

const START = "2026-12-01T00:00:00Z";
const END = "2026-12-02T00:00:00Z";
const WINDOW = { suggestedWindow: { start: START, end: END } };
let hasAdvice = true;
let answer = () => Response.json(WINDOW, { headers: { "Retry-After": "7200" } });
const asked: string[] = [];
const stub = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: (request) => {
    const { pathname, origin } = new URL(request.url);
    if (pathname !== "/dir") {
      asked.push(pathname);
      return answer();
    }
    return Response.json({
      newOrder: "x",
      ...(hasAdvice ? { renewalInfo: `${origin}/ari/` } : {}),
    });
  },
});
const question = { directory: `http://127.0.0.1:${stub.port}/dir`, authorityPem: null };

afterAll(() => stub.stop(true));

beforeEach(() => {
  asked.length = 0;
});

test("a certificate is named by its authority's key and its serial number", () => {
  expect(certificateId(named.chain)).toBe(NAME);
  expect(certificateId(nameless.chain)).toBeNull();
});

test("the window, and when to ask again", async () => {
  const advice = await renewalAdvice(named, question);
  expect(asked).toEqual([`/ari/${NAME}`]);
  expect([advice?.startMs, advice?.endMs]).toEqual([Date.parse(START), Date.parse(END)]);
  expect(advice?.askAgainInMs).toBe(7_200_000);
  answer = () => Response.json(WINDOW, { headers: { "Retry-After": "1" } });
  expect((await renewalAdvice(named, question))?.askAgainInMs).toBe(60_000);
});

test("authorities and certificates without advice", async () => {
  hasAdvice = false;
  expect(await renewalAdvice(named, question)).toBeNull();
  hasAdvice = true;
  expect(await renewalAdvice(nameless, question)).toBeNull();
  answer = () => new Response(null, { status: 404 });
  expect(await renewalAdvice(named, question)).toBeNull();
});

test("what is no advice is an error, never a time", async () => {
  answer = () => new Response(null, { status: 500 });
  expect(renewalAdvice(named, question)).rejects.toThrow("status 500");
  for (const wrong of [{}, { suggestedWindow: { start: "soon", end: END } }]) {
    answer = () => Response.json(wrong);
    expect(renewalAdvice(named, question)).rejects.toThrow();
    await Bun.sleep(0);
  }
  answer = () => Response.json({ suggestedWindow: { start: END, end: START } });
  expect(renewalAdvice(named, question)).rejects.toThrow("ends before it begins");
});
