// The official MCP client, unmodified, over a real socket.

import { afterAll, expect, test } from "bun:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { toHex } from "../../src/crypto/hex.ts";
import { WebSocketService } from "../../src/net/websocket.ts";
import { SYSTEM_CLOCK } from "../../src/peer/clock.ts";
import { serveApi } from "../../src/rest/server.ts";
import { ApiUnderTest, SEED } from "./api-under-test.ts";

const api = new ApiUnderTest();
const sockets = new WebSocketService({
  clock: SYSTEM_CLOCK,
  memory: api.messages.memory,
  accept: (link) => api.messages.attach(link),
});
const server = serveApi(
  { host: "127.0.0.1", port: 0 },
  {
    app: api.app,
    sockets,
    refusal: () => null,
  },
);
const client = new Client({ name: "test", version: "1" });
const url = new URL(`http://127.0.0.1:${server.address.port}/mcp`);
const transport = new StreamableHTTPClientTransport(url);

afterAll(async () => {
  await client.close();
  api.sessions.closeAll();
  api.feed.close();
  api.metrics.close();
  await server.stop(true);
  await api.peer.close();
  expect(api.faults).toEqual([]);
});

test("it connects, lists tools and prompts, and calls them", async () => {
  await client.connect(transport);
  expect(client.getServerVersion()).toMatchObject({ name: "convex-mcp", title: "Convex MCP" });
  expect(transport.sessionId).toMatch(/^[0-9a-f-]{36}$/);
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toContain("query");
  const { prompts } = await client.listPrompts();
  expect(prompts.length).toBeGreaterThan(3);
  const answer = await client.callTool({ name: "query", arguments: { source: "(+ 1 2)" } });
  expect(answer.structuredContent).toMatchObject({ value: 3 });
  const prompt = await client.getPrompt({ name: "network-status" });
  expect(prompt.messages).toHaveLength(1);
  expect(client.callTool({ name: "nope" })).rejects.toThrow("Unknown tool: nope");
});

test("it hears of changes on its stream", async () => {
  // The client opens its stream when it has told that it is initialized.
  while (api.sessions.size === 0) await Bun.sleep(20);
  const heard = Promise.withResolvers<unknown>();
  client.fallbackNotificationHandler = async ({ method, params }) => {
    if (method === "notifications/stateChanged") heard.resolve(params);
  };
  const path = "[:accounts 12 :sequence]";
  const watch = await client.callTool({ name: "watchState", arguments: { path } });
  expect(watch.structuredContent).toMatchObject({ watchId: "w-1", value: 0 });
  const seed = toHex(SEED);
  const run = { name: "transact", arguments: { source: "1", seed, address: "#12" } };
  expect((await client.callTool(run)).structuredContent).toMatchObject({ value: 1 });
  expect(await heard.promise).toMatchObject({ watchId: "w-1", path, value: "1" });
});
