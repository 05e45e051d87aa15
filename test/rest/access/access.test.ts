// Who asks, and what only the operator may do.

import { afterAll, expect, test } from "bun:test";
import { clientOf, plainAddress } from "../../../src/net/client-address.ts";
import type { OperatorReply } from "../../../src/peer/operator/operator-commands.ts";
import { Access, type AccessOptions, groupOf } from "../../../src/rest/access/access.ts";
import { AddressList, AddressListError } from "../../../src/rest/access/address-list.ts";
import { BearerTokens } from "../../../src/rest/access/bearer-tokens.ts";
import { RateLimit } from "../../../src/rest/access/rate-limit.ts";
import { ApiUnderTest } from "../api-under-test.ts";

const TOKEN = "0123456789abcdef-operator";
let stops = 0;
const asked: unknown[] = [];
const operator = {
  tokens: new BearerTokens([TOKEN]),
  shutdown: () => stops++,
  command: (request: unknown): OperatorReply => {
    asked.push(request);
    const { command } = request as { command: string };
    return command === "list" ? { ok: true, result: [] } : { ok: false, error: "no such command" };
  },
};
const api = new ApiUnderTest(false, { operator, proxies: new AddressList(["10.0.0.0/8", "::1"]) });
const closed = new ApiUnderTest(false);

afterAll(async () => {
  expect(api.faults).toEqual([]);
  await api.peer.close();
  await closed.peer.close();
});

test("shutdown needs the operator's token, wherever it comes from", async () => {
  const headers: readonly Record<string, string>[] = [
    {},
    { authorization: "Bearer nonsense" },
    { authorization: `Basic ${TOKEN}` },
    { authorization: `Bearer ${TOKEN}x` },
    { "x-forwarded-for": "127.0.0.1" },
  ];
  for (const one of headers) {
    const path = "/api/v1/peer/shutdown";
    const answer = await api.request("POST", path, { headers: one }, "127.0.0.1");
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toContain("Bearer");
  }
  expect(stops).toBe(0);
  const answer = await api.post("peer/shutdown", "", { authorization: `bearer ${TOKEN}` });
  expect([answer.status, answer.text, stops]).toEqual([200, "Shutdown initiated.", 1]);
});

test("commands need the operator's token, and say what came of them", async () => {
  const path = "/api/v1/peer/command";
  const body = JSON.stringify({ command: "list" });
  for (const one of [{}, { authorization: `Bearer ${TOKEN}x` }]) {
    const answer = await api.request("POST", path, { body, headers: one }, "127.0.0.1");
    expect(answer.status).toBe(401);
  }
  expect(asked).toEqual([]);
  const headers = { authorization: `Bearer ${TOKEN}` };
  const done = await api.post("peer/command", { command: "list" }, headers);
  expect([done.status, done.json]).toEqual([200, { ok: true, result: [] }]);
  const refused = await api.post("peer/command", { command: "ban", target: "x" }, headers);
  expect([refused.status, refused.json]).toEqual([400, { error: "no such command" }]);
  expect(asked).toEqual([{ command: "list" }, { command: "ban", target: "x" }]);
  expect((await api.post("peer/command", { target: "x" }, headers)).status).toBe(400);
  expect((await closed.post("peer/command", { command: "list" }, headers)).status).toBe(401);
});

test("without an operator's token nobody stops the peer", async () => {
  expect((await closed.post("peer/shutdown", "", {})).status).toBe(401);
});

test("a token that could be guessed is no token", () => {
  expect(() => new BearerTokens(["x".repeat(15)])).toThrow("at least 16 characters");
  // A header ends a token at a space, and carries no other letters than these.
  for (const token of ["two words of a token", "schlüssel-der-ganz-lang-ist"])
    expect(() => new BearerTokens([token])).toThrow("a token has no spaces");
  expect(new BearerTokens(["x".repeat(16)]).shown(`Bearer ${"x".repeat(16)}`)).toBe(0);
});

test("addresses and networks of an operator's list", () => {
  const list = new AddressList(["10.0.0.0/8", " ::1 ", "fd00::/8", "192.0.2.7"]);
  for (const inside of ["10.1.2.3", "::1", "fd12::3", "192.0.2.7", "::ffff:10.0.0.1"]) {
    expect(list.has(inside)).toBe(true);
  }
  for (const outside of ["11.0.0.1", "::2", "fe80::1", "192.0.2.8", "nonsense", ""]) {
    expect(list.has(outside)).toBe(false);
  }
  expect(new AddressList(["192.0.2.7/32", "fd00::1/128"]).has("fd00::1")).toBe(true);
  expect(new AddressList([]).has("192.0.2.7")).toBe(false);
  for (const wrong of ["", "10.0.0.0/33", "host.example", "1.2.3.4/8/8", "::1/129", "10.0.0.0/x"]) {
    expect(() => new AddressList([wrong])).toThrow(AddressListError);
  }
});

