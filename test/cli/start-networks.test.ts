// Which network `start` begins or joins: one that is asked for and can't be had is not replaced by
// another one, and what the peer can't serve in it is not promised.

import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PeerProcess } from "../e2e/peer-process.ts";
import { command, json } from "./in-process.ts";
import { publicKey } from "./network-scene.ts";

const OTHER_NETWORK = "ab".repeat(32);
const folder = mkdtempSync(join(tmpdir(), "convex-networks-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a hash of a network that nobody was named for begins no other one, and makes no key", async () => {
  const dataDir = join(folder, "none");
  const words = ["start", "--data-dir", dataDir, "--genesis-hash", OTHER_NETWORK];
  const { exitCode, stderr } = await command(...words);
  expect([exitCode, stderr]).toEqual([64, expect.stringContaining("holds no network, and abab")]);
  expect(stderr).toContain("--join HOST:PORT");
  expect(existsSync(dataDir)).toBe(false);
});

test("a State and the hash of another one are refused together", async () => {
  const dataDir = join(folder, "two");
  const genesis = join(folder, "two.cad3");
  await command("genesis", "--keys", publicKey(1), "--out", genesis);
  const words = ["start", "--data-dir", dataDir, "--genesis", genesis];
  const { exitCode, stderr } = await command(...words, "--genesis-hash", OTHER_NETWORK);
  expect([exitCode, stderr]).toEqual([
    78,
    expect.stringContaining(
      `--genesis-hash is ${OTHER_NETWORK}: one of them is of another network`,
    ),
  ]);
  expect(existsSync(dataDir)).toBe(false);
});

test("a peer that controls no account says that it has no faucet, and calls it off", async () => {
  const genesis = join(folder, "observer.cad3");
  await command("genesis", "--keys", publicKey(1), "--out", genesis);
  const peer = await PeerProcess.start({
    command: "start",
    dataDir: join(folder, "observer"),
    extra: ["--genesis", genesis, "--faucet"],
    stderr: "pipe",
  });
  const status = await json("status", "--data-dir", peer.dataDir);
  await peer.said(/No faucet: it gives from the account that controls this peer/);
  expect(await peer.end()).toBe(0);
  expect(status.process.hasFaucet).toBe(false);
});
