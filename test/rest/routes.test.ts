// The routes of sheet 05 §1.8 as clients use them.

import { afterAll, expect, test } from "bun:test";
import { fromHex, toHex } from "../../src/crypto/hex.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { decodeMultiCell } from "../../src/data/multi-cell.ts";
import { Result } from "../../src/state/result.ts";
import { ApiUnderTest } from "./api-under-test.ts";

const api = new ApiUnderTest();
const KEY = toHex(api.keyPair.publicKey);
const OTHER_KEY = "4cb5abf6ad79fbf5abbccafcc269d85cd2651ed4b885b5869f241aedf0a5ba29";

afterAll(async () => {
  expect(api.faults).toEqual([]);
  await api.peer.close();
});

test("status has the nine figures", async () => {
  const { status, json } = await api.get("status");
  expect(status).toBe(200);
  expect(json.peer).toBe(`0x${KEY}`);
  expect(json.genesis).toMatch(/^0x[0-9a-f]{64}$/);
  expect(json.consensus).toEqual([0, 0, 0, 0]);
  expect(Object.keys(json)).toHaveLength(9);
});

test("query: value, info and printed result", async () => {
  const { json } = await api.post("query", { address: 12, source: "(* 2 3)" });
  expect(json.value).toBe(6);
  expect(json.result).toBe("6");
  expect(json.info).toEqual({ juice: 581, source: "PEER", fees: 13810 });
});

test("query: no address, null or an unreadable one mean #11", async () => {
  for (const address of [undefined, null, "hello", "@convex.core"]) {
    expect((await api.post("query", { address, source: "*address*" })).json.value).toBe(11);
  }
  for (const address of [12, "12", "#12", "0x0c", 12.0]) {
    expect((await api.post("query", { address, source: "*address*" })).json.value).toBe(12);
  }
});

test("query: CVX body, and every media type", async () => {
  const body = '{:address #12 :source [*address* :a "s"]}';
  const cvx = { "content-type": "application/cvx" };
  const text = await api.post("query", body, { ...cvx, accept: "application/cvx" });
  expect(text.type).toBe("application/cvx");
  expect(text.text).toContain(':result [#12 :a "s"]');
  const html = await api.post("query", { source: '["<b>" 1]' }, { accept: "text/html" });
  expect(html.text).toContain("&lt;b&gt;");
  const both = await api.get("status", { accept: "text/html,application/json;q=0.9" });
  expect(both.type).toBe("text/html");
});

test("query: the raw form is a Result", async () => {
  const response = await api.request("POST", "/api/v1/query", {
    headers: { accept: "application/cvx-raw" },
    body: JSON.stringify({ source: "[1 2]" }),
  });
  expect(response.type).toBe("application/cvx-raw");
});

test("prepare: the hash is the ref encoding", async () => {
  const { json } = await api.post("transaction/prepare", {
    address: 12,
    source: "(* 2 3)",
    sequence: 77,
  });
  expect(json.data).toBe("d003ea0c114d81031103110232012a");
  expect(json.hash).toBe(json.data);
  const source = `"${"x".repeat(200)}"`;
  const long = (await api.post("transaction/prepare", { address: 12, source })).json;
  expect(long.hash).toMatch(/^d003ea0c11[0-9a-f]{2}20[0-9a-f]{64}$/);
  expect(long.data.startsWith(long.hash)).toBe(true);
});

test("submit: small transactions and those with cells of their own", async () => {
  const small = (await api.submit("(def a 1)")).json;
  expect(small.value).toBe(1);
  expect(small.info.loc).toHaveLength(2);
  expect(small.info.tx).toMatch(/^0x[0-9a-f]{64}$/);
  const long = (await api.submit(`(def b "${"y".repeat(500)}")`)).json;
  expect(long.value).toHaveLength(500);
});

test("transact: with a seed, and as raw signed data", async () => {
  const seed = "01".repeat(32);
  const { json } = await api.post("transact", { address: 12, source: "(+ 40 2)", seed });
  expect(json.value).toBe(42);
  const prepared = (await api.post("transaction/prepare", { address: 12, source: "(+ 40 3)" }))
    .json;
  const data = fromHex(prepared.data) as Uint8Array;
  const raw = Buffer.concat([
    new Uint8Array([0x90]),
    api.keyPair.publicKey,
    api.keyPair.sign(fromHex(prepared.hash) as Uint8Array),
    data,
  ]);
  const answer = await api.post("transact", raw, { "content-type": "application/cvx-raw" });
  expect(answer.json.value).toBe(43);
});

test("accounts: users, actors, and none", async () => {
  const user = (await api.get("accounts/12")).json;
  expect(user).toMatchObject({ address: 12, type: "user", key: `0x${KEY}` });
  expect((await api.get("accounts/%238")).json.type).toBe("actor");
  expect((await api.get("accounts/999999")).status).toBe(404);
  expect((await api.get("accounts/abc")).json.error).toBe("Invalid address: abc");
});

test("createAccount and faucet", async () => {
  const created = (await api.post("createAccount", { accountKey: OTHER_KEY, faucet: "1000" })).json;
  expect((await api.get(`accounts/${created.address}`)).json.balance).toBe(1000);
  const given = await api.post("faucet", {
    address: `#${created.address}`,
    amount: "7",
    extra: "kept",
  });
  expect(given.json).toEqual({ address: created.address, amount: 7, extra: "kept" });
  const capped = await api.post("faucet", { address: created.address, amount: 5_000_000_000 });
  expect(capped.json.amount).toBe(1_000_000_000);
  expect((await api.post("faucet", { address: 999_999, amount: 1 })).json.errorCode).toBe("NOBODY");
});

test("faucet requests go one after another, whatever else the controller does", async () => {
  const address = (await api.post("createAccount", { accountKey: OTHER_KEY })).json.address;
  const gifts = Array.from({ length: 20 }, () => api.post("faucet", { address, amount: 1 }));
  await api.submit("(def c 1)");
  const codes = (await Promise.all(gifts)).filter(({ json }) => json.errorCode !== undefined);
  expect(codes.length).toBeLessThanOrEqual(1);
});

test("without a faucet both answer 403", async () => {
  const closed = new ApiUnderTest(false);
  expect((await closed.post("createAccount", { accountKey: OTHER_KEY })).status).toBe(403);
  expect((await closed.post("faucet", { address: 12, amount: 1 })).status).toBe(403);
  await closed.peer.close();
});

test("CORS: any origin may ask", async () => {
  const preflight = await api.request("OPTIONS", "/api/v1/query", {
    headers: { origin: "http://x" },
  });
  expect(preflight.status).toBe(204);
});

test("a raw Result decodes", () => {
  const decoded = decodeMultiCell(
    fromHex("dd0510110300800082023304666565731235f233056a75696365120245") as Uint8Array,
    CVM_TABLE,
  );
  expect(decoded).toBeInstanceOf(Result);
});
