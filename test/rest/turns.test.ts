// What takes long for each of many requests at once: other events are let in between them.

import { afterAll, expect, test } from "bun:test";
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
