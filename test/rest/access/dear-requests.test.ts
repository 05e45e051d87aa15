// What counts for more than one request: bodies by their length, batches by their calls.

import { afterAll, expect, test } from "bun:test";
import { toHex } from "../../../src/crypto/hex.ts";
import { Access } from "../../../src/rest/access/access.ts";
import { type Answer, ApiUnderTest } from "../api-under-test.ts";

/** Practically none comes back while a test runs. */
const rate = { perSecond: 0.001, burst: 40 };
const api = new ApiUnderTest(true, {
  access: new Access({ allow: null, tokens: null, routes: null, rate }),
});
const KEY = toHex(api.keyPair.publicKey);
let host = 0;

afterAll(async () => {
  expect(api.faults).toEqual([]);
  await api.peer.close();
});

interface Remote {
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Requests that it may still make at once. */
  left(): Promise<number>;
}

/** A client that has asked for nothing yet. */
function newClient(): Remote {
  const remote = `192.0.2.${++host}`;
  return {
    post: (path, body, headers = {}) => {
      const text = JSON.stringify(body);
      const given = { "content-type": "application/json", ...headers };
      return api.request("POST", path, { body: text, headers: given }, remote);
    },
    left: async () => {
      for (let i = 0; ; i++) {
        const { status } = await api.request("GET", "/api/v1/status", {}, remote);
        if (status === 429) return i;
      }
    },
  };
}

const query = (bytes: number) => ({ source: `(quote "${"x".repeat(bytes - 25)}")` });
const declared = (body: unknown) => ({ "content-length": String(JSON.stringify(body).length) });

test("a body counts for one request more with each 5,000 bytes, declared or not", async () => {
  for (const [bytes, left] of [
    [100, 39],
    [4_900, 39],
    [52_000, 29],
  ] as const) {
    for (const isDeclared of [true, false]) {
      const client = newClient();
      const body = query(bytes);
      const headers = isDeclared ? declared(body) : {};
      expect((await client.post("/api/v1/query", body, headers)).status).toBe(200);
      expect(await client.left()).toBe(left);
    }
  }
});

test("a body that counts for more than there is waits, or is owed", async () => {
  const body = query(400_000);
  const first = newClient();
  expect((await first.post("/api/v1/query", body, declared(body))).status).toBe(200);
  expect((await first.post("/api/v1/query", body, declared(body))).status).toBe(429);
  const second = newClient();
  expect((await second.post("/api/v1/query", body)).status).toBe(200);
  expect(await second.left()).toBe(0);
});

const call = (name: string, args: object) => ({
  jsonrpc: "2.0",
  id: 1,
  method: "tools/call",
  params: { name, arguments: args },
});
const account = call("createAccount", { accountKey: KEY });

test("each message of a batch counts, and a tool of the faucet as the faucet", async () => {
  for (const [body, left] of [
    [call("query", { source: "1" }), 39],
    [Array(15).fill(call("query", { source: "1" })), 25],
    [account, 20],
    [[account, call("query", { source: "1" })], 19],
  ] as const) {
    const client = newClient();
    expect((await client.post("/mcp", body)).status).toBe(200);
    expect(await client.left()).toBe(left);
  }
});

test("a batch for which there is not enough is not begun", async () => {
  const client = newClient();
  await client.post("/mcp", account);
  const accounts = () => api.peer.state().accounts.count;
  const before = accounts();
  const refused = await client.post("/mcp", [account, account]);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(accounts()).toBe(before);
});

test("a stream of MCP counts as any other", async () => {
  const remote = `192.0.2.${++host}`;
  const statuses: number[] = [];
  const headers = { accept: "text/event-stream" };
  for (let i = 0; i < 5; i++) {
    const asked = new Request("http://localhost/mcp", { headers });
    const { status, body } = await api.app.fetch(asked, { remote });
    statuses.push(status);
    await body?.cancel();
  }
  expect(statuses).toEqual([200, 200, 200, 200, 429]);
});
