// The explorer's addresses: what is there is a page, what is not is 404, and a search leads to it.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { toHex } from "../../src/crypto/hex.ts";
import { ApiUnderTest } from "./api-under-test.ts";

const api = new ApiUnderTest();
const key = toHex(api.keyPair.publicKey);

beforeAll(async () => {
  await api.submit("(* 2 3)");
});

afterAll(async () => {
  expect(api.faults).toEqual([]);
  api.metrics.close();
  await api.peer.close();
});

/** [path, part of the page] */
const PAGES: readonly (readonly [string, string])[] = [
  ["/explorer", "/explorer/blocks"],
  ["/explorer/", "/explorer/blocks"],
  ["/explorer/blocks", "/explorer/blocks/0"],
  ["/explorer/blocks?offset=1&limit=2", "Blocks"],
  ["/explorer/blocks/0", "/explorer/blocks/0/txs/0"],
  ["/explorer/blocks/0/txs/0", "juice"],
  ["/explorer/states", "1 blocks"],
  ["/explorer/states/1", "accounts"],
  ["/explorer/states/0", "latest State only"],
  ["/explorer/accounts", "/explorer/accounts/9"],
  ["/explorer/accounts/12", "sequence"],
  ["/explorer/peers", key],
  [`/explorer/peers/${key}`, "controller"],
  ["/explorer/connections", "operator"],
  ["/explorer/mcp", "/explorer/mcp/tools/query"],
  ["/explorer/mcp/tools/query", "source"],
  ["/explorer/repl", "/swagger"],
];

for (const [path, part] of PAGES) {
  test(`${path} is a page`, async () => {
    const { status, type, text, headers } = await api.request("GET", path);
    expect([status, type]).toEqual([200, "text/html"]);
    expect(text).toContain(part);
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
  });
}

const ABSENT = [
  "/explorer/blocks/1",
  "/explorer/blocks/x",
  "/explorer/blocks/0/txs/1",
  "/explorer/states/2",
  "/explorer/accounts/999999",
  "/explorer/accounts/x",
  `/explorer/peers/${"00".repeat(32)}`,
  "/explorer/mcp/tools/nosuch",
  "/explorer/nosuch",
];

for (const path of ABSENT) {
  test(`${path} is not there`, async () => {
    const { status, json } = await api.request("GET", path);
    expect([status, json]).toEqual([404, { error: `404 Not found: ${path}` }]);
  });
}

test("a page range is refused as the reference refuses it", async () => {
  const refused = async (query: string) =>
    (await api.request("GET", `/explorer/blocks${query}`)).json;
  expect(await refused("?offset=1")).toEqual({ error: "Unable to parse offset/limit" });
  expect(await refused("?offset=x&limit=1")).toEqual({ error: "Unable to parse offset/limit" });
  expect(await refused("?offset=-1")).toEqual({ error: "Negative offset parameter: -1" });
  const page = await api.request("GET", "/explorer/blocks?offset=99&limit=5");
  expect([page.status, page.text.includes("/explorer/blocks/99")]).toEqual([200, false]);
});

const search = (q: string) =>
  api.request("POST", "/explorer/search", { body: new URLSearchParams({ q }) });

test("a search leads to what it names", async () => {
  const hash = (await api.request("GET", "/api/v1/blocks/0")).json.hash;
  const found: readonly (readonly [string, string])[] = [
    ["", "/explorer/"],
    ["12", "/explorer/accounts/12"],
    ["#12", "/explorer/accounts/12"],
    ["convex.core", "/explorer/accounts/8"],
    [key, `/explorer/peers/${key}`],
    [`0x${key}`, `/explorer/peers/${key}`],
    [hash, "/explorer/blocks/0"],
  ];
  for (const [q, path] of found) {
    const { status, headers } = await search(q);
    expect([status, headers.get("location")]).toEqual([302, path]);
  }
});

test("a search that finds nothing says so, and can't write into the page", async () => {
  for (const q of ["!!", "<script>alert(1)</script>", "99999999", "((((("]) {
    const { status, text } = await search(q);
    expect(status).toBe(200);
    expect(text).toContain("Nothing found");
    expect(text).not.toContain("<script");
  }
});

test("llms.txt tells where the API is", async () => {
  const { status, type, text } = await api.request("GET", "/llms.txt");
  expect([status, type]).toEqual([200, "text/plain"]);
  expect(text).toContain(key);
  expect(text).toContain("http://localhost/mcp");
});
