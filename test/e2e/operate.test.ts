// An operator's peer beside a network of three, by the commands he types: funded, registered, in
// consensus, killed, stake taken back through another peer, an emergency. CONVEX_PEER_BINARY names
// a compiled executable.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { program } from "../cli/terminal-session.ts";
import { PATIENCE_MS } from "../patience.ts";
import { outcomeOf } from "../process-outcome.ts";
import { leastOf } from "../work-time.ts";
import { PeerProcess } from "./peer-process.ts";

const BINARY = process.env.CONVEX_PEER_BINARY;
const COIN = 1_000_000_000;
const CONFIG = 78;

const folder = mkdtempSync(join(tmpdir(), "convex-operate-"));
const data = join(folder, "peer");
let network: PeerProcess;
let own: PeerProcess;
/** Key file of the controller, and its account. */
let controllerKey: string;
let controller: string;

async function command(...args: string[]) {
  const child = Bun.spawn([...program(), ...args], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, NO_COLOR: "1", CONVEX_CONFIG: "" },
  });
  return outcomeOf(child);
}

async function json(...args: string[]) {
  const { exitCode, stdout, stderr } = await command(...args, "--json");
  if (exitCode !== 0) throw new Error(`${args.join(" ")}: ${exitCode} ${stderr}`);
  return JSON.parse(stdout);
}

const via = () => ["--via", `127.0.0.1:${network.peerPort}`];
const signed = () => ["--controller-key-file", controllerKey, "--yes"];

function startOwn(): Promise<PeerProcess> {
  const extra = ["--bind", "127.0.0.1", "--join", `127.0.0.1:${network.peerPort}`];
  return PeerProcess.start({ command: "start", binary: BINARY, dataDir: data, extra });
}

async function untilVoter(): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const health = await command("health", "--wait", "30", "--json", "--data-dir", data);
    if (health.exitCode === 0 && JSON.parse(health.stdout).role === "voter") return;
    if (performance.now() > deadline) throw new Error(`no voter: ${health.stdout}`);
  }
}

beforeAll(async () => {
  const extra = ["--peers", "3"];
  network = await PeerProcess.start({ command: "local", binary: BINARY, extra });
  own = await startOwn();
  const made = await json("key", "new", "--no-mnemonic", "--data-dir", join(folder, "controller"));
  controllerKey = made.file;
  const key = made.publicKey;
  const pay = ["--api", network.url, "--amount", "6000"];
  controller = `#${(await json("account", "create", "--public-key", key, ...pay)).address}`;
});

afterAll(async () => {
  await own?.end("SIGKILL");
  await network?.end();
  rmSync(folder, { recursive: true });
});

test("an observer becomes a voter by one command, and has its transactions made final", async () => {
  const before = await json("health", "--wait", "30", "--data-dir", data);
  expect(before).toMatchObject({ ready: true, role: "observer" });
  const create = ["peer", "create", "--address", controller, "--stake", "5000", "--data-dir", data];
  expect(await json(...create, ...via(), ...signed())).toMatchObject({ final: true });
  await untilVoter();
  const port = ["--port", String(own.peerPort)];
  const transact = ["transact", "(+ 1 2)", "--address", controller, "--key-file", controllerKey];
  expect(await json(...transact, ...port)).toMatchObject({ value: "3", final: true });
  // Another peer may hear later of what is final.
  const seen = () => json("stake", "show", "--data-dir", data, ...via());
  while (!((await seen()).lastBlock > 0)) await Bun.sleep(20);
  expect(await seen()).toMatchObject({ takesPart: true });
});

test("doctor finds no failure in it, in less than five seconds", async () => {
  const boundMs = 5_000;
  const leastMs = await leastOf(boundMs, async () => {
    const begun = performance.now();
    const { failed, checks } = await json("doctor", "--data-dir", data);
    expect(failed).toBe(0);
    const level = (id: string) => checks.find((each: { id: string }) => each.id === id).level;
    expect(["ready", "stake", "agreement", "api", "peer-port", "compiler"].map(level)).toEqual(
      Array(6).fill("ok"),
    );
    return performance.now() - begun;
  });
  expect(leastMs).toBeLessThan(boundMs);
});

test("killed, its stake comes back through another peer", async () => {
  await own.end("SIGKILL");
  const withdraw = ["stake", "withdraw", "1000", "--data-dir", data];
  const done = await json(...withdraw, ...via(), ...signed());
  expect(done).toMatchObject({ final: true, takesPart: true });
  // Rewards of its blocks are in its value, and stay in the record that paid them (sheet 03 §4.3).
  const taken = done.before - done.after;
  expect([taken > 999.9 * COIN, taken <= 1000 * COIN]).toEqual([true, true]);
});

test("emergency: stopped in order, sealed, all stake back; and it does not start again", async () => {
  own = await startOwn();
  await untilVoter();
  const emergency = ["emergency", "--data-dir", data, ...via(), ...signed()];
  const report = await json(...emergency);
  expect(report.steps.map(({ state }: { state: string }) => state)).toEqual(Array(3).fill("done"));
  expect(await own.process.exited).toBe(0);
  const shown = await json("stake", "show", "--peer", report.peer, ...via());
  expect(shown).toMatchObject({ shares: 0, takesPart: false });
  const { balance } = await json("account", "info", controller, ...via());
  expect(balance).toBeGreaterThan(5_999 * COIN);
  const again = await command("start", "--data-dir", data, "--port", "0", "--api-port", "0");
  expect(again.exitCode).toBe(CONFIG);
  expect((await json(...emergency)).complete).toBe(true);
});
