// Processes that join each other by the commands an operator types.

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PATIENCE_MS, TEST_MS } from "../patience.ts";
import { outcomeOf } from "../process-outcome.ts";
import { PeerProcess } from "./peer-process.ts";

setDefaultTimeout(TEST_MS);

const MAIN = join(import.meta.dir, "..", "..", "src", "cli", "main.ts");

async function command(...args: string[]) {
  const child = Bun.spawn([process.execPath, MAIN, ...args], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, NO_COLOR: "1" },
  });
  return outcomeOf(child);
}

async function json(...args: string[]) {
  const { exitCode, stdout, stderr } = await command(...args, "--json");
  if (exitCode !== 0) throw new Error(`${args.join(" ")}: ${stderr}`);
  return JSON.parse(stdout);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error("not so in time");
    await Bun.sleep(50);
  }
}

async function ready(url: string) {
  const response = await fetch(`${url}/readyz`);
  return { status: response.status, body: await response.json() };
}

describe("a peer that joins", () => {
  let first: PeerProcess;
  let second: PeerProcess;
  const host = () => `127.0.0.1:${first.peerPort}`;

  beforeAll(async () => {
    first = await PeerProcess.start({ command: "start", extra: ["--bind", "127.0.0.1"] });
    const genesis = (await json("status", "--data-dir", first.dataDir)).genesis;
    const extra = ["--bind", "127.0.0.1", "--join", host(), "--genesis-hash", genesis];
    second = await PeerProcess.start({ command: "start", extra });
  });

  afterAll(async () => {
    await second?.end();
    await first?.end();
    second?.removeData();
    first?.removeData();
  });

  test("follows as observer, and publishes nothing it has no right to", async () => {
    await until(async () => (await ready(second.url)).status === 200);
    const { body } = await ready(second.url);
    expect(body).toMatchObject({ role: "observer" });
    const own = await json("status", "--data-dir", second.dataDir);
    const theirs = await json("status", "--host", "127.0.0.1", "--port", `${first.peerPort}`);
    expect(own.state).toBe(theirs.state);
    const health = await command("health", "--data-dir", second.dataDir);
    expect(health.exitCode).toBe(0);
    const port = `${first.peerPort}`;
    const url = ["peer", "set-url", "tcp://127.0.0.1:7", "--port", port];
    const refused = await command(...url, "--data-dir", second.dataDir);
    expect(refused.exitCode).toBe(67);
    expect(refused.stderr).toContain("not registered");
    const done = await command(...url, "--data-dir", first.dataDir);
    expect(done.exitCode).toBe(0);
  });

  test("has its connections shown to its operator alone, and changed by him", async () => {
    const list = () => json("peers", "list", "--data-dir", second.dataDir);
    await until(async () => (await list()).length > 0);
    expect((await list())[0]).toMatchObject({ address: host(), direction: "outgoing" });
    const banned = await command("peers", "ban", "127.0.0.1", "--data-dir", second.dataDir);
    expect(banned.exitCode).toBe(0);
    expect(await list()).toEqual([]);
    expect(await json("peers", "bans", "--data-dir", second.dataDir)).toEqual(["127.0.0.1"]);
    await command("peers", "unban", "127.0.0.1", "--data-dir", second.dataDir);
    await command("peers", "connect", host(), "--data-dir", second.dataDir);
    await until(async () => (await list()).length > 0);
    const dropped = await command("peers", "drop", "10.1.1.1:1", "--data-dir", second.dataDir);
    expect(dropped.exitCode).toBe(65);
  });

  test("is told in a sentence what is wrong, with the exit code of sheet 05", async () => {
    const folder = mkdtempSync(join(tmpdir(), "convex-join-"));
    const start = (...args: string[]) =>
      command("start", "--data-dir", folder, "--port", "0", "--api-port", "0", ...args);
    const wrong = await start("--join", host(), "--genesis-hash", "07".repeat(32));
    expect(wrong.exitCode).toBe(78);
    expect(wrong.stderr).toContain("--genesis-hash");
    const nobody = await start("--join", "127.0.0.1:1");
    expect(nobody.exitCode).toBe(69);
    expect(nobody.stderr).toContain("No peer listens at 127.0.0.1:1");
    const unnamed = await start("--join", "no-such-host.invalid:18888");
    expect(unnamed.exitCode).toBe(68);
    expect(unnamed.stderr.trim().split("\n").length).toBe(1);
    const noHost = await start("--join", "a b");
    expect(noHost.exitCode).toBe(64);
    const noPeer = await command("peers", "list", "--data-dir", folder);
    expect(noPeer.exitCode).toBe(69);
    rmSync(folder, { recursive: true });
  });

  test("is told that its data directory has another network", async () => {
    const own = await PeerProcess.start({ command: "start" });
    const { dataDir } = own;
    await own.end();
    const args = ["--data-dir", dataDir, "--port", "0", "--api-port", "0", "--join", host()];
    const refused = await command("start", ...args);
    expect(refused.exitCode).toBe(78);
    expect(refused.stderr).toContain("use another --data-dir to join that one");
    rmSync(dataDir, { recursive: true });
  });
});

test("a local network of three finds itself, and all come to the same State", async () => {
  const local = await PeerProcess.start({ command: "local", extra: ["--peers", "3"] });
  try {
    await until(async () => (await ready(local.url)).status === 200);
    const response = await fetch(`${local.url}/api/v1/createAccount`, {
      method: "POST",
      body: JSON.stringify({ accountKey: "11".repeat(32), faucet: 1_000_000 }),
    });
    expect(response.status).toBe(200);
    const { body } = await ready(local.url);
    expect(body).toMatchObject({ role: "voter", points: [2, 2, 2, 2] });
  } finally {
    expect(await local.end()).toBe(0);
  }
});
