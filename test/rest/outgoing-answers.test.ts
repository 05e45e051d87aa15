// Large answers: whole for who reads them, and bounded where nobody does.

import { expect, test } from "bun:test";
import { connect } from "node:net";
import { OUTGOING, OutgoingAnswers, ROOM } from "../../src/rest/outgoing-answers.ts";
import { ApiUnderTest } from "./api-under-test.ts";

const KILOBYTE = 1_024;

const textOf = (answers: OutgoingAnswers, content: string | Uint8Array) =>
  new Response(answers.body(content)).text();

test("what is sent is what there is, without a cut in a character", async () => {
  const answers = new OutgoingAnswers();
  for (const text of [
    "",
    "short",
    "a".repeat(300 * KILOBYTE),
    `a${"😀".repeat(200 * KILOBYTE)}é`,
  ]) {
    expect((await textOf(answers, text)) === text).toBe(true);
    expect((await textOf(answers, new TextEncoder().encode(text))) === text).toBe(true);
  }
  expect(answers.held).toBe(0);
});

test("an answer that nobody reads, or not to its end, is not kept", async () => {
  const answers = new OutgoingAnswers();
  const unread = answers.body("a".repeat(KILOBYTE * KILOBYTE));
  expect(answers.held).toBe(0);
  const reader = (answers.body("b".repeat(KILOBYTE * KILOBYTE)) as ReadableStream).getReader();
  expect((await reader.read()).value).toHaveLength(64 * KILOBYTE);
  expect(answers.held).toBe(KILOBYTE * KILOBYTE);
  await reader.cancel();
  expect(answers.held).toBe(0);
  expect(unread).toBeInstanceOf(ReadableStream);
});

test("clients that take nothing are cut off for those that come later", async () => {
  const answers = new OutgoingAnswers();
  const large = "x".repeat(ROOM / 8);
  let asked = 0;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    development: false,
    fetch: () => {
      asked++;
      return new Response(answers.body(large));
    },
  });
  try {
    for (let i = 1; i <= 12; i++) {
      const socket = connect(server.port as number, "127.0.0.1", () =>
        socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
      );
      socket.pause();
      const held = Math.min(ROOM, (i * ROOM) / 8);
      while (asked < i || answers.held < held) await Bun.sleep(5);
      expect(answers.held).toBe(held);
    }
    expect((await (await fetch(server.url)).text()) === large).toBe(true);
    expect(answers.held).toBe((7 * ROOM) / 8);
  } finally {
    await server.stop(true);
  }
});

test("who goes on reading is not cut off for who has stopped later", async () => {
  const answers = new OutgoingAnswers();
  const large = new Uint8Array(ROOM / 2);
  const readerOf = () => (answers.body(large) as ReadableStream<Uint8Array>).getReader();
  const [first, second, third] = [readerOf(), readerOf(), readerOf()];
  for (const reader of [first, second, first, third]) await reader.read();
  expect(answers.held).toBe(ROOM);
  expect((await first.read()).value).toHaveLength(64 * KILOBYTE);
  expect(second.read()).rejects.toThrow("others want their answers");
  await Promise.all([first.cancel(), third.cancel()]);
  expect(answers.held).toBe(0);
});

test("large answers of every kind count while they are read", async () => {
  const api = new ApiUnderTest();
  const source = '(loop [i 0 s "0123456789abcdef"] (if (< i 15) (recur (inc i) (str s s)) s))';
  const call = { jsonrpc: "2.0", id: 1, method: "tools/call" };
  const tool = JSON.stringify({ ...call, params: { name: "query", arguments: { source } } });
  const query = JSON.stringify({ source });
  await api.submit(source);
  const page = `/explorer/blocks/${api.peer.position - 1}/txs/0`;
  for (const [method, path, accept, body] of [
    ["POST", "/api/v1/query", "application/json", query],
    ["POST", "/api/v1/query", "text/html", query],
    ["POST", "/mcp", "application/json", tool],
    ["POST", "/mcp", "text/event-stream", tool],
    ["GET", page, "text/html", null],
  ] as const) {
    const init = { method, headers: { accept }, body };
    const response = await api.app.fetch(new Request(`http://localhost${path}`, init));
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    expect([accept, path, OUTGOING.held > 500_000]).toEqual([accept, path, true]);
    await reader.cancel();
    expect(OUTGOING.held).toBe(0);
  }
  expect(api.faults).toEqual([]);
  api.metrics.close();
  api.feed.close();
  await api.peer.close();
});
