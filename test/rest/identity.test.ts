// Identicons, DID documents and the payment stub (sheet 05 §1.11).

import { afterAll, expect, test } from "bun:test";
import { inflateSync } from "node:zlib";
import * as v from "valibot";
import { fromHex, toHex } from "../../src/crypto/hex.ts";
import { identiconPixels } from "../../src/rest/identicon.ts";
import { DID_DOCUMENT } from "../../src/rest/response-schemas.ts";
import { ApiUnderTest } from "./api-under-test.ts";

const api = new ApiUnderTest();

afterAll(async () => {
  expect(api.faults).toEqual([]);
  await api.peer.close();
});

const VECTOR_KEY = "4cb5abf6ad79fbf5abbccafcc269d85cd2651ed4b885b5869f241aedf0a5ba29";
const VECTOR_ROWS = [
  "069f24 3885b5 9aedf0 3885b5 9aedf0 3885b5 069f24",
  "9aedf0 25ba29 9aedf0 069f24 9aedf0 25ba29 9aedf0",
  "9aedf0 9aedf0 25ba29 25ba29 25ba29 9aedf0 9aedf0",
  "25ba29 25ba29 9aedf0 9aedf0 9aedf0 25ba29 25ba29",
  "9aedf0 9aedf0 069f24 069f24 069f24 9aedf0 9aedf0",
  "069f24 25ba29 25ba29 069f24 25ba29 25ba29 069f24",
  "25ba29 25ba29 25ba29 25ba29 25ba29 25ba29 25ba29",
];

/** Pixel rows of a PNG file of the reference: filter byte and 7 × 3 bytes a row. */
function rowsOf(hex: string): string {
  const file = Buffer.from(hex, "hex");
  const at = file.indexOf("IDAT");
  const rows = inflateSync(file.subarray(at + 4, at + 4 + file.readUInt32BE(at - 4)));
  return rows.toString("hex");
}

test("the picture of the sheet's key", () => {
  const pixels = identiconPixels(fromHex(VECTOR_KEY) as Uint8Array);
  const rows = Array.from({ length: 7 }, (_, y) =>
    pixels
      .slice(7 * y, 7 * y + 7)
      .map((colour) => colour.toString(16).padStart(6, "0"))
      .join(" "),
  );
  expect(rows).toEqual(VECTOR_ROWS);
});

test("the same pixels as the reference's file, also for few bytes", async () => {
  const short =
    "89504e470d0a1a0a0000000d49484452000000070000000708020000004b30c0840000001d49444154785e63986422b445c80448421084cd006141387006035d010085780c9dbe723eff0000000049454e44ae426082";
  const answer = await api.request("GET", "/identicon/1234");
  expect(answer.type).toBe("image/png");
  expect(rowsOf(toHex(answer.bytes))).toBe(rowsOf(short));
});

test("a picture may be kept for ever", async () => {
  const { headers } = await api.request("GET", `/identicon/0x${VECTOR_KEY}`);
  expect(headers.get("cache-control")).toBe("public, max-age=31536000");
  expect(headers.get("etag")).toBe(`"${VECTOR_KEY}"`);
});

test("what is no hex has no picture", async () => {
  for (const hex of ["zz", "123", "0x"]) {
    const answer = await api.request("GET", `/identicon/${hex}`);
    expect([answer.status, answer.json.error]).toEqual([
      400,
      `Invalid hex string for identicon: ${hex}`,
    ]);
  }
});

test("DID documents of the peer, of an Address, of a name", async () => {
  const own = (await api.request("GET", "/.well-known/did.json")).json;
  v.parse(DID_DOCUMENT, own);
  expect(own.id).toBe("did:web:localhost");
  expect(own.alsoKnownAs[0]).toBe("did:convex:12");
  const account = (await api.request("GET", "/did/12/did.json")).json;
  expect(account.id).toBe("did:web:localhost:12");
  expect(account.verificationMethod[0]).toMatchObject({
    id: "did:web:localhost:12#key-1",
    controller: "did:web:localhost:12",
  });
  expect((await api.request("GET", "/12/did.json")).json).toEqual(account);
  const core = (await api.request("GET", "/did/convex.core/did.json")).json;
  const at = (await api.request("GET", "/did/@convex.core/did.json")).json;
  expect(at).toEqual({ ...core, id: at.id, controller: at.id });
  expect(at.id).toEndWith(":@convex.core");
  expect(core).toEqual({
    "@context": "https://www.w3.org/ns/did/v1",
    id: "did:web:localhost:convex.core",
    controller: "did:web:localhost:convex.core",
    alsoKnownAs: ["did:convex:8"],
  });
});

test("keys in DID documents: with the multicodec prefix in did:key only", async () => {
  const accountKey = "89b5142678bfef7a2245af5ae5b9ab1e10c282b375fa297c5aaeccc48ac97cac";
  const { address } = (await api.post("createAccount", { accountKey })).json;
  const { json } = await api.request("GET", `/did/${address}/did.json`);
  expect(json.alsoKnownAs[1]).toBe("did:key:z6Mkoip3gNdgTPchnS1mcCdu8noze65D5XEbz9DnfhZpdFYX");
  const [method] = json.verificationMethod;
  expect(method.publicKeyMultibase).toBe("zAGZ168PF7r8EfwB4vdg4HhFzpWoMfdzFJ8JrqRboi2m9");
});

test("no document without account; a path is no code", async () => {
  for (const id of ["999999", "no.such", "convex.core)(def", "[1", "%22x%22", "(transfer"]) {
    const answer = await api.request("GET", `/did/${encodeURIComponent(id)}/did.json`);
    expect(answer.status).toBe(404);
  }
});

test("verify repeats what it is told", async () => {
  const verify = async (body: unknown) =>
    (await api.request("POST", "/verify", { body: JSON.stringify(body) })).json;
  expect(await verify({ payer: "#13" })).toEqual({ isValid: true, payer: "#13" });
  for (const payer of [null, 13, {}]) {
    expect(await verify({ payer })).toEqual({ error: "Missing 'payer' field" });
  }
  expect(await verify({ payer: "#13", isValid: false })).toEqual({
    isValid: false,
    invalidReason: "insufficient_funds",
    payer: "#13",
  });
  expect(await verify({ payer: "x", isValid: false, invalidReason: "x" })).toMatchObject({
    invalidReason: "x",
  });
  expect(await verify({})).toEqual({ error: "Missing 'payer' field" });
});
