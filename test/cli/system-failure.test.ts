// What the operating system or SQLite refuses is said in a sentence, with a code of sysexits.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { networkAmong } from "../../src/cli/start/join-network.ts";
import { PeerProcess } from "../e2e/peer-process.ts";
import { notRun, unlessLinux } from "../not-run.ts";
import { PATIENCE_MS } from "../patience.ts";
import { program } from "./terminal-session.ts";

const folder = mkdtempSync(join(tmpdir(), "convex-failure-"));
const file = join(folder, "file");
const seed = join(folder, "seed");
const garbage = join(folder, "garbage");

beforeAll(() => {
  writeFileSync(file, "no folder");
  writeFileSync(seed, "01".repeat(32), { mode: 0o600 });
  symlinkSync("loop", join(folder, "loop"));
  mkdirSync(garbage);
  mkdirSync(join(garbage, "keys"));
  writeFileSync(join(garbage, "keys", "x.json"), "{}", { mode: 0o600 });
  writeFileSync(join(garbage, "store.db"), Buffer.alloc(8_192, 7));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** [what, arguments, exit code, part of the sentence] */
const CASES: readonly (readonly [string, readonly string[], number, string])[] = [
  ["a data directory that is a file", ["key", "list", "--data-dir", file], 73, "not a folder"],
  [
    "a key where nothing can be made",
    ["key", "import", "--seed-file", seed, "--data-dir", join(file, "below")],
    73,
    "not a folder",
  ],
  ["a key file that is none, by its name", ["key", "list", "--data-dir", garbage], 65, "x.json"],
  ["a store that is none", ["store", "check", "--data-dir", garbage], 78, "not a store"],
  [
    "a backup to a folder that is not there",
    ["store", "backup", join(folder, "none", "b.db"), "--data-dir", garbage],
    73,
    "there is no such folder",
  ],
  [
    "a data directory whose name is too long",
    ["key", "list", "--data-dir", join(folder, "a".repeat(300))],
    73,
    "a name in it is too long",
  ],
  ["a backup whose name is too long", ["store", "restore", "a".repeat(300)], 66, "no backup"],
  [
    "a data directory that is a link to itself",
    ["store", "info", "--data-dir", join(folder, "loop")],
    66,
    `Cannot use ${join(folder, "loop")}: it is a link that leads back`,
  ],
  ["forms without end", ["query", "--file", "/dev/zero"], 65, "more than 16777216 bytes"],
  ["a transaction without end", ["transact", "--signed", "/dev/zero"], 65, "more than 2097152"],
  ["a configuration without end", ["config", "check", "--config", "/dev/zero"], 78, "1048576"],
  ["a backup that is none", ["store", "check", "--backup", file], 78, "not a store"],
];

for (const [what, words, code, part] of CASES) {
  test(what, async () => {
    const child = Bun.spawn([...program(), ...words], { stdout: "ignore", stderr: "pipe" });
    const stderr = await new Response(child.stderr).text();
    const exitCode = await child.exited;
    expect(stderr).toContain(part);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(exitCode).toBe(code);
  });
}

test("output that can't be written", async () => {
  const why = unlessLinux("/dev/full");
  if (why !== null) return notRun(why);
  const stdout = Bun.file("/dev/full");
  for (const words of [["config", "show"], ["--version"]]) {
    const child = Bun.spawn([...program(), ...words], { stdout, stderr: "pipe" });
    const stderr = await new Response(child.stderr).text();
    expect(stderr).toBe("convex-peer: Cannot write the output: the disk is full\n");
    expect(await child.exited).toBe(74);
  }
});

test("what was typed is not repeated whole, however long it is", async () => {
  for (const words of [["x".repeat(90_000)], ["key", "show", "--key", "x".repeat(90_000)]]) {
    const child = Bun.spawn([...program(), ...words], { stdout: "ignore", stderr: "pipe" });
    const { length } = await new Response(child.stderr).text();
    expect(length).toBeLessThan(5_000);
  }
});

test("a reader that goes away ends a command without words", () => {
  const line = `("$@"; echo "code $?" >&2) | true`;
  const words = [...program(), "config", "show"];
  const { stderr } = Bun.spawnSync(["/bin/sh", "-c", `sleep 0.1; ${line}`, "sh", ...words]);
  expect(stderr.toString()).toBe("code 141\n");
});

test("doctor ends when its bundle can't be written, beside a running peer", async () => {
  const peer = await PeerProcess.start({
    command: "start",
    binary: process.env.CONVEX_PEER_BINARY,
  });
  const bundle = join(folder, "none", "bundle.json");
  const words = [...program(), "doctor", "--data-dir", peer.dataDir, "--bundle", bundle];
  const child = Bun.spawn(words, { stdout: "ignore", stderr: "pipe", timeout: PATIENCE_MS });
  expect(await child.exited).toBe(73);
  expect(await peer.end()).toBe(0);
  peer.removeData();
});

test("hosts that are no peers, and none, tell no network", async () => {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("") });
  const port = server.port ?? 0;
  await server.stop(true);
  expect(await networkAmong([{ host: "127.0.0.1", port }], "")).toBeNull();
  expect(await networkAmong([], "")).toBeNull();
});
