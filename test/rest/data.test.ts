// POST data/encode and data/decode: recorded pairs, media types, and bodies that are neither.

import { afterAll, expect, test } from "bun:test";
import { ApiUnderTest } from "./api-under-test.ts";

const api = new ApiUnderTest();
const JSON_BODY = { "content-type": "application/json" };

afterAll(async () => {
  expect(api.faults).toEqual([]);
  await api.peer.close();
});

/** [text, CAD3 message], as recorded. */
const PAIRS: readonly (readonly [string, string])[] = [
  ["12", "110c"],
  ["[1 2 3]", "8003110111021103"],
  ['"hello"', "300568656c6c6f"],
  ["{:a 1}", "82013301611101"],
  ["nil", "00"],
  ["foo", "3203666f6f"],
  ["[:Q 7 (* 6 7) #12]", "8004330151110781031107110632012aea0c"],
];

for (const [text, cad3] of PAIRS) {
  test(`${text} ⇄ ${cad3}`, async () => {
    const encoded = await api.post("data/encode", { data: text }, JSON_BODY);
    expect(encoded.json).toEqual({ hash: cad3, cad3 });
    const decoded = await api.post("data/decode", { cad3: `0x${cad3}` }, JSON_BODY);
    expect(decoded.json).toEqual({ cvx: text });
  });
}

test("the hash of a value with cells of its own is the encoding of its top", async () => {
  const long = `["${"a".repeat(200)}"]`;
  const { json } = await api.post("data/encode", { data: long }, JSON_BODY);
  expect(json.hash).toMatch(/^800120[0-9a-f]{64}$/);
  expect(json.cad3).toStartWith(`${json.hash}814b`);
  expect((await api.post("data/decode", { cad3: json.cad3 }, JSON_BODY)).json.cvx).toBe(long);
});

test("bodies of text and bytes", async () => {
  for (const type of ["application/cvx", "text/plain"]) {
    const { json } = await api.post("data/encode", "[1 2]", { "content-type": type });
    expect(json.cad3).toBe("800211011102");
  }
  const bytes = Buffer.from("800211011102", "hex");
  for (const type of ["application/octet-stream", "application/cvx"]) {
    const { json } = await api.post("data/decode", bytes, { "content-type": type });
    expect(json.cvx).toBe("[1 2]");
  }
});

test("answers in other media types", async () => {
  const cvx = { "content-type": "application/cvx" };
  const raw = await api.post("data/encode", "[1]", { ...cvx, accept: "application/cvx-raw" });
  expect([raw.type, Buffer.from(raw.bytes).toString("hex")]).toEqual([
    "application/cvx-raw",
    "80011101",
  ]);
  const text = await api.post("data/encode", "[1]", { ...cvx, accept: "application/cvx" });
  expect(text.text).toBe('{"hash" "80011101","cad3" "80011101"}');
  const cases: readonly (readonly [string, string])[] = [
    ["application/cvx-raw", "text/plain"],
    ["application/cvx", "application/cvx"],
    ["text/plain", "text/plain"],
  ];
  for (const [accept, type] of cases) {
    const answer = await api.post("data/decode", { cad3: "110c" }, { ...JSON_BODY, accept });
    expect([answer.type, answer.text]).toEqual([type, "12"]);
  }
});

/** [route, body, content type, part of the message] */
const REFUSED: readonly (readonly [string, unknown, string | null, string])[] = [
  ["encode", { data: "12" }, "application/json; charset=utf-8", "Expected JSON request or plain"],
  ["encode", "12", null, "Expected JSON request or plain CVX data to encode"],
  ["encode", {}, "application/json", "Encode requires 'data' field"],
  ["encode", { data: 12 }, "application/json", "Encode requires 'data' field"],
  ["encode", { data: "(1" }, "application/json", "Could not parse CVX data: Parse error at 1:2"],
  ["encode", "(1", "application/cvx", "Could not parse CVX data: Parse error at 1:2"],
  ["decode", {}, "application/json", "Decode requires 'cad3' field"],
  ["decode", { cad3: "zz" }, "application/json", "as hex digits"],
  ["decode", { cad3: "0xff" }, "application/json", "Error decoding CAD3 data - bad format"],
  ["decode", { cad3: "" }, "application/json", "Error decoding CAD3 data - bad format"],
  ["decode", "x", "application/cvx-raw", "Expected CAD3 data to decode"],
  ["decode", "x", null, "Expected CAD3 data to decode"],
  ["decode", { cad3: `800120${"77".repeat(32)}` }, "application/json", "Missing Data: 0x7777"],
];

for (const [route, body, type, part] of REFUSED) {
  test(`${route} ${JSON.stringify(body)} as ${type} → 400`, async () => {
    const headers = type === null ? {} : { "content-type": type };
    const bytes = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
    const answer = await api.post(`data/${route}`, bytes, headers as Record<string, string>);
    expect(answer.status).toBe(400);
    expect(answer.json.error).toContain(part);
  });
}
