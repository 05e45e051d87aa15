// Commands whose peer does not answer end all the same, with a code and a sentence: a process that
// is stopped or hangs still has its sockets, and the system takes connections for it.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runningPeer } from "../../src/cli/store/collect.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { askPeer, SilentPeerError } from "../../src/peer/operator/operator-socket.ts";
import { sqliteStore } from "../../src/store/sqlite-store.ts";
import { notRun, unlessLinux } from "../not-run.ts";
import { PATIENCE_MS, TEST_MS } from "../patience.ts";
import { type Outcome, outcomeOf } from "../process-outcome.ts";
import { CommandFolder } from "./command-run.ts";
import { program } from "./terminal-session.ts";

setDefaultTimeout(TEST_MS);

const UNAVAILABLE = 69;
const PID = 4_194_305;

const folder = new CommandFolder();
const data = join(folder.path, "data");
const path = join(data, "operator.sock");
let closed = 0;
let server: { stop(closeActive?: boolean): void };
beforeAll(() => {
  mkdirSync(data);
  writeFileSync(join(data, "store.pid"), `${PID}\n`);
  // Takes connections, and says nothing.
  server = Bun.listen({ unix: path, socket: { data() {}, close: () => void closed++ } });
});
afterAll(() => {
  server.stop(true);
  folder.remove();
});

async function outcome(...words: string[]): Promise<Outcome> {
  const child = Bun.spawn([...program(), ...words], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, CONVEX_CONFIG: "", NO_COLOR: "1" },
    timeout: PATIENCE_MS,
    killSignal: "SIGKILL",
  });
  return outcomeOf(child);
}

test("the connection to a peer that does not answer is closed", async () => {
  const before = closed;
  expect(askPeer(path, { command: "status" }, 50)).rejects.toThrow(SilentPeerError);
  const deadline = performance.now() + PATIENCE_MS;
  while (closed === before && performance.now() < deadline) await Bun.sleep(10);
  expect(closed).toBe(before + 1);
});

test("one that ends meanwhile is told at once", async () => {
  const brief = join(folder.path, "brief.sock");
  const ending = Bun.listen({ unix: brief, socket: { data: (socket) => void socket.end() } });
  expect(askPeer(brief, { command: "status" }, PATIENCE_MS)).rejects.toThrow("No peer runs");
  await askPeer(brief, { command: "status" }, PATIENCE_MS).catch(() => {});
  ending.stop(true);
});

test("commands end, name the process, and say what to do", async () => {
  const words = [
    ["health"],
    ["health", "--wait", "3"],
    ["status"],
    ["peers", "list"],
    ["log-level"],
    ["query", "1"],
    ["stake", "show", "--peer", "ab".repeat(32)],
  ];
  const outcomes = await Promise.all(words.map((each) => outcome(...each, "--data-dir", data)));
  for (const { exitCode, stdout, stderr } of outcomes) {
    expect([exitCode, stdout]).toEqual([UNAVAILABLE, ""]);
    expect(stderr).toStartWith(`convex-peer: The peer does not answer on ${path}: process ${PID} `);
    expect(stderr).toContain("`systemctl restart convex-peer`");
    expect(stderr).toContain(`\`kill -9 ${PID}\``);
  }
});

test("of a sealed data directory none says to start it again", async () => {
  const mark = join(data, "sealed.json");
  writeFileSync(mark, JSON.stringify({ peer: "ab".repeat(32), at: "2026-11-30T00:00:00.000Z" }));
  try {
    for (const words of [["health"], ["status"]]) {
      const { exitCode, stderr } = await outcome(...words, "--data-dir", data);
      expect([words, exitCode]).toEqual([words, UNAVAILABLE]);
      expect(stderr).toContain(`process ${PID} hangs`);
      expect(stderr).toContain(`end it with \`kill -9 ${PID}\``);
      expect(stderr).toContain("sealed in an emergency on 2026-11-30T00:00:00.000Z");
      expect(stderr).not.toMatch(/restart|start it again/);
    }
    const patience = { answerMs: 50, tellAfterMs: 5_000, tell: () => {} };
    await expect(runningPeer(data, patience).begin()).rejects.toThrow("was sealed in an emergency");
  } finally {
    rmSync(mark);
  }
});

test("so does what collects its store, and says that it waits", async () => {
  const told: string[] = [];
  const patience = { answerMs: 900, tellAfterMs: 50, tell: (text: string) => told.push(text) };
  await expect(runningPeer(data, patience).begin()).rejects.toThrow(`: process ${PID} hangs`);
  expect(told).toEqual([`waiting for the peer (process ${PID}), already for 0 s; for 1 s at most`]);
  // Of one that answers in time nothing is said.
  const brief = { ...patience, answerMs: 20, tellAfterMs: 1_000 };
  await expect(runningPeer(data, brief).begin()).rejects.toThrow("hangs");
  await Bun.sleep(brief.tellAfterMs);
  expect(told).toHaveLength(1);
});

