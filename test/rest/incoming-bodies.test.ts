// Bodies on their way: in pieces, held back, and more of them than there is room for.

import { expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { SYSTEM_CLOCK } from "../../src/peer/clock.ts";
import { Access } from "../../src/rest/access/access.ts";
import {
  BodiesFullError,
  bodyReader,
  IncomingBodies,
  ROOM_BYTES,
} from "../../src/rest/incoming-bodies.ts";
import { serveApi } from "../../src/rest/server.ts";
import { WorkLane } from "../../src/rest/work-lane.ts";
import { workMs } from "../work-time.ts";
import { ApiUnderTest } from "./api-under-test.ts";

const MEGABYTE = 2 ** 20;
const ANY_LENGTH = Number.MAX_SAFE_INTEGER;

/** A body that comes as it is told, with a promise of all of it. */
function body(bodies: IncomingBodies, headers: Record<string, string> = {}) {
  const counted: number[] = [];
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const request = new Request("http://localhost/", { method: "POST", headers, body: readable });
  bodies.expect(request, (bytes) => counted.push(bytes));
  const writer = writable.getWriter();
  // Of a body that is not read any more nothing can be written.
  writer.closed.catch(() => {});
  const read = (bytesMax = ANY_LENGTH) => bodyReader(request)?.(bytesMax);
  return { writer, read, counted };
}

const newBodies = () => new IncomingBodies(new WorkLane(SYSTEM_CLOCK));

test("a body in pieces is put together, and counts when its length was not declared", async () => {
  const bodies = newBodies();
  for (const headers of [{}, { "content-length": "3000" }]) {
    const { writer, read, counted } = body(bodies, headers);
    const whole = read();
    for (let i = 0; i < 3_000; i += 500) await writer.write(new Uint8Array(500).fill(i / 500));
    await writer.close();
    const bytes = (await whole) as Uint8Array;
    expect([...bytes]).toEqual(Array.from({ length: 3_000 }, (_, i) => Math.floor(i / 500)));
    expect(counted).toEqual("content-length" in headers ? [] : [3_000]);
  }
  expect(bodies.heldBytes).toBe(0);
});

test("what a body in pieces takes is what is kept for it, room for more of it as well", async () => {
  const bodies = newBodies();
  const { writer, read } = body(bodies);
  const whole = read();
  for (let i = 0; i < 3; i++) await writer.write(new Uint8Array(MEGABYTE));
  await Bun.sleep(0);
  // The second did not fit behind the first, which had it doubled.
  expect(bodies.heldBytes).toBe(4 * MEGABYTE);
  await writer.close();
  expect(await whole).toHaveLength(3 * MEGABYTE);
  expect(bodies.heldBytes).toBe(0);
});

test("a body may come in more pieces when these are no small ones", async () => {
  const pieces = 12_000;
  for (const [bytes, outcome] of [
    [150, pieces * 150],
    [10, "The body comes in too many pieces"],
  ] as const) {
    const { writer, read } = body(newBodies());
    const whole = read()?.then(
      ({ length }) => length,
      ({ message }) => message,
    );
    const write = async () => {
      for (let i = 0; i < pieces; i++) await writer.write(new Uint8Array(bytes));
      await writer.close();
    };
    // Of the one that is refused not all can be written.
    await write().catch(() => {});
    expect(await whole).toBe(outcome);
  }
});

test("one that is declared to be short needs no room", () => {
  expect(body(newBodies(), { "content-length": "2048" }).read()).toBeUndefined();
});

test("where there is no room the oldest that is not whole gives way", async () => {
  const bodies = newBodies();
  const some = Array.from({ length: ROOM_BYTES / MEGABYTE }, () => body(bodies));
  const outcomes = some.map(({ read }) =>
    read()?.then(
      () => "read",
      (error) => error.constructor.name,
    ),
  );
  for (const { writer } of some) await writer.write(new Uint8Array(MEGABYTE));
  expect(bodies.heldBytes).toBe(ROOM_BYTES);
  const last = body(bodies);
  const whole = last.read();
  await last.writer.write(new Uint8Array(MEGABYTE));
  expect(await outcomes[0]).toBe(BodiesFullError.name);
  await last.writer.close();
  expect(await whole).toHaveLength(MEGABYTE);
  await Promise.all(some.slice(1).map(({ writer }) => writer.close()));
  expect(await Promise.all(outcomes.slice(1))).toEqual(some.slice(1).map(() => "read"));
  expect(bodies.heldBytes).toBe(0);
  expect(some[0]?.counted).toEqual([MEGABYTE]);
});

/** Answers of a peer's API on a socket of its own. */
async function withServer(use: (port: number, api: ApiUnderTest) => Promise<void>): Promise<void> {
  const api = new ApiUnderTest(true, {
    access: new Access({ allow: null, tokens: null, routes: null, rate: null }),
  });
  const sockets = { handlers: { message() {} }, upgrade: () => null };
  const service = { app: api.app, sockets: sockets as never, refusal: () => null };
  const server = serveApi({ host: "127.0.0.1", port: 0 }, service);
  try {
    await use(server.address.port, api);
  } finally {
    await server.stop(true);
    api.metrics.close();
    api.feed.close();
    await api.peer.close();
  }
}

const POST = "POST /api/v1/query HTTP/1.1\r\nHost: localhost\r\n";

/** The first line that is answered to what is written. */
function statusLine(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.setEncoding("latin1");
    socket.on("data", (answer) => {
      socket.destroy();
      resolve(String(answer).split("\r\n")[0] ?? "");
    });
    socket.on("error", reject);
  });
}

