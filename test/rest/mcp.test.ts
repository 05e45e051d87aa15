// The MCP server: the protocol as recorded, tools, prompts, watches, and who gets what (sheet 05
// §2).

import { afterAll, expect, test } from "bun:test";
import { toHex } from "../../src/crypto/hex.ts";
import { SESSIONS_MAX } from "../../src/rest/mcp/mcp-sessions.ts";
import { OriginError, OriginPolicy } from "../../src/rest/mcp/origin-policy.ts";
import { WATCHES_MAX } from "../../src/rest/mcp/watches.ts";
import { type Answer, ApiUnderTest, SEED } from "./api-under-test.ts";

const api = new ApiUnderTest();
const KEY = toHex(api.keyPair.publicKey);
const SEED_HEX = toHex(SEED);
const LOOPBACK = "127.0.0.1";

afterAll(async () => {
  expect(api.faults).toEqual([]);
  api.metrics.close();
  api.feed.close();
  api.sessions.closeAll();
  await api.peer.close();
});

function post(
  body: unknown,
  headers: Record<string, string> = {},
  remote = LOOPBACK,
): Promise<Answer> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const given = { "content-type": "application/json", ...headers };
  return api.request("POST", "/mcp", { headers: given, body: text }, remote);
}

const call = (method: string, params?: object, id: string | number = 1) => ({
  jsonrpc: "2.0",
  method,
  id,
  ...(params === undefined ? {} : { params }),
});

/** Calls a tool and answers its structured content; what it says as text must be the same. */
async function tool(name: string, args: object = {}, headers = {}, remote = LOOPBACK) {
  const { json } = await post(call("tools/call", { name, arguments: args }), headers, remote);
  const { content, structuredContent, isError } = json.result;
  expect(JSON.parse(content[0].text)).toEqual(structuredContent);
  return { ...structuredContent, isError };
}

test("initialize names versions, capabilities and the network", async () => {
  const params = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "t" } };
  const known = await post(call("initialize", params));
  expect(known.headers.get("mcp-session-id")).toMatch(/^[0-9a-f-]{36}$/);
  const { result } = known.json;
  expect(result.protocolVersion).toBe("2025-06-18");
  expect(result.capabilities).toEqual({ tools: {}, prompts: {} });
  expect(result.serverInfo).toMatchObject({ name: "convex-mcp", peerKey: KEY });
  const unknown = await post(call("initialize", { protocolVersion: "1999-01-01" }));
  expect(unknown.json.result.protocolVersion).toBe("2025-11-25");
});

/** [body, code, message, id], as recorded. */
const REFUSED: readonly (readonly [unknown, number, string, number | undefined])[] = [
  ["{", -32700, "Parse error", undefined],
  ["", -32700, "Parse error", undefined],
  ["42", -32600, "Request must be a JSON object or array", undefined],
  [{ jsonrpc: "2.0", id: 1 }, -32600, "Missing method", 1],
  [{ jsonrpc: "2.0", id: null, method: "ping" }, -32600, "Invalid Request", undefined],
  [{ jsonrpc: "2.0", id: 1.5, method: "ping" }, -32600, "Invalid Request", undefined],
  ["[]", -32600, "Invalid batch request (empty)", undefined],
  [Array(21).fill(call("ping")), -32600, "Batch too large (max 20)", undefined],
  [call("foo/bar"), -32601, "Method not found: foo/bar", 1],
  [call("resources/list"), -32601, "Method not found: resources/list", 1],
  [call("tools/call", { arguments: {} }), -32602, "Tool name required", 1],
  [call("tools/call", [1]), -32602, "params must be an object", 1],
  [call("tools/call", { name: "nope" }), -32601, "Unknown tool: nope", 1],
  [call("prompts/get", { name: 5 }), -32602, "Prompt name required", 1],
  [call("tools/call", { name: "query", arguments: "x" }), -32602, "query requires arguments", 1],
  [call("prompts/get", { name: "nope" }), -32601, "Unknown prompt: nope", 1],
];

