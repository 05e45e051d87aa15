// The port for other peers and binary clients, of a peer as a process: over TCP and WebSocket,
// taken by another, and when the peer is told to stop.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { NO_CELLS } from "../../src/data/cell.ts";
import { encodeMultiCell } from "../../src/data/multi-cell.ts";
import { Vector } from "../../src/data/vector.ts";
import { queryRequest, statusRequest } from "../../src/net/message.ts";
import { Reply } from "../../src/net/reply.ts";
import { WEBSOCKET_PATH } from "../../src/net/websocket.ts";
import { bound } from "../bound-process.ts";
import { frameOf, RawClient, until } from "../net/loopback.ts";
import { PeerProcess } from "./peer-process.ts";

const MAIN = join(import.meta.dir, "..", "..", "src", "cli", "main.ts");
const UNAVAILABLE = 69;

let peer: PeerProcess;
beforeAll(async () => {
  peer = await PeerProcess.start({ command: "local" });
});
afterAll(async () => {
  await peer.end("SIGKILL");
  peer.removeData();
});

test("messages are answered over TCP and over the API's WebSocket", async () => {
  const client = await RawClient.connect(peer.peerPort);
  client.send(frameOf(encodeMultiCell(statusRequest(1))));
  const [status] = await client.replies(1);
  const { value } = status as Reply;
  if (!(value instanceof Vector)) throw new Error("no status");
  expect(value.count).toBe(9);

  const socket = new WebSocket(`${peer.url.replace("http", "ws")}${WEBSOCKET_PATH}`);
  socket.binaryType = "arraybuffer";
  const answer = await new Promise<Uint8Array>((resolve) => {
    socket.onmessage = ({ data }) => resolve(new Uint8Array(data as ArrayBuffer));
    socket.onopen = () => socket.send(encodeMultiCell(queryRequest(2, readForm("(+ 1 2)"), null)));
  });
  expect(new Reply(answer, CVM_TABLE, NO_CELLS).value).toBe(3);
  socket.close();
  client.close();
});

async function failure(...flags: string[]): Promise<string> {
  const child = Bun.spawn(bound([process.execPath, MAIN, "local", ...flags]), { stderr: "pipe" });
  const text = await new Response(child.stderr).text();
  return `${await child.exited} ${text.trim()}`;
}

test("a port that is taken is one sentence that names the fix", async () => {
  const text = await failure("--port", String(peer.peerPort), "--api-port", "0");
  expect(text).toBe(
    `${UNAVAILABLE} convex-peer: Cannot listen for peers on port ${peer.peerPort}: another program ` +
      "listens there; stop it, or choose another port with --port",
  );
});

test("an address that is not here, and two names for two ports, are too", async () => {
  const foreign = await failure("--bind", "192.0.2.1", "--port", "0", "--api-port", "0");
  expect(foreign).toContain("choose an address of this machine with --bind");
  const both = await failure("--port", "1", "--peer-port", "2");
  expect(both).toStartWith("64 convex-peer: --port 1 and --peer-port 2 name the same port");
});

test("a peer that stops says goodbye", async () => {
  const client = await RawClient.connect(peer.peerPort);
  client.send(frameOf(encodeMultiCell(statusRequest(1))));
  await client.replies(1);
  expect(await peer.end()).toBe(0);
  await until(() => client.isClosed);
  expect(Buffer.from(client.payloads.at(-1) ?? []).toString("hex")).toBe("80013303425945");
});
