// Who a request is from, as its headers and the socket tell.

import { describe, expect, test } from "bun:test";
import type { Context } from "hono";
import { AddressList } from "../../../src/rest/access/address-list.ts";
import { Clients, type RequestEnvironment } from "../../../src/rest/access/clients.ts";

const PROXY = "10.0.0.1";
const behind = new Clients(new AddressList([PROXY]));
const direct = new Clients(new AddressList([]));

type Headers = Record<string, string>;

function requestWith(headers: Headers): Request {
  return new Request("http://inside:8080/x", { headers });
}

function contextOf(env: RequestEnvironment | undefined, headers: Headers = {}): Context {
  const { url, headers: given } = requestWith(headers);
  const req = { url, header: (name: string) => given.get(name) ?? undefined };
  return { env, req } as unknown as Context;
}

const HOPS = { "x-forwarded-for": "203.0.113.9, 192.0.2.1" };

describe("the address of a client", () => {
  test.each([
    [PROXY, HOPS, "192.0.2.1"],
    [PROXY, {}, PROXY],
    [PROXY, { "x-forwarded-for": `192.0.2.1, ${PROXY}, ` }, "192.0.2.1"],
    ["192.0.2.7", HOPS, "192.0.2.7"],
    ["::ffff:192.0.2.7", HOPS, "192.0.2.7"],
    [undefined, HOPS, "unknown"],
  ] as const)("from %p with %j is %p", (remote, headers, expected) => {
    expect(behind.address(contextOf({ remote }, headers))).toBe(expected);
    expect(behind.asker(requestWith(headers), { remote }).address()).toBe(expected);
  });

  test("is unknown where the listener tells nothing", () => {
    expect(behind.address(contextOf(undefined, HOPS))).toBe("unknown");
  });

  test("is forwarded by a named proxy alone", () => {
    expect(behind.forwarded(requestWith(HOPS), { remote: PROXY })).toBe("192.0.2.1");
    expect(behind.forwarded(requestWith(HOPS), { remote: "192.0.2.7" })).toBeNull();
    expect(behind.forwarded(requestWith(HOPS), {})).toBeNull();
  });
});

describe("an asker", () => {
  test("is on this machine when the listener hears it alone, and no proxy", () => {
    const isLocal = (clients: Clients, environment: RequestEnvironment) =>
      clients.asker(requestWith({}), environment).isLocal;
    expect(isLocal(direct, { isLocal: true })).toBe(true);
    expect(isLocal(direct, {})).toBe(false);
    expect(isLocal(behind, { isLocal: true })).toBe(false);
  });

  test("declares the length of its body, or none", () => {
    const bytes = (headers: Headers) => direct.asker(requestWith(headers), {}).bodyBytes();
    expect(bytes({ "content-length": "12" })).toBe(12);
    expect(bytes({ "content-length": "many" })).toBe(0);
    expect(bytes({})).toBe(0);
  });
});

describe("the API as the client knows it", () => {
  const forwarded = { "x-forwarded-proto": "https", "x-forwarded-host": "peer.example:99, b" };

  test.each([
    [{ remote: PROXY }, forwarded, "https://peer.example:99"],
    [{ remote: PROXY }, { "x-forwarded-proto": "http" }, "http://inside:8080"],
    [{ remote: PROXY, isSecure: true }, {}, "https://inside:8080"],
    [{ remote: "192.0.2.7" }, forwarded, "http://inside:8080"],
    [{ remote: "192.0.2.7", isSecure: true }, { host: "named" }, "https://named"],
  ] as const)("from %j with %j it is at %p", (environment, headers, expected) => {
    expect(behind.baseUrl(contextOf(environment, headers))).toBe(expected);
  });

  test("a host's name is without its port", () => {
    expect(behind.hostName(contextOf({ remote: PROXY }, forwarded))).toBe("peer.example");
  });
});

test.each([
  [{ remote: PROXY }, { "x-forwarded-proto": "https" }, true],
  [{ remote: PROXY, isSecure: true }, { "x-forwarded-proto": "http" }, false],
  [{ remote: PROXY, isSecure: true }, {}, false],
  [{ remote: "192.0.2.7" }, { "x-forwarded-proto": "https" }, false],
  [{ remote: "192.0.2.7", isSecure: true }, {}, true],
  [{ remote: "::ffff:127.0.0.1" }, {}, true],
  [{}, {}, false],
] as const)("that nobody reads along from %j with %j is %p", (environment, headers, expected) => {
  expect(behind.isConfidential(contextOf(environment, headers))).toBe(expected);
});

test("who has asked is known when the connection has gone", () => {
  const connection: { remote: string | undefined } = { remote: "192.0.2.7" };
  const request = new Request("http://localhost/", { method: "POST" });
  const asker = new Clients(new AddressList([])).asker(request, connection);
  expect(asker.address()).toBe("192.0.2.7");
  connection.remote = undefined;
  expect(asker.address()).toBe("192.0.2.7");
});