test("forwarded headers are believed only from a named proxy", async () => {
  const headers = { "x-forwarded-host": "peer.example.org", host: "inside:8080" };
  const idFor = async (remote: string) => {
    const path = "/did/12/did.json";
    return (await api.request("GET", path, { headers }, remote)).json.id;
  };
  expect(await idFor("10.2.3.4")).toBe("did:web:peer.example.org:12");
  expect(await idFor("::ffff:10.2.3.4")).toBe("did:web:peer.example.org:12");
  expect(await idFor("192.0.2.1")).toBe("did:web:inside:12");
});

test("only an IPv4 address that came as IPv6 has another form", () => {
  expect(plainAddress("::ffff:10.0.0.1")).toBe("10.0.0.1");
  for (const same of ["::ffff:0a00:1", "2001:db8::1", "fd00::710.0.0.1", "10.0.0.1"]) {
    expect(plainAddress(same)).toBe(same);
  }
});

const SECRET = "a-token-of-many-letters";

function apiWith(options: Partial<AccessOptions>) {
  const open: AccessOptions = { allow: null, tokens: null, routes: null, rate: null };
  return new ApiUnderTest(true, { access: new Access({ ...open, ...options }) });
}

const statusOf = async (
  one: ApiUnderTest,
  path: string,
  headers: Record<string, string> = {},
  remote = "192.0.2.1",
) => (await one.request("GET", path, { headers }, remote)).status;

test("an API for some addresses", async () => {
  const some = apiWith({ allow: new AddressList(["192.0.2.0/24"]) });
  expect(await statusOf(some, "/api/v1/status")).toBe(200);
  expect(await statusOf(some, "/api/v1/status", {}, "198.51.100.1")).toBe(403);
  expect(await statusOf(some, "/livez", {}, "198.51.100.1")).toBe(403);
  await some.peer.close();
});

test("a client behind a proxy is one whatever port the proxy writes behind its address", async () => {
  const proxies = new AddressList(["10.0.0.1", "2001:db8::1"]);
  const rate = { perSecond: 1, burst: 2 };
  const allow = new AddressList(["192.0.2.0/24", "2001:db8:5::/48"]);
  const some = new ApiUnderTest(true, {
    access: new Access({ allow, tokens: null, routes: null, rate }),
    proxies,
  });
  const asked = (hops: string, remote = "10.0.0.1") =>
    statusOf(some, "/api/v1/status", { "x-forwarded-for": hops }, remote);
  expect(await asked("203.0.113.9, 192.0.2.1:50001")).toBe(200);
  expect(await asked("192.0.2.1:50002, [2001:db8::1]:443", "2001:db8::1")).toBe(200);
  expect(await asked("192.0.2.1:50003")).toBe(429);
  expect(await asked("203.0.113.9:50001")).toBe(403);
  expect(await asked("[2001:db8:5::1]:50001")).toBe(200);
  expect(await asked("[2001:db8:5::2]")).toBe(200);
  expect(await asked("2001:db8:5::3")).toBe(429);
  await some.peer.close();
});

test("an API for who has a token; health needs none", async () => {
  const some = apiWith({ tokens: new BearerTokens([SECRET]) });
  const refused = await some.request("GET", "/api/v1/status", {}, "127.0.0.1");
  expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([
    401,
    'Bearer realm="api"',
  ]);
  expect(await statusOf(some, "/api/v1/status", { authorization: `Bearer ${SECRET}` })).toBe(200);
  expect(await statusOf(some, "/livez")).toBe(200);
  // The page asks for the token itself; what lies below /explorer is the State's.
  expect(await statusOf(some, "/")).toBe(200);
  expect(await statusOf(some, "/page/page.js")).toBe(200);
  expect(await statusOf(some, "/explorer")).toBe(401);
  expect(await statusOf(some, "/page/../api/v1/status")).toBe(401);
  const asked = await some.request("OPTIONS", "/api/v1/query", {}, "192.0.2.1");
  expect(asked.headers.get("access-control-allow-headers")).toContain("authorization");
  await some.peer.close();
});

test("an API with some routes", async () => {
  const some = apiWith({ routes: new Set(["status", "accounts"]) });
  expect(await statusOf(some, "/api/v1/status")).toBe(200);
  expect(await statusOf(some, "/api/v1/accounts/12")).toBe(200);
  for (const path of ["/api/v1/blocks", "/metrics", "/openapi.json", "/did/12/did.json"]) {
    expect(await statusOf(some, path)).toBe(404);
  }
  expect(await statusOf(some, "/readyz")).toBe(200);
  await some.peer.close();
});

