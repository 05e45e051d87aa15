// Connections: replies find their requests, time-outs, and remotes that ask too much.

import { describe, expect, test } from "bun:test";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { NO_CELLS } from "../../src/data/cell.ts";
import { encodeMultiCell } from "../../src/data/multi-cell.ts";
import {
  IDLE_TIMEOUT_MS,
  KEEP_ALIVE_MS,
  PING_TIMEOUT_MS,
  REQUEST_TIMEOUT_MS,
  REQUESTS_PER_CONNECTION_MAX,
  TURN_MS,
  UNANSWERED_BYTES,
  UNANSWERED_MAX,
  WRITE_HIGH_WATER_BYTES,
} from "../../src/net/bounds.ts";
import { Connection, type MessageHandler } from "../../src/net/connection.ts";
import { type Message, pingRequest, statusRequest } from "../../src/net/message.ts";
import { Turns } from "../../src/net/turns.ts";
import { TestClock } from "../peer/scene.ts";
import { FakeLink, resultPayload } from "./fake-link.ts";

class Heard implements MessageHandler {
  readonly messages: Message[] = [];
  readonly unreadableOnes: Error[] = [];
  readonly faults: unknown[] = [];
  readonly closings: string[] = [];
  spentMs = 0;
  writableTimes = 0;
  /** Whether payloads are taken before they are read. */
  takesUnread = false;
  onMessage: (connection: Connection, message: Message) => void = () => {};

  message(connection: Connection, message: Message): void {
    this.messages.push(message);
    this.onMessage(connection, message);
  }
  unreadable(_connection: Connection, error: Error): void {
    this.unreadableOnes.push(error);
  }
  fault(_connection: Connection, error: unknown): void {
    this.faults.push(error);
  }
  unread(_connection: Connection, payload: Uint8Array): boolean {
    return this.takesUnread && payload.length > 0;
  }
  writable(): void {
    this.writableTimes++;
  }
  spent(_connection: Connection, ms: number): void {
    this.spentMs += ms;
  }
  closed(_connection: Connection, reason: string): void {
    this.closings.push(reason);
  }
}

function scene(isKeptAlive = false) {
  const clock = new TestClock();
  const heard = new Heard();
  const link = new FakeLink();
  const turns = new Turns(clock, 5);
  const context = { clock, turns, table: CVM_TABLE, source: NO_CELLS, handler: heard };
  const connection = new Connection(link, context, isKeptAlive);
  return { clock, heard, link, context, connection };
}