test("who waits for it at a terminal is told after some seconds, a program is not", async () => {
  const ends: (() => void)[] = [];
  const begin = (...more: string[]) => {
    const dataDir = mkdtempSync(join(folder.path, "gc-"));
    const store = sqliteStore(dataDir, CVM_TABLE);
    const silent = Bun.listen({ unix: join(dataDir, "operator.sock"), socket: { data() {} } });
    const words = [...program(), "store", "gc", "--data-dir", dataDir, ...more];
    const child = Bun.spawn(words, { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
    ends.push(() => {
      child.kill("SIGKILL");
      silent.stop(true);
      store.close();
    });
    return child;
  };
  const [json, person] = [begin("--json"), begin()];
  const { value } = await person.stderr.getReader().read();
  const said = new TextDecoder().decode(value);
  expect(said).toBe(
    `waiting for the peer (process ${process.pid}), already for 3 s; for 60 s at most\n`,
  );
  // It began first, and has said nothing meanwhile.
  await Bun.sleep(500);
  for (const end of ends) end();
  expect(await new Response(json.stderr).text()).toBe("");
});

test("doctor says that it does not answer, not that none runs", async () => {
  const { exitCode, stdout } = await outcome("doctor", "--json", "--data-dir", data);
  expect(exitCode).toBe(1);
  const { checks } = JSON.parse(stdout) as { checks: { id: string; level: string }[] };
  const of = (id: string) => checks.find((each) => each.id === id);
  const detail = `The peer does not answer on ${path}`;
  const fix = expect.stringContaining(`kill -9 ${PID}`);
  expect(of("running")).toMatchObject({ level: "fail", detail, fix });
  expect(of("ready")).toMatchObject({ level: "skip", detail: "the peer does not answer" });
});

test("a peer at which as many wait as the system lets it hangs, too; one that was killed does not", async () => {
  const why = unlessLinux("the list of sockets that tells a crowded one from none");
  if (why !== null) return notRun(why);
  const crowded = mkdtempSync(join(folder.path, "crowded-"));
  const socket = join(crowded, "operator.sock");
  const source = `Bun.listen({ unix: "${socket}", socket: { data() {} } }); console.log("up")`;
  const stopped = Bun.spawn([process.execPath, "-e", source], { stdout: "pipe", stdin: "ignore" });
  await stopped.stdout.getReader().read();
  stopped.kill("SIGSTOP");
  const waiting: { terminate(): void }[] = [];
  try {
    const wait = async () => {
      waiting.push(await Bun.connect({ unix: socket, socket: { data() {} } }));
      return true;
    };
    while (await wait().catch(() => false));
    expect(waiting.length).toBeGreaterThan(1);
    const { exitCode, stderr } = await outcome("health", "--data-dir", crowded);
    const told = expect.stringContaining(
      `The peer does not answer on ${socket}: its process hangs`,
    );
    expect([exitCode, stderr]).toEqual([UNAVAILABLE, told]);
    // By another name of the folder it is the same one.
    symlinkSync(crowded, join(folder.path, "link"));
    expect((await outcome("health", "--data-dir", join(folder.path, "link"))).stderr).toContain(
      "The peer does not answer",
    );
  } finally {
    for (const each of waiting) each.terminate();
    stopped.kill("SIGKILL");
  }
  await stopped.exited;
  expect((await outcome("health", "--data-dir", crowded)).stderr).toContain("No peer runs");
});

test("emergency says how to end a process that has the store and does not answer", async () => {
  const dataDir = mkdtempSync(join(folder.path, "used-"));
  const store = sqliteStore(dataDir, CVM_TABLE);
  const words = ["--peer", "ab".repeat(32), "--via", "127.0.0.1:1", "--dry-run", "--json"];
  const all = [...words, "--stop-first", "--data-dir", dataDir];
  const { exitCode, stdout } = await outcome("emergency", ...all);
  store.close();
  const [stop] = (JSON.parse(stdout) as { steps: unknown[] }).steps;
  const detail = expect.stringContaining(`kill -9 ${process.pid}), and run emergency again`);
  expect([exitCode, stop]).toMatchObject([75, { step: "stop", state: "failed", detail }]);
});

test("a host that takes no connection keeps no command from ending", async () => {
  // A process that is stopped takes as many connections as wait for it at most.
  const source =
    'const server = require("node:net").createServer();' +
    'server.listen({ host: "127.0.0.1", port: 0, backlog: 1 }, () => console.log(server.address().port));';
  const stopped = Bun.spawn([process.execPath, "-e", source], { stdout: "pipe", stdin: "ignore" });
  const reader = stopped.stdout.getReader();
  const port = Number(new TextDecoder().decode((await reader.read()).value));
  stopped.kill("SIGSTOP");
  const sockets: { terminate(): void }[] = [];
  try {
    while (await isTaken(port, sockets));
    const { exitCode, stderr } = await outcome("query", "1", "--via", `127.0.0.1:${port}`);
    expect([exitCode, stderr]).toEqual([UNAVAILABLE, expect.stringContaining("within 8000 ms")]);
  } finally {
    for (const socket of sockets) socket.terminate();
    stopped.kill("SIGKILL");
  }
});

/** Once what had come about before has been heard of, also where nothing was heard for a while. */
const looked = () => Bun.sleep(10);

/** Whether another connection comes about. */
async function isTaken(port: number, sockets: { terminate(): void }[]): Promise<boolean> {
  const open = Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } });
  const keep = open.then((socket) => sockets.push(socket) > 0).catch(() => false);
  return await Promise.race([
    keep,
    Bun.sleep(300)
      .then(looked)
      .then(() => false),
  ]);
}