test("every route of the API is in a group of its own kind", () => {
  const groups = new Map<string, string>();
  for (const { method, path } of api.app.routes) {
    if (method !== "ALL") groups.set(path, groupOf(path.replace(/:\w+/g, "x")));
  }
  expect(groups.get("/api/v1/transaction/prepare")).toBe("transaction");
  expect(groups.get("/api/v1/peer/shutdown")).toBe("operator");
  expect(groups.get("/:id/did.json")).toBe("identity");
  // What falls to the page is none of the API's.
  const pages = [...groups].filter(([, group]) => group === "page").map(([path]) => path);
  const isPage = (path: string) => /^\/(?:$|index\.html$|llms\.txt$|explorer|page\/)/.test(path);
  expect(pages.filter((path) => !isPage(path))).toEqual([]);
});

test("who asks too fast is told to wait; who is on this machine is not", async () => {
  const some = apiWith({ rate: { perSecond: 10, burst: 5 } });
  const statuses: number[] = [];
  for (let i = 0; i < 8; i++) statuses.push(await statusOf(some, "/api/v1/status"));
  expect(statuses.slice(0, 5)).toEqual([200, 200, 200, 200, 200]);
  expect(statuses.at(-1)).toBe(429);
  const refused = await some.request("GET", "/api/v1/status", {}, "192.0.2.1");
  expect(refused.headers.get("retry-after")).toBe("1");
  expect(await statusOf(some, "/api/v1/status", {}, "192.0.2.2")).toBe(200);
  for (let i = 0; i < 20; i++) {
    expect(await statusOf(some, "/api/v1/status", {}, "127.0.0.1")).toBe(200);
  }
  expect(await statusOf(some, "/readyz")).toBe(200);
  await some.peer.close();
});

test("a token is one client wherever it is shown, and two at one place are two", () => {
  const second = `${SECRET}-2`;
  const access = new Access({
    allow: null,
    tokens: new BearerTokens([SECRET, second]),
    routes: null,
    rate: { perSecond: 1, burst: 1 },
  });
  const asked = (token: string, address: string) => {
    const authorization = () => `Bearer ${token}`;
    const asker = { address: () => address, isLocal: false, authorization, bodyBytes: () => 0 };
    return access.refusal("/api/v1/status", asker, 0)?.status ?? 200;
  };
  expect(asked(SECRET, "192.0.2.1")).toBe(200);
  expect(asked(second, "192.0.2.1")).toBe(200);
  expect(asked(SECRET, "192.0.2.2")).toBe(429);
});

test("buckets fill at their rate, dear requests count more, and clients are bounded", () => {
  const limit = new RateLimit({ perSecond: 2, burst: 4 });
  expect(limit.wait("a", 4, 0)).toBe(0);
  expect(limit.wait("a", 1, 0)).toBe(0.5);
  expect(limit.wait("a", 1, 500)).toBe(0);
  expect(limit.wait("b", 20, 0)).toBe(0);
  expect(limit.wait("b", 20, 0)).toBe(2);
  // A clock that goes back gives nothing.
  expect(limit.wait("b", 1, -5_000)).toBeGreaterThan(0);
  // What was done already is owed, for a burst at most.
  limit.take("c", 100, 0);
  expect(limit.wait("c", 1, 0)).toBe(2.5);
  for (let i = 0; i < 20_000; i++) limit.wait(`client ${i}`, 1, 0);
  expect(limit.clients).toBe(10_000);
});

test("who has given way was silent longest, also of those who owe", () => {
  const limit = new RateLimit({ perSecond: 1, burst: 4 });
  limit.take("owes", 8, 0);
  limit.wait("asks", 4, 0);
  for (let i = 2; i < 10_000; i++) limit.wait(`client ${i}`, 4, 0);
  limit.take("owes", 8, 0);
  limit.wait("asks", 4, 0);
  for (let i = 0; i < 9_998; i++) limit.wait(`more ${i}`, 4, 0);
  expect(limit.wait("owes", 1, 0)).toBe(5);
  expect(limit.wait("asks", 1, 0)).toBe(1);
});

/** [address, client] */
const CLIENTS: readonly (readonly [string, string])[] = [
  ["192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:db8:1:2::9", "2001:db8:1:2::/64"],
  ["2001:DB8::1", "2001:db8:0:0::/64"],
  ["2001:0db8:0000:0001::", "2001:db8:0:1::/64"],
  ["::1", "0:0:0:0::/64"],
  ["::5:6:7:8:9", "0:0:0:5::/64"],
];

for (const [address, client] of CLIENTS) {
  test(`${address} asks as ${client}`, () => expect(clientOf(address)).toBe(client));
}
