// The same messages over WebSocket: both sides, what is refused, and remotes that ask too much.

import { afterEach, expect, test } from "bun:test";
import { OWN_BUFFER_BYTES, WEBSOCKET_MESSAGE_BYTES } from "../../src/net/bounds.ts";
import { DialError } from "../../src/net/dial.ts";
import type { Link } from "../../src/net/link.ts";
import {
  WEBSOCKET_PATH,
  type WebSocketData,
  type WebSocketLink,
  WebSocketService,
} from "../../src/net/websocket.ts";
import { stillThere } from "../in-memory.ts";
import { TestClock } from "../peer/scene.ts";
import { newMemory, until } from "./loopback.ts";
import { dialWebSocket } from "./websocket-client.ts";

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

function serve(connectionsMax = 10) {
  const clock = new TestClock();
  const memory = newMemory();
  const links: WebSocketLink[] = [];
  /** Whose address clients seem to have; null: their own. */
  const seeming: { origin: string | null } = { origin: null };
  const service = new WebSocketService({
    clock,
    memory,
    accept: (link) => links.push(link),
    connectionsMax,
  });
  const server = Bun.serve<WebSocketData>({
    hostname: "127.0.0.1",
    port: 0,
    websocket: service.handlers,
    fetch: (request, bun) => {
      const { origin } = seeming;
      const from = (port: number) => (origin === null ? undefined : { host: origin, port });
      const upgraded = service.upgrade(request, bun, from);
      return upgraded === null ? new Response("page") : upgraded;
    },
  });
  stops.push(() => server.stop(true));
  const url = `ws://127.0.0.1:${server.port}${WEBSOCKET_PATH}`;
  return Object.assign(seeming, { clock, memory, links, service, url, port: server.port });
}

async function dial({ clock, memory, url }: ReturnType<typeof serve>): Promise<WebSocketLink> {
  const link = await dialWebSocket(url, { clock, memory });
  stops.push(() => link.close("test"));
  return link;
}

/** Everything that comes on a link. */
function collect(link: Link): { readonly payloads: Uint8Array[]; reason: string | null } {
  const heard = { payloads: [] as Uint8Array[], reason: null as string | null };
  link.open({
    readable: () => {
      for (let p = link.receive(); p !== null; p = link.receive()) heard.payloads.push(p);
    },
    drained: () => {},
    closed: (reason) => {
      heard.reason = reason;
    },
  });
  return heard;
}

test("payloads go both ways, and the end is told", async () => {
  const served = serve();
  const link = await dial(served);
  const heard = collect(link);
  await until(() => served.links.length === 1);
  const server = served.links[0] as WebSocketLink;
  const atServer = collect(server);
  for (let i = 1; i < 100; i++) link.send(new Uint8Array(i).fill(i));
  await until(() => atServer.payloads.length === 99);
  expect(atServer.payloads[41]).toEqual(new Uint8Array(42).fill(42));
  server.send(new Uint8Array(3_000_000));
  await until(() => heard.payloads.length === 1);
  expect(heard.payloads[0]?.length).toBe(3_000_000);
  expect(server.remote.host).toBe("127.0.0.1");
  server.close("enough");
  await until(() => heard.reason !== null);
  expect(heard.reason).toBe("enough");
  expect(served.service.count).toBe(0);
  expect(link.send(new Uint8Array(1))).toBe(false);
});

test("other paths and requests that are no handshake are answered as such", async () => {
  const { port } = serve();
  const base = `http://127.0.0.1:${port}`;
  expect(await (await fetch(`${base}/other`)).text()).toBe("page");
  expect((await fetch(`${base}${WEBSOCKET_PATH}`)).status).toBe(426);
});

test("text, empty and too long messages end the connection", async () => {
  const served = serve();
  const hostile: readonly (string | Uint8Array)[] = [
    "text",
    new Uint8Array(0),
    new Uint8Array(WEBSOCKET_MESSAGE_BYTES + 1),
  ];
  let opened = 0;
  for (const message of hostile) {
    const socket = new WebSocket(served.url);
    let isClosed = false;
    socket.onopen = () => {
      opened++;
      socket.send(message);
    };
    socket.onclose = () => {
      isClosed = true;
    };
    await until(() => isClosed);
  }
  expect(opened).toBe(hostile.length);
  await until(() => served.service.count === 0);
});

test("who sends faster than it is taken loses the connection", async () => {
  const served = serve();
  const link = await dial(served);
  await until(() => served.links.length === 1);
  const reason = new Promise((resolve) => {
    served.links[0]?.open({ readable: () => {}, drained: () => {}, closed: resolve });
  });
  for (let i = 0; i < 9_000; i++) link.send(new Uint8Array([1]));
  expect(await reason).toBe("it sends faster than it is answered");
  expect(served.memory.reading.usedBytes).toBe(0);
});

test("what was taken is let go, although more waits", async () => {
  const served = serve();
  const link = await dial(served);
  await until(() => served.links.length === 1);
  const [taking] = served.links as [WebSocketLink];
  taking.open({ readable: () => {}, drained: () => {}, closed: () => {} });
  for (let i = 0; i < 101; i++) link.send(new Uint8Array(1_000).fill(i));
  await until(() => served.memory.reading.usedBytes === 101_000 - OWN_BUFFER_BYTES);
  const held: WeakRef<Uint8Array>[] = [];
  for (let i = 0; i < 100; i++) held.push(new WeakRef(taking.receive() as Uint8Array));
  expect(await stillThere(held)).toBeLessThan(10);
});

test("the number of WebSockets is bounded", async () => {
  const served = serve(2);
  await dial(served);
  await dial(served);
  const error = await dialWebSocket(served.url, served).catch((e) => e);
  expect(error).toBeInstanceOf(DialError);
  expect(served.service.count).toBe(2);
});

test("who has none gets the place of one of many, and nobody does by what is no handshake", async () => {
  const served = serve(2);
  await dial(served);
  await dial(served);
  const get = (headers: Record<string, string>) =>
    fetch(`http://127.0.0.1:${served.port}${WEBSOCKET_PATH}`, { headers });
  served.origin = "192.0.2.7";
  expect((await get({})).status).toBe(426);
  expect(served.service.count).toBe(2);
  const [first, latest] = served.links as [WebSocketLink, WebSocketLink];
  const heard = collect(latest);
  const link = await dial(served);
  await until(() => heard.reason !== null);
  expect(heard.reason).toBe("a new connection needed its place");
  expect([first.isOpen, link.isOpen, served.service.count]).toEqual([true, true, 2]);
  const error = await dialWebSocket(served.url, served).catch((e) => e);
  expect(error).toBeInstanceOf(DialError);
});