for (const [body, code, message, id] of REFUSED) {
  test(`${JSON.stringify(body).slice(0, 60)} → ${code}`, async () => {
    const { status, json } = await post(body);
    expect(status).toBe(200);
    expect(json).toEqual({
      jsonrpc: "2.0",
      error: { code, message },
      ...(id === undefined ? {} : { id }),
    });
  });
}

test("notifications and answers are taken without a word", async () => {
  const initialized = { jsonrpc: "2.0", method: "notifications/initialized" };
  for (const body of [initialized, [initialized], { jsonrpc: "2.0", id: 1, result: {} }]) {
    const { status, text } = await post(body);
    expect([status, text]).toEqual([202, ""]);
  }
});

test("a batch is answered in its order", async () => {
  const note = { jsonrpc: "2.0", method: "notifications/initialized" };
  const { json } = await post([call("ping", undefined, 1), note, call("x", undefined, "b"), 3]);
  expect(json).toEqual([
    { jsonrpc: "2.0", id: 1, result: {} },
    { jsonrpc: "2.0", id: "b", error: { code: -32601, message: "Method not found: x" } },
    { jsonrpc: "2.0", error: { code: -32600, message: "Invalid Request" } },
  ]);
});

test("events only for who takes nothing else", async () => {
  const events = await post(call("ping"), { accept: "text/event-stream" });
  expect(events.type).toBe("text/event-stream;charset=utf-8");
  expect(events.text).toMatch(/^event: message\ndata: \{.*\}\n\n$/);
  const both = await post(call("ping"), { accept: "application/json, text/event-stream" });
  expect(both.type).toBe("application/json");
});

test("an unknown protocol version is refused", async () => {
  const { json } = await post(call("ping"), { "mcp-protocol-version": "1999-01-01" });
  expect(json.error.message).toContain("1999-01-01");
});

test("bodies are bounded", async () => {
  expect((await post(`"${" ".repeat(2_000_001)}"`)).status).toBe(413);
  expect((await post("[".repeat(600_000))).text).toContain("too many arrays, objects and members");
  const deep = `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":${"[".repeat(50_000)}${"]".repeat(50_000)}}}`;
  expect((await post(deep)).status).toBe(200);
});

test("query: values, errors of the machine, errors of the call", async () => {
  expect(await tool("query", { source: "(+ 1 2)" })).toMatchObject({
    value: 3,
    info: { juice: 581, source: "PEER" },
    isError: false,
  });
  expect(await tool("query", { source: "(foo)" })).toMatchObject({
    errorCode: "UNDECLARED",
    value: "foo",
    isError: true,
  });
  const missing = await tool("query", {});
  expect(missing).toEqual({ message: "Query requires 'source' string", isError: true });
  const broken = await tool("query", { source: "(+ 1" });
  expect(broken.message).toStartWith("Failed to parse query source: Parse error at 1:4");
});

test("addresses: text, number and name; none is made up", async () => {
  for (const address of ["#12", "12", 12]) {
    expect((await tool("query", { source: "*address*", address })).value).toBe(12);
  }
  // An account without coins has no juice to query with.
  const core = await tool("query", { source: "*address*", address: "@convex.core" });
  expect(core.errorCode).toBe("JUICE");
  expect((await tool("getBalance", { address: "convex.core" })).address).toBe(8);
  const nobody = await tool("query", { source: "1", address: "no.such" });
  expect([nobody.isError, nobody.message]).toEqual([
    true,
    "There is no account 'no.such': expected e.g. '#12' or '@convex.core'",
  ]);
});

test("numbers keep every digit", async () => {
  const { text } = await post(
    call("tools/call", { name: "query", arguments: { source: "9223372036854775807" } }),
  );
  expect(text).toContain('"value":9223372036854775807');
});

