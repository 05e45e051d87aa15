// Arguments and answers of tools, side by side with a live peer of the reference.

import { afterAll, expect, test } from "bun:test";
import { toHex } from "../../../src/crypto/hex.ts";
import { ApiUnderTest, SEED } from "../api-under-test.ts";

const api = new ApiUnderTest();
const KEY = toHex(api.keyPair.publicKey);
const seed = toHex(SEED);

afterAll(async () => {
  expect(api.faults).toEqual([]);
  api.sessions.closeAll();
  await api.peer.close();
});

async function toolText(name: string, args: string, headers: Record<string, string> = {}) {
  const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${name}","arguments":${args}}}`;
  const given = { "content-type": "application/json", ...headers };
  const { json } = await api.request("POST", "/mcp", { headers: given, body }, "127.0.0.1");
  return json.result.content[0].text as string;
}

const tool = async (name: string, args: object) =>
  JSON.parse(await toolText(name, JSON.stringify(args)));

test("a sequence may be text, and has 64 bits", async () => {
  const prepare = (sequence: string) =>
    toolText("prepare", `{"source":"1","address":"#12","sequence":${sequence}}`);
  for (const sequence of ["12", '"12"', "12.0"]) {
    expect(await prepare(sequence)).toContain('"hash":"d003ea0c110c1101"');
  }
  for (const sequence of ["9007199254740993", '"9007199254740993"']) {
    expect(await prepare(sequence)).toContain('"sequence":9007199254740993');
  }
  for (const sequence of ["12.5", '"x"', '" 12"']) {
    expect(await prepare(sequence)).toContain("must be an integer");
  }
});

test("what stops before a transaction is made is a Result too", async () => {
  const transact = (source: string, address: string) => tool("transact", { source, address, seed });
  expect(await transact("(+ 1 2)", "#13")).toMatchObject({
    errorCode: "JUICE",
    info: { source: "PEER" },
  });
  expect((await transact("(+ 1 2)", "#99999")).errorCode).toBe("NOBODY");
  expect((await transact("(if)", "#12")).errorCode).toBe("ARITY");
  expect((await transact("(+ 1 2)", "#12")).value).toBe(3);
});

test("an account that can't have its coins is not made", async () => {
  const { count } = (await api.get("accounts")).json;
  const refused = await tool("createAccount", { accountKey: KEY, faucet: -1 });
  expect(refused).toMatchObject({ errorCode: "ARGUMENT" });
  expect((await api.get("accounts")).json.count).toBe(count);
});

test("an account is made in one transaction, its controller a number or text", async () => {
  const before = (await api.get("accounts/12")).json.sequence;
  const { address, info } = await tool("createAccount", { accountKey: KEY, faucet: 1_000 });
  expect(info.juice).toBe(4_885);
  expect((await api.get("accounts/12")).json.sequence).toBe(before + 1);
  expect((await api.get(`accounts/${address}`)).json.balance).toBe(1_000);
  for (const [controller, expected] of [
    [8, 8],
    ["#8", 8],
    ["*caller*", 12],
    ["nil", null],
  ] as const) {
    const made = await tool("createAccount", { accountKey: KEY, faucet: 5, controller });
    const path = `[:accounts ${made.address} :controller]`;
    expect((await tool("queryState", { path })).value).toBe(expected);
    expect((await api.get(`accounts/${made.address}`)).json.balance).toBe(5);
  }
});

test("a token may be a number, and is asked through the library of fungible tokens", async () => {
  const source =
    "(def tok (deploy (@convex.fungible/build-token {:supply 1000 :initial-holder *address*})))";
  const { value: token } = await tool("transact", { source, address: "#12", seed });
  for (const name of [token, String(token), `#${token}`]) {
    expect((await tool("getBalance", { address: "#12", token: name })).balance).toBe(1_000);
  }
  const sent = { address: "#12", to: "#13", amount: 0, seed, token };
  expect((await tool("transfer", sent)).value).toBe(0);
  const coins = (await api.get("accounts/12")).json.balance;
  for (const blank of ["", " ", null]) {
    expect((await tool("getBalance", { address: "#12", token: blank })).balance).toBe(coins);
  }
  expect((await tool("getBalance", { address: "#12", token: "nope" })).message).toContain("nope");
  const { info } = await tool("getBalance", { address: "#12", token: 12 });
  expect(info.trace.at(-1)).toContain("convex.fungible");
});

test("a path that leads nowhere in what is defined is nil", async () => {
  const lookup = (getPath: string) => tool("lookup", { address: "#8", symbol: "inc", getPath });
  expect(await lookup("[]")).toMatchObject({ exists: true, value: "inc" });
  expect(await lookup("[:nope 0]")).toMatchObject({ exists: true, value: "nil" });
  expect((await lookup("(")).message).toStartWith("Failed to parse getPath");
  const absent = { address: "#8", symbol: "nope", getPath: "[0]" };
  expect(await tool("lookup", absent)).toEqual({ exists: false });
});

test("algorithms are known in capitals as well", async () => {
  expect(await tool("hash", { value: "abc", algorithm: "SHA256" })).toMatchObject({
    algorithm: "sha256",
  });
});

test("watches end by id whatever path stands beside it, and all of them by an empty path", async () => {
  const session = { "mcp-session-id": "s-1" };
  const headers = { accept: "text/event-stream", ...session };
  const stream = await api.app.fetch(new Request("http://localhost/mcp", { headers }));
  const ask = async (name: string, args: object) =>
    JSON.parse(await toolText(name, JSON.stringify(args), session));
  const { watchId } = await ask("watchState", { path: "[:accounts]" });
  await ask("watchState", { path: "[:accounts 12]" });
  await ask("watchState", { path: "[:peers]" });
  expect(await ask("unwatchState", { watchId, path: "(" })).toEqual({ removed: 1 });
  expect(await ask("unwatchState", { watchId })).toEqual({ removed: 0 });
  expect((await ask("unwatchState", { path: ":accounts" })).message).toContain("vector");
  expect(await ask("unwatchState", { path: "[]" })).toEqual({ removed: 2 });
  await stream.body?.cancel();
});
