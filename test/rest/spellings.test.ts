// Spellings that a live peer of the reference was asked with, side by side with this one: each is
// taken, or refused, as there.

import { afterAll, expect, test } from "bun:test";
import { toHex } from "../../src/crypto/hex.ts";
import { Address } from "../../src/data/address.ts";
import { List } from "../../src/data/list.ts";
import { encodeMultiCell } from "../../src/data/multi-cell.ts";
import { CVMSymbol } from "../../src/data/symbol.ts";
import { queryRequest } from "../../src/net/message.ts";
import { Invoke } from "../../src/state/transaction.ts";
import { ApiUnderTest } from "./api-under-test.ts";

const api = new ApiUnderTest();
const KEY = toHex(api.keyPair.publicKey);
const RAW = { "content-type": "application/cvx-raw" };

afterAll(async () => {
  expect(api.faults).toEqual([]);
  await api.peer.close();
});

test("addresses may have a sign, and hex after #, but no half bytes and no wide spaces", async () => {
  for (const address of ["12", "+12", "#+12", "#0x0c", "0x0c", " \t#12\n", "0x000000000000000c"]) {
    const { json } = await api.post("query", { address, source: "*address*" });
    expect([address, json.value]).toEqual([address, 12]);
    const { status } = await api.get(`accounts/${encodeURIComponent(address)}`);
    expect([address, status]).toEqual([address, 200]);
  }
  for (const address of ["0xc", "0x0c0", "0x", "\u00a012", "12\u2005", "# 12", "-12", "#-0x0c"]) {
    const { status } = await api.post("transaction/prepare", { address, source: "1" });
    expect([address, status]).toEqual([address, 400]);
    expect((await api.get(`accounts/${encodeURIComponent(address)}`)).status).toBe(400);
  }
});

test("integers as text have no spaces around them, and a sequence is not negative", async () => {
  const prepare = (sequence: unknown) =>
    api.post("transaction/prepare", { address: 12, source: "1", sequence });
  for (const sequence of [3, "3", "+3", 3.0]) {
    expect((await prepare(sequence)).json.sequence).toBe(3);
  }
  for (const sequence of [" 3", "3\n", "\u00a03", -1, "-1"]) {
    expect([sequence, (await prepare(sequence)).status]).toEqual([sequence, 400]);
  }
  expect((await api.post("faucet", { address: 13, amount: " 3 " })).status).toBe(400);
});

test("numbers of blocks are 64-bit integers", async () => {
  for (const path of ["blocks?offset=9223372036854775808", "blocks/9223372036854775808"]) {
    expect([path, (await api.get(path)).status]).toEqual([path, 400]);
  }
  expect((await api.get("blocks/9223372036854775807")).status).toBe(404);
  for (const list of ["blocks", "peers", "accounts"]) {
    const { text } = await api.get(`${list}?offset=9223372036854775807`);
    expect(text).toMatch(/^\{"items":\[\],"count":\d+,"offset":9223372036854775807\}$/);
  }
});

test("a slash too many at the end of a path changes nothing", async () => {
  for (const path of ["status/", "accounts/12/", "blocks/", "accounts/%2312/"]) {
    expect([path, (await api.get(path)).status]).toEqual([path, 200]);
  }
  expect((await api.post("query/", { source: "(+ 1 2)" })).json.value).toBe(3);
  expect((await api.get("status//")).status).toBe(404);
});

test("the faucet answers in the type that is accepted", async () => {
  const body = { address: 13, amount: 1, note: "x" };
  const { type, text } = await api.post("faucet", body, { accept: "application/cvx" });
  expect(type).toBe("application/cvx");
  for (const entry of ['"address" 13', '"amount" 1', '"note" "x"']) expect(text).toContain(entry);
});

test("what the peer would not take of the faucet has a status, what failed in the machine none", async () => {
  const poor = new ApiUnderTest();
  const failed = await poor.post("faucet", { address: 999_999, amount: 1 });
  expect([failed.status, failed.json.errorCode]).toEqual([200, "NOBODY"]);
  await poor.submit("(set-key nil)");
  const body = { address: 13, amount: 1 };
  const refused = await poor.post("faucet", body);
  expect(refused.status).toBe(422);
  expect(refused.json).toMatchObject({ errorCode: "STATE", info: { source: "PEER" } });
  const text = { accept: "application/cvx" };
  expect((await poor.post("faucet", body, text)).text).toStartWith("#Result {:id ");
  const created = await poor.post("createAccount", { accountKey: KEY }, text);
  expect(created.status).toBe(200);
  expect(created.text).toStartWith("#Result {:id ");
  await poor.peer.close();
});

test("a form that is asked has no signer, a transaction has zeros", async () => {
  const signer = CVMSymbol.of("*signer*");
  expect((await api.post("query", { address: 12, source: "*signer*" })).json.result).toBe("nil");
  const asked = [
    [List.from([CVMSymbol.of("do"), signer]), "nil"],
    [Invoke.of(Address.of(12), 1, signer), `0x${"00".repeat(32)}`],
  ] as const;
  for (const [form, result] of asked) {
    const request = encodeMultiCell(queryRequest(1, form, Address.of(12)));
    expect((await api.post("message", request, RAW)).json.result).toBe(result);
  }
});

test("a set whose children are none is the client's mistake, not this peer's", async () => {
  const set = "831d7ff8000000000000";
  expect((await api.post("data/decode", { cad3: set })).status).toBe(400);
  expect((await api.post("transact", Buffer.from(set, "hex"), RAW)).status).toBe(400);
});

test("JSON and text are known in capitals as well", async () => {
  const json = { "content-type": "Application/JSON" };
  expect((await api.post("data/encode", { data: "7" }, json)).json.cad3).toBe("1107");
  expect((await api.post("message", "[:PING 1]", json)).status).toBe(400);
  const text = { "content-type": "TEXT/PLAIN" };
  expect((await api.post("data/encode", "7", text)).json.cad3).toBe("1107");
  const cvx = { "content-type": "APPLICATION/CVX" };
  expect((await api.post("data/encode", "7", cvx)).status).toBe(400);
});

test("an executed transaction is data by its hash, also one that is part of its block", async () => {
  const { tx } = (await api.submit("(+ 1 2)")).json.info;
  const { status, json } = await api.get(`data/${tx}`);
  expect([status, json.value.command]).toEqual([200, ["+", 1, 2]]);
});