test("prepare, sign elsewhere, submit", async () => {
  const prepared = await tool("prepare", { source: "(* 6 7)", address: "#12" });
  expect(prepared).toMatchObject({ address: 12, source: "(* 6 7)" });
  const sig = toHex(api.keyPair.sign(Buffer.from(prepared.hash, "hex")));
  const done = await tool("submit", { hash: prepared.hash, accountKey: KEY, sig });
  expect(done.value).toBe(42);
  const found = await tool("getTransaction", { hash: done.info.tx });
  expect(found).toMatchObject({ found: true, position: done.info.loc });
  expect(found.tx).toContain(":command (* 6 7)");
  const again = await tool("submit", { hash: prepared.hash, accountKey: KEY, signature: sig });
  expect(again).toMatchObject({ errorCode: "SEQUENCE", isError: true });
  const unknown = await tool("submit", { hash: `20${"11".repeat(32)}`, accountKey: KEY, sig });
  expect(unknown.errorCode).toBe("MISSING");
});

test("with a seed: transact compiles, transfer moves coins", async () => {
  const done = await tool("transact", { source: "(* 6 9)", seed: SEED_HEX, address: "#12" });
  expect(done).toMatchObject({ value: 54, info: { juice: 51 } });
  const sent = await tool("transfer", { address: "#12", to: "#13", amount: 5, seed: SEED_HEX });
  expect(sent.value).toBe(5);
  const prepared = await tool("prepare", { source: "8", address: "#12" });
  const signed = await tool("signAndSubmit", { hash: prepared.hash, seed: SEED_HEX });
  expect(signed.value).toBe(8);
});

test("encodings, hashes and signatures", async () => {
  expect(await tool("encode", { cvx: "[1 2]" })).toMatchObject({ cad3: "800211011102" });
  expect((await tool("decode", { cad3: "0x800211011102" })).cvx).toBe("[1 2]");
  expect((await tool("decode", { cad3: "ff" })).isError).toBe(true);
  expect((await tool("hash", { value: "hello" })).hash).toStartWith("2cf24dba5fb0a30e");
  const sha3 = await tool("hash", { value: "hello", algorithm: "sha3" });
  expect(sha3.hash).toStartWith("3338be694f50c5f3");
  expect(await tool("hash", { value: "x", algorithm: "md5" })).toEqual({
    message: "Unsupported hash algorithm: md5",
    isError: true,
  });
  const { signature } = await tool("sign", { value: "68656c6c6f", seed: SEED_HEX });
  const check = { publicKey: KEY, signature, bytes: "68656c6c6f" };
  expect((await tool("validate", check)).value).toBe(true);
  expect((await tool("validate", { ...check, bytes: "00" })).value).toBe(false);
  expect((await tool("keyGen", { seed: SEED_HEX })).publicKey).toBe(`0x${KEY}`);
  expect((await tool("keyGen")).seed).not.toBe((await tool("keyGen")).seed);
});

test("accounts: created, described, looked into", async () => {
  const created = await tool("createAccount", { accountKey: KEY, faucet: 5_000_000_000 });
  const name = `#${created.address}`;
  expect((await tool("getBalance", { address: name })).balance).toBe(1_000_000_000);
  const { accountInfo, metadata } = await tool("describeAccount", { address: name });
  expect(accountInfo).toMatchObject({ address: created.address, type: "user", key: `0x${KEY}` });
  expect(metadata).toBe("{}");
  const free = await tool("createAccount", { accountKey: KEY, controller: "nil" });
  const at = `[:accounts ${free.address} :controller]`;
  expect(await tool("queryState", { path: at })).toMatchObject({ exists: true, value: null });
  await tool("transact", { source: "(def m {:a [1 2]})", seed: SEED_HEX, address: "#12" });
  expect(await tool("lookup", { address: "#12", symbol: "m" })).toMatchObject({
    exists: true,
    value: "{:a [1 2]}",
  });
  const inside = await tool("lookup", { address: "#12", symbol: "m", getPath: "[:a 1]" });
  expect(inside.value).toBe("2");
  expect(await tool("lookup", { address: "#12", symbol: "nosuch" })).toEqual({
    exists: false,
    isError: false,
  });
});

