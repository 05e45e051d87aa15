// What an upgrade does with a peer that runs: the new executable stays where the peer is well with
// it, and the one before comes back where it is not. Executables are scripts, the peer a socket.

import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandError } from "../../../src/cli/failure.ts";
import { ProgressLine } from "../../../src/cli/terminal/progress-line.ts";
import { Replacement } from "../../../src/cli/upgrade/replacement.ts";
import { unwellness } from "../../../src/cli/upgrade/running-peer.ts";
import { installStaged } from "../../../src/cli/upgrade/upgrade.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { OperatorSocket } from "../../../src/peer/operator/operator-socket.ts";
import { sqliteStore } from "../../../src/store/sqlite-store.ts";
import { STORE_VERSION } from "../../../src/store/store.ts";
import { notRun, unlessLinux } from "../../not-run.ts";
import { TestClock } from "../../peer/scene.ts";

const [ERROR, DATAERR, UNAVAILABLE, TEMPFAIL, CONFIG] = [1, 65, 69, 75, 78];
const PROGRAM = 0o755;
const [OLD, NEW] = ["1.0.0", "1.1.0"];

const lack = unlessLinux("who holds a lock");

let folder: string;
let dataDir: string;
let executable: string;
let said: string[];
let socket: OperatorSocket | null;
/** What the peer says of itself. */
let status: Record<string, unknown>;

function peerOf(version: string, pid: number, more: Record<string, unknown> = {}): void {
  const well = { isLive: true, isReady: true, obstacle: null };
  status = { ...well, process: { version, pid }, ...more };
}

/** A peer that says that it is ready. */
const READY =
  'const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => Response.json({}) }); ' +
  'process.on("SIGTERM", () => process.exit(0)); ' +
  'console.log(JSON.stringify({ api: "http://127.0.0.1:" + server.port }));';

/** One whose store has this format. */
const readyWith = (format: number) =>
  'const folder = process.argv[process.argv.indexOf("--data-dir") + 1]; ' +
  'require("node:fs").mkdirSync(folder, { recursive: true }); ' +
  'const { Database } = require("bun:sqlite"); ' +
  `new Database(folder + "/store.db").run("PRAGMA user_version = ${format}"); ${READY}`;

/** A store of this format in the data directory. */
function storeOf(format: number): void {
  const database = new Database(join(dataDir, "store.db"));
  database.run(`PRAGMA user_version = ${format}`);
  database.close();
}

/** A program that says its version, and is else what `peer` makes it. */
function programOf(path: string, version: string, peer: string): void {
  const source = `if (process.argv[2] === "--version") { console.log("${version}"); process.exit(0); } ${peer}`;
  writeFileSync(`${path}.js`, source);
  const lines = `#!/bin/sh\nexec '${process.execPath}' '${path}.js' "$@"\n`;
  writeFileSync(path, lines, { mode: PROGRAM });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "convex-upgrade-"));
  dataDir = join(folder, "data");
  mkdirSync(dataDir);
  executable = join(folder, "convex-peer");
  writeFileSync(executable, "the old one", { mode: PROGRAM });
  said = [];
  peerOf(OLD, 7);
  socket = new OperatorSocket(join(dataDir, "operator.sock"), {
    handle: () => ({ ok: true, result: status }),
  });
});
afterEach(() => {
  socket?.close();
  rmSync(folder, { recursive: true });
});

const isNew = () => readFileSync(executable, "utf8") !== "the old one";

/** Upgrades by a restart that does this; the failure's sentence and code, if there is one. */
async function upgraded(
  restart: (() => void) | null,
  { version = NEW, peer = READY, timeoutMs = 300 } = {},
) {
  const replacement = new Replacement(executable);
  programOf(replacement.staged, version, peer);
  const write = (text: string) => said.push(text.trim());
  try {
    return await installStaged({
      from: OLD,
      to: NEW,
      replacement,
      restarter: restart && { name: "a test", restart: async () => restart() },
      dataDir,
      healthTimeoutMs: timeoutMs,
      line: new ProgressLine({ write }, new TestClock()),
      signal: new AbortController().signal,
    });
  } catch (error) {
    if (error instanceof CommandError) return [error.message, error.exitCode];
    throw error;
  } finally {
    replacement.close();
  }
}

test("a peer that is well with the new version keeps it, and the one before is kept", async () => {
  const previous = `${executable}.previous`;
  expect(await upgraded(() => peerOf(NEW, 8), { timeoutMs: 10_000 })).toEqual({
    from: OLD,
    to: NEW,
    previous,
    restarted: true,
  });
  expect([isNew(), readFileSync(previous, "utf8")]).toEqual([true, "the old one"]);
  expect(said.at(-1)).toBe(`the peer runs as version ${NEW}, and is ready`);
});

test("one that was not ready before need only run", async () => {
  peerOf(OLD, 7, { isReady: false });
  const restart = () => peerOf(NEW, 8, { isReady: false, obstacle: "no stake" });
  expect(await upgraded(restart, { timeoutMs: 10_000 })).toMatchObject({ restarted: true });
  expect(said.at(-1)).toBe(`the peer runs as version ${NEW}`);
});

test("nobody's peer is restarted where none runs, or nobody knows how", async () => {
  expect(await upgraded(null)).toMatchObject({ restarted: false });
  expect(said.at(-1)).toBe(`the running peer goes on as version ${OLD}: restart it`);
  socket?.close();
  socket = null;
  writeFileSync(executable, "the old one");
  expect(await upgraded(null)).toMatchObject({ restarted: null });
  expect(said.at(-1)).toBe(`no peer runs in ${dataDir}: none was restarted`);
  expect(isNew()).toBe(true);
});

