// The explorer's addresses: what is there is a page, what is not is 404, and a search leads to it.

import { afterAll, beforeAll, expect, spyOn, test } from "bun:test";
import { toHex } from "../../src/crypto/hex.ts";
import { Index } from "../../src/data/index-map.ts";
import { SignedData } from "../../src/data/signed.ts";
import { Vector } from "../../src/data/vector.ts";
import { Block } from "../../src/state/block.ts";
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

test("a block's page lists no more transactions than a block may have, whatever it claims", async () => {
  for (const [transactions, listed] of [
    [new Vector(2 ** 40, [7, 8], null, true), 0],
    [Vector.from(Array.from({ length: 1_030 }, (_, i) => i)), 1_024],
  ] as const) {
    const signed = SignedData.sign(api.keyPair, Block.of(1, transactions));
    const block = spyOn(api.peer, "block").mockReturnValue(signed);
    const { status, text } = await api.request("GET", "/explorer/blocks/0");
    block.mockRestore();
    expect([status, text.split("/txs/").length - 1]).toEqual([200, listed]);
  }
});

test("pages show what is asked for, and no more", async () => {
  const { count } = api.peer.state().accounts;
  const linked = async (list: string, range: string) => {
    const { text } = await api.request("GET", `/explorer/${list}?${range}`);
    return [...text.matchAll(/\/explorer\/(?:accounts|blocks|peers)\/([0-9a-f]+)"/g)].map(
      ([, n]) => n,
    );
  };
  expect(await linked("accounts", "")).toHaveLength(10);
  expect(await linked("accounts", "offset=3&limit=2")).toEqual(["3", "4"]);
  expect(await linked("accounts", `offset=${count - 1}&limit=2`)).toEqual([String(count - 1)]);
  expect(await linked("accounts", "offset=999999999999999&limit=1000")).toEqual([]);
  expect(await linked("blocks", "offset=0&limit=0")).toEqual([]);
  expect(await linked("peers", "offset=0&limit=5")).toEqual([key]);
  expect(await linked("peers", "offset=1&limit=5")).toEqual([]);
});

test("a page of peers looks at no others", async () => {
  const entries = spyOn(Index.prototype, "entries");
  await api.request("GET", "/explorer/peers");
  await api.get("peers");
  const asked = entries.mock.calls.length;
  entries.mockRestore();
  expect(asked).toBe(0);
});

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

test("a search of more than 4,096 bytes is refused", async () => {
  const status = async (bytes: number) => {
    const body = `q=${"a".repeat(bytes - 2)}`;
    return (await api.request("POST", "/explorer/search", { body })).status;
  };
  expect([await status(4_096), await status(4_097)]).toEqual([200, 413]);
});