function soon(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

const STATUS = encodeMultiCell(statusRequest(1));

describe("requests of this side", () => {
  test("get the replies with their ids, in whatever order they come", async () => {
    const { link, connection } = scene();
    const first = connection.request(statusRequest);
    const second = connection.request(pingRequest);
    expect(link.sent.map((p) => Buffer.from(p).toString("hex"))).toEqual([
      "80023302535210",
      "8002330450494e471101",
    ]);
    link.arrive(resultPayload(1, "two".length));
    link.arrive(resultPayload(0, 1));
    expect((await second).value).toBe(3);
    expect((await first).value).toBe(1);
  });

  test("with a longer reply than any that is right count as not answered", async () => {
    const { link, connection } = scene();
    const asked = connection.request(statusRequest, 1_000, 100);
    const long = new Uint8Array(101);
    long.set(resultPayload(0, 1));
    link.arrive(long);
    expect(await asked.catch((error) => error)).toMatchObject({ code: "LENGTH" });
  });

  test("without reply in time are given up, and a late reply is dropped", async () => {
    const { clock, link, connection, heard } = scene();
    const asked = connection.request(statusRequest).catch((error) => error.code);
    clock.advance(REQUEST_TIMEOUT_MS);
    expect(await asked).toBe("TIMEOUT");
    link.arrive(resultPayload(0, 1));
    await soon();
    expect(heard.messages).toEqual([]);
    expect(connection.isOpen).toBe(true);
  });

  test("end with the connection, and are not begun when it is closed or full", async () => {
    const { link, connection } = scene();
    const asked = connection.request(statusRequest).catch((error) => error.code);
    link.close("gone");
    expect(await asked).toBe("CLOSED");
    expect(await connection.request(statusRequest).catch((error) => error.code)).toBe("CLOSED");
    const other = scene();
    other.link.isFull = true;
    expect(await other.connection.request(statusRequest).catch((e) => e.code)).toBe("LOAD");
  });

  test("are bounded in number", async () => {
    const { connection, clock } = scene();
    const codes: string[] = [];
    for (let i = 0; i <= REQUESTS_PER_CONNECTION_MAX; i++) {
      connection.request(statusRequest).catch((error) => codes.push(error.code));
    }
    await soon();
    expect(codes).toEqual(["LOAD"]);
    clock.advance(REQUEST_TIMEOUT_MS);
    await soon();
    expect(codes.length).toBe(REQUESTS_PER_CONNECTION_MAX + 1);
    expect(clock.timers).toBe(0);
  });

  test("are not confused by Results with odd ids or broken bytes", async () => {
    const { link, connection, heard } = scene();
    const asked = connection.request(statusRequest);
    for (const hex of ["dd", "dd05", "dd0500", "dd05200000", "dd0533016101", "ddff"]) {
      link.arrive(Uint8Array.fromHex(hex));
    }
    link.arrive(resultPayload(0, true));
    expect((await asked).value).toBe(true);
    expect(heard.faults).toEqual([]);
  });
});

describe("a remote that asks", () => {
  test("more than it is answered is not read, until it is answered", async () => {
    const { link, connection, heard } = scene();
    heard.onMessage = (c) => c.awaitAnswer(STATUS.length);
    for (let i = 0; i < UNANSWERED_MAX + 10; i++) link.arrive(STATUS);
    for (let i = 0; i < 300 && heard.messages.length < UNANSWERED_MAX; i++) await soon();
    await soon();
    expect(heard.messages.length).toBe(UNANSWERED_MAX);
    expect(link.untaken).toBe(10);
    connection.answered(STATUS.length);
    await soon();
    expect(heard.messages.length).toBe(UNANSWERED_MAX + 1);
  });

  test("in too many bytes is not read either", async () => {
    const { link, connection, heard } = scene();
    heard.onMessage = (c) => c.awaitAnswer(UNANSWERED_BYTES);
    link.arrive(STATUS);
    link.arrive(STATUS);
    await soon();
    expect(heard.messages.length).toBe(1);
    connection.answered(UNANSWERED_BYTES);
    await soon();
    expect(heard.messages.length).toBe(2);
  });

  test("and does not read is not read, until it does", async () => {
    const { link, connection, heard } = scene();
    link.queuedBytes = WRITE_HIGH_WATER_BYTES + 1;
    link.arrive(STATUS);
    await soon();
    expect(heard.messages).toEqual([]);
    expect(connection.isWritable).toBe(false);
    link.drained();
    await soon();
    expect(heard.messages.length).toBe(1);
  });

  test("and reads again after it was full is told to who writes", () => {
    const { link, heard } = scene();
    link.drained();
    expect(heard.writableTimes).toBe(1);
  });

  test("something that is taken unread is not read", async () => {
    const { link, heard } = scene();
    heard.takesUnread = true;
    link.arrive(STATUS);
    await soon();
    expect([link.untaken, heard.messages]).toEqual([0, []]);
  });

  test("in bytes that are no message is reported, and what follows is read", async () => {
    const { link, heard } = scene();
    for (const hex of ["ff", "8001", "80022053", "0000", "d401"]) {
      link.arrive(Uint8Array.fromHex(hex));
    }
    link.arrive(STATUS);
    await soon();
    expect(heard.unreadableOnes.length).toBe(5);
    expect(heard.messages).toEqual([{ type: "STATUS", id: 1 }]);
  });

  test("gives way after each message that takes long to read", async () => {
    const { clock, heard, link, context } = scene();
    const other = new FakeLink({ host: "192.0.2.9", port: 1 });
    const second = new Connection(other, context);
    const order: boolean[] = [];
    heard.onMessage = (connection) => {
      order.push(connection === second);
      clock.advance(TURN_MS);
    };
    for (let i = 0; i < 3; i++) link.arrive(STATUS);
    for (let i = 0; i < 3; i++) other.arrive(STATUS);
    await soon();
    await soon();
    expect(order).toEqual([false, true, false, true, false, true]);
    expect(heard.spentMs).toBe(order.length * TURN_MS);
  });

  test("that is paused is not read, and comes after others", async () => {
    const { heard, link, connection } = scene();
    link.isTrusted = true;
    expect(connection.hasPrecedence).toBe(true);
    connection.pause();
    connection.pause();
    link.arrive(STATUS);
    await soon();
    connection.resume();
    await soon();
    expect(heard.messages).toEqual([]);
    expect(connection.hasPrecedence).toBe(false);
    connection.resume();
    await soon();
    expect(heard.messages.length).toBe(1);
    expect(connection.hasPrecedence).toBe(true);
    expect(connection.unanswered).toBe(0);
  });

  test("something that breaks this side loses its connection, and nothing else happens", async () => {
    const { link, heard } = scene();
    heard.onMessage = () => {
      throw new TypeError("a fault of ours");
    };
    link.arrive(STATUS);
    link.arrive(STATUS);
    await soon();
    expect(heard.faults.length).toBe(1);
    expect(heard.closings).toEqual(["internal error"]);
  });
});

describe("silence", () => {
  test("ends a connection without privilege", () => {
    const { clock, connection, heard } = scene();
    clock.advance(IDLE_TIMEOUT_MS);
    connection.check(clock.now());
    expect(connection.isOpen).toBe(true);
    clock.advance(1);
    connection.check(clock.now());
    expect(heard.closings).toEqual(["nothing was heard of it"]);
  });

  test("of a peer is answered with a question, and an answer is enough", async () => {
    const { clock, connection, link } = scene(true);
    clock.advance(KEEP_ALIVE_MS + 1);
    connection.check(clock.now());
    connection.check(clock.now());
    expect(link.sent.length).toBe(1);
    link.arrive(resultPayload(0, clock.now()));
    await soon();
    clock.advance(PING_TIMEOUT_MS);
    connection.check(clock.now());
    expect(connection.isOpen).toBe(true);
  });

  test("of a peer that says something else than the answer is none", async () => {
    const { clock, connection, link } = scene(true);
    clock.advance(KEEP_ALIVE_MS + 1);
    connection.check(clock.now());
    link.arrive(STATUS);
    await soon();
    clock.advance(PING_TIMEOUT_MS);
    await soon();
    expect(connection.isOpen).toBe(true);
    connection.check(clock.now());
    expect(link.sent.length).toBe(1);
  });

  test("of a peer that gives no answer ends the connection", async () => {
    const { clock, connection, heard } = scene(true);
    clock.advance(KEEP_ALIVE_MS + 1);
    connection.check(clock.now());
    clock.advance(PING_TIMEOUT_MS);
    await soon();
    expect(heard.closings).toEqual(["it gave no sign of life"]);
  });
});