test("a process that has the store open and answers nobody is told of", async () => {
  if (lack !== null) return notRun(lack);
  socket?.close();
  socket = null;
  const store = sqliteStore(dataDir, CVM_TABLE);
  const outcome = await upgraded(null);
  store.close();
  expect(outcome).toMatchObject({ restarted: false });
  expect(said.at(-1)).toStartWith(`process ${process.pid} has the store in ${dataDir} open`);
  expect(said.at(-1)).toEndWith(": restart it");
});

test("an executable of another version than was asked for changes nothing", async () => {
  expect(await upgraded(null, { version: "2.0.0" })).toEqual([
    `Not upgraded: the new executable says that it is version 2.0.0, not ${NEW}`,
    DATAERR,
  ]);
  expect([isNew(), existsSync(`${executable}.previous`)]).toEqual([false, false]);
});

test("nor does one that runs no peer", async () => {
  const peer = 'console.error("bad"); process.exit(3);';
  expect(await upgraded(null, { peer })).toEqual([
    "Not upgraded: a peer of the new executable does not become ready: bad. What was installed runs on",
    DATAERR,
  ]);
  expect([isNew(), existsSync(`${executable}.previous`)]).toEqual([false, false]);
});

test("a peer that is not well gets the version before back, and that is an error", async () => {
  let pid = 7;
  const back = () =>
    isNew() ? peerOf(NEW, ++pid, { isReady: false, obstacle: "lag" }) : peerOf(OLD, ++pid);
  const [why, code] = (await upgraded(back)) as [string, number];
  expect([why, code]).toEqual([
    `Rolled back to version ${OLD}, it runs again. Version ${NEW}: the peer is not ready: lag`,
    TEMPFAIL,
  ]);
  expect([isNew(), existsSync(`${executable}.previous`)]).toEqual([false, false]);
});

test("where it can't be restarted, whether it runs all the same decides about the code", async () => {
  const failing = () => {
    throw new CommandError(UNAVAILABLE, "no systemd");
  };
  expect(await upgraded(failing)).toEqual([
    `Rolled back to version ${OLD}, which runs, but was not restarted (no systemd). Version ${NEW}: no systemd`,
    TEMPFAIL,
  ]);
  const ending = () => {
    socket?.close();
    socket = null;
  };
  expect(await upgraded(ending)).toEqual([
    `Rolled back to version ${OLD}, and it is not well either: no peer runs. Version ${NEW}: no peer runs`,
    ERROR,
  ]);
  expect(isNew()).toBe(false);
});

test("a version that does not read the store's format takes no peer down", async () => {
  storeOf(STORE_VERSION);
  let isRestarted = false;
  const restart = () => {
    isRestarted = true;
  };
  const [why, code] = (await upgraded(restart, { peer: readyWith(STORE_VERSION - 1) })) as [
    string,
    number,
  ];
  expect([code, why]).toEqual([CONFIG, expect.stringContaining("Nothing was changed")]);
  expect(why).toContain(
    `has format ${STORE_VERSION}, and version ${NEW} reads none after ${STORE_VERSION - 1}`,
  );
  expect([isNew(), isRestarted]).toEqual([false, false]);
});

test("one that brings the store to another format says so, and stays where it is not well", async () => {
  storeOf(STORE_VERSION);
  const told = `version ${NEW} brings the store to format ${STORE_VERSION + 1}`;
  const peer = readyWith(STORE_VERSION + 1);
  const [why, code] = (await upgraded(
    () => {
      storeOf(STORE_VERSION + 1);
      peerOf(NEW, 8, { isReady: false, obstacle: "lag" });
    },
    { peer },
  )) as [string, number];
  expect(said.some((line) => line.startsWith(told))).toBe(true);
  expect([code, why]).toEqual([ERROR, expect.stringContaining("Not rolled back")]);
  expect(why).toContain(`Version ${NEW} stays, and is not well (the peer is not ready: lag)`);
  expect(isNew()).toBe(true);
});

test("it goes back where it has not come as far as the store", async () => {
  storeOf(STORE_VERSION);
  let pid = 7;
  const back = () => (isNew() ? peerOf(NEW, ++pid, { isReady: false }) : peerOf(OLD, ++pid));
  const outcome = await upgraded(back, { peer: readyWith(STORE_VERSION + 1) });
  expect(outcome).toEqual([expect.stringContaining("Rolled back to version"), TEMPFAIL]);
  expect(isNew()).toBe(false);
});

test("what a peer lacks to be well", async () => {
  const gate = { dataDir, version: NEW, formerPid: 7, mustBeReady: true, timeoutMs: 50 };
  const lacks: [lack: string | null, version: string, pid: number, more?: object][] = [
    ["the peer was not restarted", NEW, 7],
    [`the peer that runs is of version ${OLD}`, OLD, 8],
    ["the peer has stopped for good: disk", NEW, 8, { isLive: false, obstacle: "disk" }],
    ["the peer is not ready: lag", NEW, 8, { isReady: false, obstacle: "lag" }],
    [null, NEW, 8],
  ];
  for (const [lack, version, pid, more] of lacks) {
    peerOf(version, pid, more as Record<string, unknown>);
    // It is looked at once at least.
    for (const timeoutMs of [lack === null ? 10_000 : 50, 0]) {
      expect(await unwellness({ ...gate, timeoutMs })).toBe(lack);
    }
  }
  peerOf(NEW, 8, { isReady: false });
  expect(await unwellness({ ...gate, mustBeReady: false, timeoutMs: 10_000 })).toBeNull();
});
