// What the peer knows by place and by hash: peers, blocks, transactions, cells (sheet 05 §1.8).

import { afterAll, beforeAll, expect, test } from "bun:test";
import * as v from "valibot";
import { toHex } from "../../src/crypto/hex.ts";
import { BLOCK, BLOCKS, PEER, TRANSACTION } from "../../src/rest/response-schemas.ts";
import { ApiUnderTest } from "./api-under-test.ts";

const api = new ApiUnderTest();
const KEY = toHex(api.keyPair.publicKey);
const ABSENT = "12".repeat(32);
let hash = "";

beforeAll(async () => {
  hash = (await api.submit("(* 3 4)")).json.info.tx;
  await api.submit("(def big [1 2 3])");
});

afterAll(async () => {
  expect(api.faults).toEqual([]);
  await api.peer.close();
});

test("a peer by its key, with and without 0x", async () => {
  const { json } = await api.get(`peers/${KEY}`);
  v.parse(PEER, json);
  expect(json).toMatchObject({ controller: 12, "delegated-stake": 0 });
  expect((await api.get(`peers/0x${KEY}`)).json).toEqual(json);
});

test("blocks by page and by number", async () => {
  const { json } = await api.get("blocks");
  v.parse(BLOCKS, json);
  expect(json.count).toBe(2);
  expect(json.items).toHaveLength(2);
  const [first] = json.items;
  expect(first).toMatchObject({ index: 0, transactionCount: 1, finalised: true, peer: `0x${KEY}` });
  expect(first.timestamp).toBeGreaterThan(1.7e12);
  const one = (await api.get("blocks/0")).json;
  v.parse(BLOCK, one);
  expect(one).toEqual(first);
  const page = (await api.get("blocks?offset=1&limit=1")).json;
  expect(page).toEqual({ items: [json.items[1]], count: 2, offset: 1 });
  expect((await api.get("blocks?offset=100000")).json.items).toEqual([]);
});

test("the hash of a block names the signed block", async () => {
  const { hash: block } = (await api.get("blocks/0")).json;
  const { json } = await api.get(`data/${block}`);
  expect(json["public-key"]).toBe(`0x${KEY}`);
  expect(json.value.transactions).toHaveLength(1);
});

test("a transaction by its hash: its place, its Result as stored, and itself", async () => {
  const { json } = await api.get(`tx?hash=${hash}`);
  v.parse(TRANSACTION, json);
  expect(json.position).toEqual([0, 0]);
  expect(json.result).toMatchObject({ id: 0, result: 12, error: null, log: [] });
  expect(Object.keys(json.result.info).sort()).toEqual(["fees", "juice"]);
  expect(json.tx.value).toEqual({ origin: 12, sequence: 1, command: ["*", 3, 4] });
  const text = await api.get(`tx?hash=${hash.slice(2)}`, { accept: "application/cvx" });
  expect(text.text).toContain(":position [0 0]");
  expect(text.text).toContain("{:origin #12,:sequence 1,:command (* 3 4)}");
});

test("a cell by its hash, in each media type", async () => {
  const { belief } = (await api.get("status")).json;
  const json = await api.get(`data/${belief}`);
  expect(json.json.orders[KEY]["public-key"]).toBe(`0x${KEY}`);
  const raw = await api.get(`data/${belief}`, { accept: "application/cvx-raw" });
  expect(raw.bytes[0]).toBe(0xd4);
});

test("the block of a hash is no transaction", async () => {
  const { hash: block } = (await api.get("blocks/0")).json;
  expect((await api.get(`tx?hash=${block}`)).status).toBe(404);
});

/** [path, status, part of the message] */
const REFUSED: readonly (readonly [string, number, string])[] = [
  ["peers/zz", 400, "Invalid peer key: zz"],
  [`peers/${ABSENT}`, 404, "does not exist"],
  ["blocks?limit=0", 400, "Limit must be between 1 and 1000"],
  ["blocks?limit=1001", 400, "Limit must be between 1 and 1000"],
  ["blocks?offset=-1", 400, "Offset must be non-negative"],
  ["blocks?offset=x", 400, "Invalid offset or limit parameter: must be a number"],
  ["blocks?offset=99999999999999999999", 400, "must be a number"],
  ["blocks/x", 400, "Invalid block number format: must be a number"],
  ["blocks/-1", 400, "Block number must be non-negative"],
  ["blocks/2", 404, "does not exist"],
  ["blocks/999999999999999999", 404, "does not exist"],
  ["blocks/9999999999999999999", 400, "must be a number"],
  ["tx", 400, "Missing required query parameter: hash"],
  ["tx?hash=zz", 400, "Invalid hash: zz"],
  ["tx?hash=", 400, "Invalid hash"],
  [`tx?hash=${ABSENT}`, 404, "not known"],
  ["data/xyz", 400, "Invalid hash: xyz"],
  ["data/1234", 400, "Invalid hash: 1234"],
  [`data/${ABSENT}`, 400, `Missing Data: 0x${ABSENT}`],
];

for (const [path, status, part] of REFUSED) {
  test(`GET ${path} → ${status}`, async () => {
    const answer = await api.get(path);
    expect(answer.status).toBe(status);
    expect(answer.json.error).toContain(part);
  });
}

test("what is too large is refused with :LIMIT", async () => {
  const doubled = "(loop [s (str 0x00) n 0] (if (< n 21) (recur (str s s) (inc n)) s))";
  const answer = await api.post("query", { address: 12, source: doubled });
  expect(answer.status).toBe(413);
  expect(answer.json.errorCode).toBe("LIMIT");
  expect(answer.json.value).toMatch(/^Response too large: \d+ bytes$/);
});

test("404 is a page for browsers", async () => {
  const answer = await api.request("GET", "/nosuch<b>", { headers: { accept: "text/html" } });
  expect(answer.status).toBe(404);
  expect(answer.type).toBe("text/html;charset=utf-8");
  expect(answer.text).not.toContain("<b>");
});
