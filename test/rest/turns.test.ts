// What takes long for each of many requests at once: other events are let in between them.

import { afterAll, expect, test } from "bun:test";
import { toHex } from "../../src/crypto/hex.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { CVMMap } from "../../src/data/map.ts";
import { CVMString } from "../../src/data/string.ts";
import type { Faucet } from "../../src/rest/faucet.ts";
import { resultAnswer } from "../../src/rest/mcp/tool.ts";
import type { PacedPeer } from "../../src/rest/paced-peer.ts";
import { Result } from "../../src/state/result.ts";
import { type Answer, ApiUnderTest } from "./api-under-test.ts";
import { LoopTurns } from "./loop-turns.ts";

const api = new ApiUnderTest();
const REQUESTS = 10;
const JSON_BODY = { "content-type": "application/json" };

/** 40,000 elements as text, in a dozen cells: some 20 ms to print, and next to none to make. */
const LARGE = "(let [v (loop [i 0 v []] (if (< i 12) (recur (inc i) [v v]) v))] [v v v v v])";
/** Some 20 ms to read. */
const NESTED = `${"'".repeat(20_000)}1`;

afterAll(async () => {
  expect(api.faults).toEqual([]);
  api.metrics.close();
  api.feed.close();
  await api.peer.close();
});

/** How often other events came in between the answers to as many requests made at once. */
async function turnsBetween(ask: (i: number) => Promise<Answer>): Promise<number> {
  const turns = new LoopTurns();
  const answeredIn = await Promise.all(
    Array.from({ length: REQUESTS }, async (_, i) => {
      expect((await ask(i)).status).toBe(200);
      return turns.count;
    }),
  );
  turns.end();
  return new Set(answeredIn).size;
}

const mcp = (name: string, args: object): Promise<Answer> => {
  const params = { name, arguments: args };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params });
  return api.request("POST", "/mcp", { body });
};

const hashOf = async (source: string) => {
  const asked = await api.post("query", { source: `(hash (encoding ${source}))` });
  return String(asked.json.value);
};

test("large answers to queries", async () => {
  expect(await turnsBetween(() => api.post("query", { source: LARGE }))).toBe(REQUESTS);
  const cvx = { "content-type": "application/cvx", accept: "text/html" };
  const body = `{:source ${LARGE}}`;
  expect(await turnsBetween(() => api.post("query", body, cvx))).toBe(REQUESTS);
});

test("large answers to messages, and by MCP", async () => {
  const text = { "content-type": "text/plain" };
  const message = (i: number) => api.post("message", `[:Q ${i} ${LARGE} #12]`, text);
  expect(await turnsBetween(message)).toBe(REQUESTS);
  expect(await turnsBetween(() => mcp("query", { source: LARGE }))).toBe(REQUESTS);
});

test("large results of one block", async () => {
  await api.submit(`(def large ${LARGE})`);
  const sequence = (await api.get("accounts/12")).json.sequence as number;
  const submit = async (i: number) => {
    const prepared = { address: 12, source: "large", sequence: sequence + 1 + i };
    const { hash } = (await api.post("transaction/prepare", prepared)).json;
    return api.submitPrepared(hash);
  };
  expect(await turnsBetween(submit)).toBe(REQUESTS);
});

test("large cells, and pages of them", async () => {
  await api.submit(`(def large ${LARGE})`);
  const path = `/explorer/blocks/${api.peer.position - 1}/txs/0`;
  expect(await turnsBetween(() => api.request("GET", path))).toBe(REQUESTS);
  const hash = await hashOf("#12/large");
  expect(await turnsBetween(() => api.get(`data/${hash}`))).toBe(REQUESTS);
});

test("long bodies", async () => {
  const body = { source: NESTED, address: 12 };
  expect(await turnsBetween(() => api.post("transaction/prepare", body))).toBe(REQUESTS);
  expect(await turnsBetween(() => api.post("data/encode", { data: NESTED }, JSON_BODY))).toBe(
    REQUESTS,
  );
  expect(await turnsBetween(() => mcp("encode", { cvx: NESTED }))).toBe(REQUESTS);
});

const KEY = toHex(api.keyPair.publicKey);

test.each(["blocks", "tx", "peers", "accounts", `peers/${KEY}`])("GET %s", async (path) => {
  await api.submit("1");
  const { hash } = (await api.get(`blocks/${api.peer.position - 1}/transactions`)).json.items[0];
  const asked = path === "tx" ? `tx?hash=${hash}` : path;
  expect(await turnsBetween(() => api.get(asked))).toBe(REQUESTS);
});

const FAILED = Result.of({
  result: CVMString.of("x".repeat(10_000)),
  error: Keyword.of("STATE"),
  info: CVMMap.from([[Keyword.of("source"), Keyword.of("CVM")]]),
});
/** 6 KB as cells, but short as a body: to read a long one takes a turn as well. */
const BULKY = { address: 13, amount: 5, more: Array.from({ length: 400 }, () => 1.5) };

test.each([
  ["what it fails to create", "createAccount", FAILED, { accountKey: KEY }],
  ["what it fails to give", "faucet", FAILED, { address: 13, amount: 5 }],
  ["what was asked for, with what it gave", "faucet", Result.of({ result: 5 }), BULKY],
])("the faucet: %s", async (_name, path, result, body) => {
  const answer = () => Promise.resolve(result);
  const faucet = { createAccount: answer, give: answer } as unknown as Faucet;
  const other = new ApiUnderTest(true, { faucet });
  expect(await turnsBetween(() => other.post(path, body))).toBe(REQUESTS);
  expect(other.faults).toEqual([]);
  other.metrics.close();
  other.feed.close();
  await other.peer.close();
});

test("each message of a batch by MCP", async () => {
  const batch = Array.from({ length: 4 }, (_, id) => ({ jsonrpc: "2.0", id, method: "ping" }));
  const post = () => api.request("POST", "/mcp", { body: JSON.stringify(batch) });
  const turns = new LoopTurns();
  expect((await post()).json).toHaveLength(batch.length);
  turns.end();
  expect(turns.count).toBeGreaterThanOrEqual(batch.length);
  expect(await turnsBetween(post)).toBe(REQUESTS);
});

test("a Result by MCP has a turn to be printed in when it is large", async () => {
  let turns = 0;
  const turn = async () => void turns++;
  const printed = (text: string) =>
    resultAnswer({ turn } as PacedPeer, Result.of({ result: CVMString.of(text) }));
  expect([(await printed("small")).content.value, turns]).toEqual(["small", 0]);
  await printed("x".repeat(10_000));
  expect(turns).toBe(1);
});