test("names resolve to their records", async () => {
  const found = await tool("resolveCNS", { name: "@convex.core" });
  expect(found).toMatchObject({ exists: true, value: "#8", meta: "nil", child: "nil" });
  expect((await tool("resolveCNS", { name: "no.such" })).exists).toBe(false);
  for (const name of ["a b", "(def x 1)", "'x) (def y 2", ""]) {
    expect((await tool("resolveCNS", { name })).isError).toBe(true);
  }
});

test("paths into the State", async () => {
  const balance = await tool("queryState", { path: "[:accounts 12 :balance]" });
  expect(balance.result).toBe(String(balance.value));
  expect((await tool("queryState", { path: "[:accounts]" })).size).toBeGreaterThan(4_096);
  expect((await tool("queryState", { path: "[:accounts #12 :sequence]" })).exists).toBe(true);
  for (const path of ["[:nosuch]", "[:accounts 999999]", "[:accounts -1]", "[:accounts 12 :x 1]"]) {
    expect(await tool("queryState", { path })).toEqual({ exists: false, isError: false });
  }
  for (const path of ["nope", "[]", "(", 7]) {
    expect((await tool("queryState", { path })).message).toStartWith("queryState requires 'path'");
  }
});

test("the list of tools has a schema for each", async () => {
  const { tools } = (await post(call("tools/list"))).json.result;
  const names = tools.map((one: { name: string }) => one.name);
  expect(names).toContain("transact");
  expect(new Set(names).size).toBe(names.length);
  for (const { inputSchema, description } of tools) {
    expect(inputSchema.type).toBe("object");
    expect(description.length).toBeGreaterThan(20);
  }
  const query = tools.find((one: { name: string }) => one.name === "query");
  expect(query.inputSchema.required).toEqual(["source"]);
});

test("tools that take a seed are for confidential connections", async () => {
  const remote = "192.0.2.1";
  const { tools } = (await post(call("tools/list"), {}, remote)).json.result;
  const names = tools.map((one: { name: string }) => one.name);
  for (const name of ["transact", "signAndSubmit", "sign", "transfer", "keyGen"]) {
    expect(names).not.toContain(name);
    const refused = await tool(name, { seed: SEED_HEX }, {}, remote);
    expect(refused.message).toContain("over TLS");
  }
  expect(names).toContain("submit");
});

test("prompts are listed, and filled in", async () => {
  const { prompts } = (await post(call("prompts/list"))).json.result;
  expect(prompts.length).toBeGreaterThanOrEqual(5);
  const given = { name: "explore-account", arguments: { address: "#42" } };
  const { messages } = (await post(call("prompts/get", given))).json.result;
  expect(messages[0].content.text).toContain("account #42");
  const bare = (await post(call("prompts/get", { name: "explore-account" }))).json.result;
  expect(bare.messages[0].content.text).toContain("${" + "address}");
});

async function openStream(id: string) {
  const headers = { accept: "text/event-stream", "mcp-session-id": id };
  const response = await api.app.fetch(new Request("http://localhost/mcp", { headers }));
  return { response, reader: response.body?.getReader() as ReadableStreamDefaultReader };
}

