// POST message: the binary protocol over HTTP (sheet 05 §1.8, sheet 04 §5).

import { afterAll, expect, test } from "bun:test";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Address } from "../../src/data/address.ts";
import { decodeMultiCell, encodeMultiCell } from "../../src/data/multi-cell.ts";
import { SignedData } from "../../src/data/signed.ts";
import { CVMString } from "../../src/data/string.ts";
import { transactRequest } from "../../src/net/message.ts";
import type { Result } from "../../src/state/result.ts";
import { Invoke } from "../../src/state/transaction.ts";
import { ApiUnderTest } from "./api-under-test.ts";

const api = new ApiUnderTest();
const RAW = { "content-type": "application/cvx-raw" };
const CVX = { "content-type": "application/cvx" };

afterAll(async () => {
  expect(api.faults).toEqual([]);
  await api.peer.close();
});

test("a query, as text and as bytes", async () => {
  for (const headers of [CVX, {}]) {
    const { status, json } = await api.post("message", Buffer.from("[:Q 1 (* 6 7) #12]"), headers);
    expect(status).toBe(200);
    expect(json).toMatchObject({ value: 42, info: { source: "PEER" } });
  }
  const bytes = Buffer.from("8004330151110781031107110632012aea0c", "hex");
  const raw = await api.post("message", bytes, { ...RAW, accept: "application/cvx-raw" });
  const result = decodeMultiCell(raw.bytes, CVM_TABLE) as Result;
  expect([result.id, result.result]).toEqual([7, 42]);
});

test("status, ping and data", async () => {
  const status = (await api.post("message", "[:SR 2]", CVX)).json;
  expect(status.value).toHaveLength(9);
  expect(status.info).toEqual({ source: "SERVER" });
  const askedMs = Date.now();
  const ping = (await api.post("message", "[:PING 3]", CVX)).json;
  expect(ping.value).toBeGreaterThanOrEqual(askedMs);
  expect(ping.value).toBeLessThanOrEqual(Date.now());
  const { genesis } = (await api.get("status")).json;
  const absent = `0x${"00".repeat(32)}`;
  const data = await api.post("message", `[:DR 5 ${absent} ${genesis}]`, {
    ...CVX,
    accept: "text/plain",
  });
  expect(data.status).toBe(413);
  expect((await api.post("message", `[:DR 5 ${absent}]`, CVX)).json.value).toEqual([null]);
});

test("a transaction is executed", async () => {
  const signed = SignedData.sign(api.keyPair, Invoke.of(Address.of(12), 1, CVMString.of("done")));
  const answer = await api.post("message", encodeMultiCell(transactRequest(9, signed)), RAW);
  expect(answer.json.value).toBe("done");
  const again = await api.post("message", encodeMultiCell(transactRequest(10, signed)), RAW);
  expect([again.status, again.json.errorCode]).toEqual([422, "SEQUENCE"]);
  const forged = SignedData.of(api.keyPair.publicKey, new Uint8Array(64), signed.value);
  const refused = await api.post("message", encodeMultiCell(transactRequest(11, forged)), RAW);
  expect([refused.status, refused.json.errorCode]).toEqual([422, "SEQUENCE"]);
});

test("a bad signature is 403", async () => {
  const invoke = Invoke.of(Address.of(12), 2, null);
  const forged = SignedData.of(api.keyPair.publicKey, new Uint8Array(64), invoke);
  const refused = await api.post("message", encodeMultiCell(transactRequest(1, forged)), RAW);
  expect([refused.status, refused.json.errorCode]).toEqual([403, "SIGNATURE"]);
});

test("what nobody answers is Sent", async () => {
  for (const message of [
    "[:ZZ 1]",
    "42",
    "nil",
    "[]",
    "[:BYE]",
    "[:LV [] 1]",
    "[:PING]",
    "[:Q nil 1 #12]",
    "[:SR :a]",
    "[:TX nil 1]",
  ]) {
    const { status, json } = await api.post("message", message, CVX);
    expect([status, json.value, json.info]).toEqual([200, "Sent", { source: "SERVER" }]);
  }
});

test("a Belief is handed on and Sent, also a damaged one", async () => {
  const { belief } = (await api.get("status")).json;
  const { bytes } = await api.get(`data/${belief}`, { accept: "application/cvx-raw" });
  expect((await api.post("message", bytes, RAW)).json.value).toBe("Sent");
  const order = SignedData.sign(api.keyPair, CVMString.of("no Order"));
  expect((await api.post("message", encodeMultiCell(order), RAW)).json.value).toBe("Sent");
});

/** [body, headers, status, error code] */
const FAILING: readonly (readonly [string | Uint8Array, Record<string, string>, number, string])[] =
  [
    ["[:Q 1 1 #999999]", CVX, 422, "NOBODY"],
    ["[:Q 1 2]", CVX, 408, "TIMEOUT"],
    ["[:TX 1 1]", CVX, 400, "FORMAT"],
    ["[:DR 1 :x]", CVX, 408, "TIMEOUT"],
    ["[:LQ 1 []]", CVX, 400, "FORMAT"],
    ["[:CH 1 1]", CVX, 422, "UNEXPECTED"],
    [Buffer.from("ff01", "hex"), RAW, 400, "FORMAT"],
    [new Uint8Array(0), RAW, 400, "FORMAT"],
    [Buffer.from(`20${"77".repeat(32)}`, "hex"), RAW, 400, "FORMAT"],
    [Buffer.from(`800220${"77".repeat(32)}1101`, "hex"), RAW, 404, "MISSING"],
  ];

for (const [body, headers, status, code] of FAILING) {
  const shown = typeof body === "string" ? body : Buffer.from(body).toString("hex");
  test(`${shown} → ${status} ${code}`, async () => {
    const answer = await api.post("message", body, headers);
    expect([answer.status, answer.json.errorCode]).toEqual([status, code]);
    expect(answer.text).not.toMatch(/\.ts|\.java/);
  });
}

test("JSON and broken text are refused", async () => {
  const json = await api.post("message", { a: 1 }, { "content-type": "application/json" });
  expect([json.status, json.json.error]).toEqual([400, "JSON not acceptable as message format"]);
  const text = await api.post("message", "[:Q", CVX);
  expect([text.status, text.json.error]).toEqual([400, "Invalid CVX body"]);
});

test("no connection is left behind", () => {
  expect(api.messages.load.connections).toBe(0);
});

test("a message of no bytes is called empty", async () => {
  const headers = { "content-type": "application/cvx-raw" };
  const { status, json } = await api.request("POST", "/api/v1/message", { headers });
  expect([status, json.errorCode, json.value]).toEqual([400, "FORMAT", "Empty Message"]);
});
