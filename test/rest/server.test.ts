// The listener: what comes to it beside sound requests.

import { expect, test } from "bun:test";
import { connect } from "node:net";
import type { WebSocketService } from "../../src/net/websocket.ts";
import { serveApi } from "../../src/rest/server.ts";
import { Challenges, frontResponse } from "../../src/rest/tls/http-front.ts";

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
