// Connections whose other end takes nothing of what it is sent: the system ends them.

import { expect, test } from "bun:test";
import { limitUntaken } from "../../src/net/listening-sockets.ts";
import { WebSocketService } from "../../src/net/websocket.ts";
import { serveApi, UNTAKEN_MAX_MS } from "../../src/rest/server.ts";
import { notRun, unlessLinux } from "../not-run.ts";
import { messageScene } from "../peer/message-scene.ts";
import { TestClock } from "../peer/scene.ts";
import { untakenLimits } from "./untaken-limits.ts";

const why = unlessLinux("the time after which the system gives a connection up");
if (why !== null) notRun(why);
const onLinux = test.if(why === null);
const LIMIT_MS = 12_345;

/** An answer that goes on, so that its connection stays. */
const endless = () => new Response(new ReadableStream({ start: (c) => c.enqueue("x") }));

onLinux("the limit of a listener is that of the connections it accepts then", async () => {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: endless });
  const port = server.port as number;
  await fetch(`http://127.0.0.1:${port}/`);
  expect(untakenLimits(port)).toEqual([0]);
  expect(limitUntaken(port, LIMIT_MS)).toBe(true);
  await fetch(`http://127.0.0.1:${port}/`);
  expect(untakenLimits(port).sort()).toEqual([0, LIMIT_MS]);
  await server.stop(true);
  expect(limitUntaken(port, LIMIT_MS)).toBe(false);
});

onLinux("the API has one, soon after it has begun to listen", async () => {
  const { server: messages } = messageScene();
  const accept = () => {};
  const sockets = new WebSocketService({ clock: new TestClock(), memory: messages.memory, accept });
  const service = { app: { fetch: endless }, sockets, refusal: () => null };
  const api = serveApi({ host: "127.0.0.1", port: 0 }, service);
  const { port } = api.address;
  while (!untakenLimits(port).includes(UNTAKEN_MAX_MS)) {
    await fetch(`http://127.0.0.1:${port}/`);
    await Bun.sleep(100);
  }
  await api.stop(true);
});