test("a body in a million pieces is refused, and holds up nobody", async () => {
  await withServer(async (port, { faults }) => {
    const text = `{"source":"1"${" ".repeat(900_000)}}`;
    const chunks = [...text].map((byte) => `1\r\n${byte}\r\n`).join("");
    let longestMs = 0;
    let lastMs = workMs();
    const ticking = setInterval(() => {
      longestMs = Math.max(longestMs, workMs() - lastMs);
      lastMs = workMs();
    }, 5);
    const head = `${POST}Transfer-Encoding: chunked\r\n\r\n`;
    expect(await statusLine(port, `${head}${chunks}0\r\n\r\n`)).toBe("HTTP/1.1 400 Bad Request");
    clearInterval(ticking);
    // 1.5 s before.
    expect(longestMs).toBeLessThan(700);
    const few = [...'{"source":"1"}'].map((byte) => `1\r\n${byte}\r\n`).join("");
    expect(await statusLine(port, `${head}${few}0\r\n\r\n`)).toBe("HTTP/1.1 200 OK");
    expect(faults).toEqual([]);
  });
});

test("bodies that never end take no more than the room there is", async () => {
  await withServer(async (port, { faults }) => {
    const part = `{"source":"${"x".repeat(1_900_000)}`;
    const statuses: string[] = [];
    const sockets = Array.from({ length: 60 }, () => {
      const socket = connect(port, "127.0.0.1", () =>
        socket.write(`${POST}Content-Length: 2000000\r\n\r\n${part}`),
      );
      socket.on("error", () => {});
      socket.on("data", (bytes) => statuses.push(String(bytes).split("\r\n")[0] ?? ""));
      return socket;
    });
    while (statuses.length < 20) await Bun.sleep(10);
    const short = '{"source":"1"}';
    const head = `${POST}Content-Length: ${short.length}\r\n\r\n`;
    expect(await statusLine(port, head + short)).toBe("HTTP/1.1 200 OK");
    for (const socket of sockets) socket.destroy();
    expect(new Set(statuses)).toEqual(new Set(["HTTP/1.1 503 Service Unavailable"]));
    expect(faults).toEqual([]);
  });
});
