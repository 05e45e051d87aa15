// Who asks, and what only the operator may do.

import { afterAll, expect, test } from "bun:test";
import { AddressList, AddressListError } from "../../src/rest/address-list.ts";
import { BearerTokens } from "../../src/rest/bearer-tokens.ts";
import { ApiUnderTest } from "./api-under-test.ts";

const TOKEN = "0123456789abcdef-operator";
let stops = 0;
const operator = { tokens: new BearerTokens([TOKEN]), shutdown: () => stops++ };
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

test("without an operator's token nobody stops the peer", async () => {
  expect((await closed.post("peer/shutdown", "", {})).status).toBe(401);
});

test("a token that could be guessed is no token", () => {
  expect(() => new BearerTokens(["short"])).toThrow("at least 16 characters");
});

test("addresses and networks of an operator's list", () => {
  const list = new AddressList(["10.0.0.0/8", " ::1 ", "fd00::/8", "192.0.2.7"]);
  for (const inside of ["10.1.2.3", "::1", "fd12::3", "192.0.2.7", "::ffff:10.0.0.1"]) {
    expect(list.has(inside)).toBe(true);
  }
  for (const outside of ["11.0.0.1", "::2", "fe80::1", "192.0.2.8", "nonsense", ""]) {
    expect(list.has(outside)).toBe(false);
  }
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
