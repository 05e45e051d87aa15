// Strangers can't take all files and sockets that a peer may have open, and it outlives those who
// do.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WATCH_MS } from "../../src/cli/start/memory-watch.ts";
import { PeerProcess } from "./peer-process.ts";

const MAIN = join(import.meta.dir, "..", "..", "src", "cli", "main.ts");
const DESCRIPTORS = 96;

let peer: PeerProcess;
const folder = mkdtempSync(join(tmpdir(), "convex-peer-few-"));
beforeAll(async () => {
  const binary = join(folder, "convex-peer");
  const run = `exec '${process.execPath}' '${MAIN}' "$@"`;
  writeFileSync(binary, `#!/bin/sh\nulimit -n ${DESCRIPTORS}\n${run}\n`);
  chmodSync(binary, 0o755);
  peer = await PeerProcess.start({ command: "start", binary });
});
afterAll(async () => {
  await peer.end("SIGKILL");
  peer.removeData();
  rmSync(folder, { recursive: true });
});

/** More connections than there are descriptors, for longer than the peer's timers take. */
async function crowd(port: number, meanwhile: () => Promise<void>): Promise<void> {
  const sockets = Array.from({ length: DESCRIPTORS }, () => connect(port, "127.0.0.1"));
  // A peer that can't take one any more resets it, or leaves it waiting.
  const settled = (socket: Socket) =>
    new Promise((resolve) => socket.on("connect", resolve).on("error", resolve));
  await Promise.all(sockets.map(settled));
  await Bun.sleep(WATCH_MS + 500);
  try {
    await meanwhile();
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

const isLive = async () => (await fetch(`${peer.url}/livez`)).status === 200;

test("a crowd at the port for peers leaves some for the API", async () => {
  await crowd(peer.peerPort, async () => expect(await isLive()).toBe(true));
});

test("a crowd at the API ends nothing", async () => {
  await crowd(Number(new URL(peer.url).port), async () => {});
  expect(peer.process.exitCode).toBe(null);
  expect(await isLive()).toBe(true);
});
