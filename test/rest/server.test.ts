// The listener: what comes to it beside sound requests.

import { expect, test } from "bun:test";
import { connect } from "node:net";
import type { WebSocketService } from "../../src/net/websocket.ts";
import { AddressList } from "../../src/rest/access/address-list.ts";
import { Clients } from "../../src/rest/access/clients.ts";
import { serveApi } from "../../src/rest/server.ts";
import { Challenges, frontResponse } from "../../src/rest/tls/http-front.ts";

import { ApiUnderTest } from "./api-under-test.ts";

/** Host headers that make no address. */
const BAD_HOSTS = ["[", "a b", "x?", "%zz", "x:99999999"];

/** What is answered to a request as it is written. */
function exchanged(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(request));
    socket.setEncoding("latin1");
    socket.on("data", (text) => {
      socket.destroy();
      resolve(String(text));
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(""));
  });
}

test("a Host that makes no address gets the answer of the API, as any other", async () => {
  const sockets = { handlers: { message() {} }, upgrade: () => new Response("upgraded") };
  const server = serveApi(
    { host: "127.0.0.1", port: 0 },
    {
      app: { fetch: () => new Response("of the API", { status: 404 }) },
      sockets: sockets as unknown as WebSocketService,
      refusal: () => null,
    },
  );
  try {
    const { port } = server.address;
    for (const host of BAD_HOSTS) {
      const answer = await exchanged(port, `GET /ws HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      expect(answer).toStartWith("HTTP/1.1 404 ");
      expect(answer).toEndWith("of the API");
    }
    const sound = await exchanged(port, "GET /ws HTTP/1.1\r\nHost: localhost\r\n\r\n");
    expect(sound).toEndWith("upgraded");
  } finally {
    await server.stop(true);
  }
});

test("whatever is asked for is the API's to answer", async () => {
  const sockets = { handlers: { message() {} }, upgrade: () => null };
  const server = serveApi(
    { host: "127.0.0.1", port: 0 },
    {
      app: { fetch: () => new Response("of the API", { status: 404 }) },
      sockets: sockets as unknown as WebSocketService,
      refusal: () => null,
    },
  );
  try {
    for (const path of ["/bun:info", "/src:/main.ts", "/_bun/hmr"]) {
      const answer = await exchanged(
        server.address.port,
        `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
      );
      expect([path, answer.slice(-10)]).toEqual([path, "of the API"]);
    }
    const { address } = server;
    expect(() =>
      Bun.serve({
        hostname: address.host,
        port: address.port,
        reusePort: true,
        fetch: () => new Response(),
      }),
    ).toThrow();
  } finally {
    await server.stop(true);
  }
});

test("a WebSocket behind a named proxy is its client's", async () => {
  const upgrade: WebSocketService["upgrade"] = (_request, _server, origin) =>
    new Response(`from ${origin?.(1)?.host}`);
  const sockets = { handlers: { message() {} }, upgrade } as unknown as WebSocketService;
  const app = { fetch: () => new Response() };
  const hostsBehind = async (proxies: string[]) => {
    const clients = new Clients(new AddressList(proxies));
    const server = serveApi(
      { host: "127.0.0.1", port: 0 },
      { app, sockets, refusal: () => null, forwarded: (...args) => clients.forwarded(...args) },
    );
    const head = "GET /ws HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.7:50001\r\n\r\n";
    const answer = await exchanged(server.address.port, head);
    await server.stop(true);
    return answer.split("\r\n\r\n")[1];
  };
  expect(await hostsBehind(["127.0.0.1"])).toBe("from 192.0.2.7");
  expect(await hostsBehind([])).toBe("from undefined");
});

test("a request of HTTP/1.0 needs no Host", async () => {
  const api = new ApiUnderTest();
  const sockets = { handlers: { message() {} }, upgrade: () => null };
  const server = serveApi(
    { host: "127.0.0.1", port: 0 },
    { app: api.app, sockets: sockets as unknown as WebSocketService, refusal: () => null },
  );
  try {
    const { port } = server.address;
    for (const path of ["/api/v1/status", "/api/v1/blocks?limit=1", "//api/v1/status"]) {
      const answer = await exchanged(port, `GET ${path} HTTP/1.0\r\n\r\n`);
      expect([path, answer.slice(0, 13)]).toEqual([
        path,
        path.startsWith("//") ? "HTTP/1.1 404 " : "HTTP/1.1 200 ",
      ]);
    }
    const query = '{"source":"(+ 1 2)"}';
    const head = `POST /api/v1/query HTTP/1.0\r\nContent-Length: ${query.length}\r\n\r\n`;
    expect(await exchanged(port, head + query)).toContain('"value": 3');
    const call = '{"jsonrpc":"2.0","id":7,"method":"ping"}';
    const mcp = `POST /mcp HTTP/1.0\r\nContent-Length: ${call.length}\r\n\r\n`;
    expect(await exchanged(port, mcp + call)).toContain('"id":7');
    expect(api.faults).toEqual([]);
  } finally {
    await server.stop(true);
    api.metrics.close();
    api.feed.close();
    api.sessions.closeAll();
    await api.peer.close();
  }
});

test("nor does it trouble the port of plain HTTP", async () => {
  const challenges = new Challenges();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) => frontResponse(request, challenges, 443),
  });
  try {
    for (const host of BAD_HOSTS) {
      const answer = await exchanged(
        server.port as number,
        `GET /.well-known/acme-challenge/x HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1.1 40[04] /);
    }
  } finally {
    await server.stop(true);
  }
});

/**
 * Begins a request, and goes away before its body is whole.
 * @param begun how many requests have been
 */
async function abandoned(
  port: number,
  request: string,
  begun: () => Promise<number>,
): Promise<void> {
  const before = await begun();
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write(request);
  while ((await begun()) === before) await Bun.sleep(1);
  socket.destroy();
}

test("a client that goes away in the middle of its body is no fault of the peer's", async () => {
  const api = new ApiUnderTest();
  const sockets = { handlers: { message() {} }, upgrade: () => null };
  const server = serveApi(
    { host: "127.0.0.1", port: 0 },
    {
      app: api.app,
      sockets: sockets as unknown as WebSocketService,
      refusal: () => null,
    },
  );
  const sum = async (pattern: RegExp) =>
    [...(await api.metrics.text()).matchAll(pattern)].reduce((all, [, n]) => all + Number(n), 0);
  const begun = () => sum(/^convex_http_requests_(?:open|total\{.*\}) (\d+)/gm);
  const refusals = () => sum(/requests_total\{kind="mcp",status="4xx"\} (\d+)/g);
  try {
    const { port } = server.address;
    const head = "HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    for (const path of ["/api/v1/query", "/api/v1/message", "/mcp"]) {
      await abandoned(port, `POST ${path} ${head}Content-Length: 100\r\n\r\n{`, begun);
      await abandoned(
        port,
        `POST ${path} ${head}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`,
        begun,
      );
    }
    while ((await refusals()) < 2) await Bun.sleep(1);
    expect(await refusals()).toBe(2);
    expect(api.faults).toEqual([]);
  } finally {
    await server.stop(true);
    api.metrics.close();
    api.feed.close();
    await api.peer.close();
  }
});