test("a watch tells of changes on the session's stream", async () => {
  const session = { "mcp-session-id": "s-1" };
  const path = "[:accounts 12 :environment]";
  expect((await tool("watchState", { path }, session)).message).toBe(
    "watchState requires an active GET /mcp stream",
  );
  const { response, reader } = await openStream("s-1");
  expect(response.headers.get("mcp-session-id")).toBe("s-1");
  const first = await reader.read();
  expect(new TextDecoder().decode(first.value)).toBe(": keepalive\n\n");
  expect((await tool("watchState", { path }, session)).watchId).toBe("w-1");
  await tool("transact", { source: "(def watched 1)", seed: SEED_HEX, address: "#12" });
  const { value } = await reader.read();
  const data = JSON.parse(new TextDecoder().decode(value).split("data: ")[1] as string);
  expect(data).toMatchObject({
    method: "notifications/stateChanged",
    params: { watchId: "w-1", path, changed: true },
  });
  const another = await openStream("s-1");
  expect(another.response.status).toBe(409);
  for (let i = 1; i < WATCHES_MAX; i++) await tool("watchState", { path: "[:peers]" }, session);
  const refused = await tool("watchState", { path }, session);
  expect(refused.message).toContain(`At most ${WATCHES_MAX} watches`);
  expect((await tool("unwatchState", { watchId: "w-1" }, session)).removed).toBe(1);
  const rest = await tool("unwatchState", { path: "[:peers]" }, session);
  expect(rest.removed).toBe(WATCHES_MAX - 1);
  await reader.cancel();
  expect(api.sessions.size).toBe(0);
});

test("GET without Accept, DELETE without session", async () => {
  expect((await api.request("GET", "/mcp")).status).toBe(405);
  expect((await api.request("DELETE", "/mcp")).status).toBe(400);
  const headers = { "mcp-session-id": "x" };
  expect((await api.request("DELETE", "/mcp", { headers })).status).toBe(404);
  const { reader } = await openStream("x");
  expect((await api.request("DELETE", "/mcp", { headers })).status).toBe(200);
  await reader.read();
  expect((await reader.read()).done).toBe(true);
});

test("HEAD opens no stream", async () => {
  const headers = { accept: "text/event-stream" };
  expect((await api.request("HEAD", "/mcp", { headers })).status).toBe(200);
  expect(api.sessions.size).toBe(0);
});

test("streams are bounded", async () => {
  const streams = Array.from({ length: SESSIONS_MAX }, (_, i) =>
    api.sessions.open(`n-${i}`, "unknown"),
  );
  const { response } = await openStream("one-more");
  expect([response.status, response.headers.get("retry-after")]).toEqual([429, "30"]);
  for (const stream of streams) await stream.cancel();
});

test("pages of other origins are refused", async () => {
  const from = async (origin: string, host = "localhost:8080") =>
    (await post(call("ping"), { origin, host })).status;
  expect(await from("https://app.example.org")).toBe(200);
  expect(await from("http://localhost:8080")).toBe(200);
  expect(await from("http://127.0.0.1:8080", "127.0.0.1:8080")).toBe(200);
  expect(await from("http://localhost:9999")).toBe(403);
  expect(await from("https://evil.example")).toBe(403);
  // DNS rebinding: the page's name has been made to mean this machine.
  expect(await from("http://evil.example:8080", "evil.example:8080")).toBe(403);
  expect(await from("null")).toBe(403);
  expect(() => new OriginPolicy(["app.example.org"])).toThrow(OriginError);
  expect(new OriginPolicy(["*"]).allows("https://any.example", "x")).toBe(true);
});

test("a client in a page may send, and read, what a session needs", async () => {
  const asked = await api.request("OPTIONS", "/mcp");
  const allowed = (asked.headers.get("access-control-allow-headers") ?? "").split(", ");
  for (const name of ["mcp-session-id", "mcp-protocol-version", "last-event-id"]) {
    expect(allowed).toContain(name);
  }
  const initialized = await post(call("initialize", { protocolVersion: "2025-06-18" }));
  const headers = { accept: "text/event-stream" };
  const opened = await api.request("HEAD", "/mcp", { headers });
  for (const answer of [initialized, opened]) {
    expect(answer.headers.get("access-control-expose-headers")).toBe("Mcp-Session-Id");
  }
});

test("clients find the server", async () => {
  const { json } = await api.request("GET", "/.well-known/mcp", { headers: { host: "p:1" } });
  expect(json).toEqual({
    server_url: "http://p:1/mcp",
    endpoint: { path: "/mcp", transport: "streamable-http" },
    mcp_version: "1.0",
    description: "Convex MCP",
  });
});
