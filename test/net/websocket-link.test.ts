// A link over a WebSocket that is a table of numbers: when it tells, waits and gives up.

import { expect, test } from "bun:test";
import {
  OWN_BUFFER_BYTES,
  WRITE_HIGH_WATER_BYTES,
  WRITE_QUEUE_BYTES,
  WRITE_TIMEOUT_MS,
} from "../../src/net/bounds.ts";
import { SharedBuffer } from "../../src/net/shared-buffer.ts";
import { WebSocketLink } from "../../src/net/websocket.ts";
import { TestClock } from "../peer/scene.ts";
import { newMemory } from "./loopback.ts";

/** A link on a port that holds what it is sent, and what is heard from the link. */
function scene(memory = newMemory()) {
  const clock = new TestClock();
  const port = { buffered: 0, sent: 0, takes: true, ended: "" };
  const link = new WebSocketLink(
    {
      send: () => {
        if (port.takes) port.sent++;
        return port.takes;
      },
      bufferedBytes: () => port.buffered,
      close: (code, reason) => {
        port.ended = `${code} ${reason}`;
      },
      terminate: () => {
        port.ended = "terminated";
      },
    },
    { host: "192.0.2.1", port: 1 },
    clock,
    memory,
  );
  const heard = { readable: 0, drained: 0, closed: "" };
  const open = () =>
    link.open({
      readable: () => void heard.readable++,
      drained: () => void heard.drained++,
      closed: (reason) => {
        heard.closed = reason;
      },
    });
  return { clock, port, link, heard, open };
}

test("what came before it was opened is told of", () => {
  const { link, heard, open } = scene();
  link.take(new Uint8Array([1]));
  expect(heard.readable).toBe(0);
  open();
  expect(heard.readable).toBe(1);
  expect(link.receive()).toEqual(new Uint8Array([1]));
});

test("more is told of only when all that came has been taken", () => {
  const { link, heard, open } = scene();
  open();
  expect(heard.readable).toBe(0);
  for (let i = 0; i < 3; i++) link.take(new Uint8Array([i]));
  expect(heard.readable).toBe(1);
  for (let i = 0; i < 3; i++) expect(link.receive()).toEqual(new Uint8Array([i]));
  expect(link.receive()).toBeNull();
  link.take(new Uint8Array([3]));
  expect(heard.readable).toBe(2);
});

test("a message is taken that the queue has room for, and any where nothing waits", () => {
  const { link, port } = scene();
  const message = new Uint8Array(1000);
  port.buffered = WRITE_QUEUE_BYTES - 1000;
  expect(link.send(message)).toBe(true);
  port.buffered = WRITE_QUEUE_BYTES - 999;
  expect(link.send(message)).toBe(false);
  port.buffered = 0;
  expect(link.send(new Uint8Array(WRITE_QUEUE_BYTES + 1))).toBe(true);
  port.takes = false;
  expect(link.send(message)).toBe(false);
  expect(port.sent).toBe(2);
});

test("that much has left is told once, when half of it has", () => {
  const { link, port, heard, open } = scene();
  open();
  link.send(new Uint8Array(1));
  link.drain();
  port.buffered = WRITE_HIGH_WATER_BYTES + 1;
  link.send(new Uint8Array(1));
  expect(link.queuedBytes).toBe(port.buffered);
  port.buffered = WRITE_HIGH_WATER_BYTES / 2 + 1;
  link.drain();
  expect(heard.drained).toBe(0);
  port.buffered = WRITE_HIGH_WATER_BYTES / 2;
  link.drain();
  link.drain();
  expect(heard.drained).toBe(1);
});

test("who reads nothing for too long loses the connection; who reads a little does not", () => {
  const { clock, link, port, heard, open } = scene();
  open();
  port.buffered = 1000;
  link.check(clock.now());
  for (let i = 0; i < 3; i++) {
    clock.advance(WRITE_TIMEOUT_MS);
    port.buffered--;
    link.check(clock.now());
  }
  clock.advance(WRITE_TIMEOUT_MS);
  link.check(clock.now());
  expect(link.isOpen).toBe(true);
  clock.advance(1);
  link.check(clock.now());
  expect([link.isOpen, port.ended]).toEqual([false, "terminated"]);
  expect(heard.closed).toBe("it does not read what it is sent");
  expect(link.queuedBytes).toBe(0);
});

test("what has left is seen when nobody says so, and when the socket does", () => {
  const { clock, link, port, heard, open } = scene();
  open();
  port.buffered = WRITE_HIGH_WATER_BYTES + 1;
  link.send(new Uint8Array(1));
  port.buffered = 0;
  link.check(clock.now());
  expect(heard.drained).toBe(1);
  port.buffered = 1000;
  link.check(clock.now());
  clock.advance(WRITE_TIMEOUT_MS);
  link.drain();
  clock.advance(1);
  link.check(clock.now());
  expect(link.isOpen).toBe(true);
});

test("where nothing waits nobody is given up, however long it lasts", () => {
  const { clock, link } = scene();
  for (let i = 0; i < 3; i++) {
    clock.advance(WRITE_TIMEOUT_MS + 1);
    link.check(clock.now());
  }
  expect(link.isOpen).toBe(true);
});

test("the end is told once, and nothing is taken or sent behind it", () => {
  const { link, port, heard, open } = scene();
  open();
  link.close("x".repeat(200));
  expect(port.ended).toBe(`1000 ${"x".repeat(120)}`);
  link.lost("again");
  expect(heard.closed).toBe("x".repeat(200));
  link.take(new Uint8Array([1]));
  expect([link.receive(), link.send(new Uint8Array(1)), heard.readable]).toEqual([null, false, 0]);
});

test("what waits to be sent counts for the memory of all, and the largest gives way", () => {
  const own = OWN_BUFFER_BYTES;
  const memory = { ...newMemory(), writing: new SharedBuffer(1_000, own) };
  const [a, b] = [scene(memory), scene(memory)];
  for (const { open } of [a, b]) open();
  a.port.buffered = own + 600;
  expect(a.link.send(new Uint8Array(1))).toBe(true);
  expect(memory.writing.usedBytes).toBe(600);
  a.port.buffered = own + 500;
  a.link.drain();
  expect(memory.writing.usedBytes).toBe(500);
  a.port.buffered = own + 400;
  a.link.check(a.clock.now());
  expect(memory.writing.usedBytes).toBe(400);
  b.port.buffered = own + 601;
  expect(b.link.send(new Uint8Array(1))).toBe(false);
  expect([a.port.ended, b.port.ended]).toEqual(["", "terminated"]);
  expect(b.heard.closed).toBe("what it does not read needs memory that others need more");
  expect(memory.writing.usedBytes).toBe(400);
  a.link.lost("gone");
  expect(memory.writing.usedBytes).toBe(0);
});

test("a link that is closed keeps nothing that is not read", () => {
  const [clean, unread] = [scene(), scene()];
  for (const { open } of [clean, unread]) open();
  unread.port.buffered = 1;
  for (const { link } of [clean, unread]) link.close("enough");
  expect([clean.port.ended, unread.port.ended]).toEqual(["1000 enough", "terminated"]);
  expect([clean.heard.closed, unread.heard.closed]).toEqual(["enough", "enough"]);
});
