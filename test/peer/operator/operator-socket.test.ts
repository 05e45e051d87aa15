// The operator's socket in a folder where something else is in its place, and with clients that
// speak it badly.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OperatorReply } from "../../../src/peer/operator/operator-commands.ts";
import {
  askPeer,
  type OperatorHandler,
  OperatorSocket,
  OperatorSocketError,
} from "../../../src/peer/operator/operator-socket.ts";

let folder: string;
let path: string;
let asked: number;

const ECHO: OperatorHandler = {
  handle: (request) => {
    asked++;
    return { ok: true, result: (request as { command: unknown }).command };
  },
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "convex-socket-"));
  path = join(folder, "operator.sock");
  asked = 0;
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a socket is opened", () => {
  test.each([
    ["a link to nothing", () => symlinkSync(join(folder, "nowhere"), path)],
    ["a link to a file", () => symlinkSync(join(folder, "file"), path)],
    ["a file", () => writeFileSync(path, "")],
    ["the socket of a process that was killed", () => new OperatorSocket(path, ECHO)],
  ])("in the place of %s", async (_, put) => {
    writeFileSync(join(folder, "file"), "kept");
    put();
    const socket = new OperatorSocket(path, ECHO);
    const found = lstatSync(path);
    expect([found.isSocket(), found.mode & 0o777]).toEqual([true, 0o600]);
    expect(await askPeer(path, { command: "status" })).toEqual({ ok: true, result: "status" });
    socket.close();
    expect(existsSync(path)).toBe(false);
    expect(readFileSync(join(folder, "file"), "utf8")).toBe("kept");
  });

  test("not in the place of a folder, of which it is told in words", () => {
    mkdirSync(path);
    expect(() => new OperatorSocket(path, ECHO)).toThrow(OperatorSocketError);
    expect(existsSync(path)).toBe(true);
  });
});

/** What comes back on a connection until it is closed from there. */
function heard(client: Socket): Promise<string> {
  let text = "";
  client.on("data", (bytes) => (text += String(bytes))).on("error", () => {});
  return new Promise((resolve) => client.on("close", () => resolve(text)));
}

/** What comes back for that, the connection being ended behind it. */
async function said(...chunks: readonly (string | Uint8Array)[]): Promise<string> {
  const client = connect({ path, allowHalfOpen: true });
  const reply = heard(client);
  for (const chunk of chunks) {
    client.write(chunk);
    // Whoever comes later is answered later: the chunk has come by itself.
    await askPeer(path, { command: "other" });
  }
  client.end();
  return reply;
}

describe("a client", () => {
  test("that sends no JSON is told so, and one that sends half a line gets nothing", async () => {
    const socket = new OperatorSocket(path, ECHO);
    const refusal = '{"ok":false,"error":"expected a line of JSON"}\n';
    expect(await said("garbage\n")).toBe(refusal);
    expect(await said(new Uint8Array([0xff, 0, 0xfe, 0x0a]))).toBe(refusal);
    expect(await said('{"command":')).toBe("");
    // Those who came later, one each.
    expect(asked).toBe(3);
    socket.close();
  });

  test("that sends a line without end is hung up on", async () => {
    const socket = new OperatorSocket(path, ECHO);
    const client = connect(path);
    const reply = heard(client);
    client.write("y".repeat(200_000));
    expect(await reply).toBe("");
    expect(asked).toBe(0);
    socket.close();
  });

  test("may cut a letter in two", async () => {
    const socket = new OperatorSocket(path, ECHO);
    const line = Buffer.from('{"command":"ü"}\n');
    const at = line.indexOf(0xc3) + 1;
    const reply = await said(line.subarray(0, at), line.subarray(at));
    expect(reply).toBe('{"ok":true,"result":"ü"}\n');
    socket.close();
  });

  test("is answered one request after another, and no more once it has gone", async () => {
    const answers: ((reply: OperatorReply) => void)[] = [];
    const handle = () => new Promise<OperatorReply>((resolve) => answers.push(resolve));
    const socket = new OperatorSocket(path, { handle });
    const client = connect(path);
    const reply = heard(client);
    client.write('{"command":"one"}\n{"command":"two"}\n{"command":"three"}\n');
    for (const result of ["one", "two"]) {
      while (answers.length === 0) await new Promise<void>((resolve) => setImmediate(resolve));
      expect(answers.length).toBe(1);
      answers.pop()?.({ ok: true, result });
    }
    while (answers.length === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    client.write('{"command":"four"}\n');
    client.end();
    expect(await reply).toBe('{"ok":true,"result":"one"}\n{"ok":true,"result":"two"}\n');
    answers.pop()?.({ ok: true, result: "three" });
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(answers).toEqual([]);
    socket.close();
  });

  test("that leaves many connections open keeps no other one out", async () => {
    let answer = (_: OperatorReply) => {};
    const later = new Promise<OperatorReply>((resolve) => (answer = resolve));
    const handle = (request: unknown) =>
      (request as { command: string }).command === "later" ? later : ECHO.handle(request);
    const socket = new OperatorSocket(path, { handle });
    const waiting = askPeer(path, { command: "later" });
    const ended: number[] = [];
    const clients: Socket[] = [];
    for (let i = 0; i < 100; i++) {
      clients.push(connect(path).on("close", () => ended.push(i)));
      // Whoever comes later has come later.
      expect(await askPeer(path, { command: "list" })).toEqual({ ok: true, result: "list" });
    }
    while (ended.length < 38) await new Promise<void>((resolve) => setImmediate(resolve));
    // Besides those that stay there were the waiting one, and each in turn that asked.
    expect(ended).toEqual(Array.from({ length: 38 }, (_, i) => i));
    answer({ ok: true, result: "done" });
    expect(await waiting).toEqual({ ok: true, result: "done" });
    for (const client of clients) client.destroy();
    socket.close();
  });

  test("that asks on without reading is hung up on", async () => {
    const big = "x".repeat(100_000);
    const handle = () => {
      asked++;
      return { ok: true, result: big } as const;
    };
    const socket = new OperatorSocket(path, { handle });
    const client = connect(path);
    let isOver = false;
    client.on("error", () => (isOver = true)).on("close", () => (isOver = true));
    while (!isOver) {
      client.write('{"command":"list"}\n'.repeat(50));
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    // A megabyte, and what the system takes.
    expect(asked).toBeLessThan(40);
    expect(await askPeer(path, { command: "list" })).toMatchObject({ ok: true });
    socket.close();
  });
});

test("of a path that is too long for a socket neither side takes it for absent", async () => {
  const path = join(tmpdir(), "long".repeat(30), "operator.sock");
  const words = `${path} is too long for a socket: use a data directory with a shorter path`;
  expect(() => new OperatorSocket(path, ECHO)).toThrow(words);
  await expect(askPeer(path, { command: "status" })).rejects.toThrow(words);
});
