// Commands beside key files that are damaged or can't be read: those that need another key tell of
// them and go on, those that need that key end.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PeerProcess } from "../e2e/peer-process.ts";
import { command, json } from "./in-process.ts";
import { NetworkScene, publicKey } from "./network-scene.ts";

const DATAERR = 65;
const CONFIG = 78;
/** A key whose file is damaged. */
const LOST = publicKey(7);
/** The peer that is looked at, and broken into. */
const OWN = 3;

let network: NetworkScene;
beforeAll(async () => {
  network = new NetworkScene(4);
  await network.ready();
});
afterAll(() => network.end());

/** A data directory with the keys of these seeds, beside them a file that is none, and a folder. */
async function dataDir(...seeds: number[]): Promise<string> {
  const path = await network.dataDir(...seeds);
  mkdirSync(join(path, "keys", "notes.json"), { recursive: true });
  writeFileSync(join(path, "keys", "bad.json"), "{");
  return path;
}

/** The same, of which one key file is damaged. */
async function damagedDir(...seeds: number[]): Promise<string> {
  const path = await dataDir(...seeds);
  writeFileSync(join(path, "keys", `${LOST}.json`), "{");
  return path;
}

/** What is said of them, in the order of their names. */
const WARNINGS =
  /Warning: \S+\/bad\.json: This is not a key file: .*`convex-peer key recover`\.\nWarning: .*notes\.json: it is a folder/;

test("a key is made beside them", async () => {
  const data = await dataDir(0);
  const made = await command("key", "new", "--no-mnemonic", "--data-dir", data);
  expect([made.exitCode, made.stderr]).toEqual([0, expect.stringMatching(WARNINGS)]);
  expect(made.stderr).toContain("now holds 2 keys");
  // Each is told of once, by however many looks.
  expect(made.stderr.match(/bad\.json/g)).toHaveLength(1);
  expect(readdirSync(join(data, "keys")).length).toBe(4);
});

test("the key that is needed is taken; one whose own file is bad is an error that says what to do", async () => {
  const data = await damagedDir(0);
  const shown = await command("key", "show", "--key", publicKey(0).slice(0, 8), "--data-dir", data);
  expect([shown.exitCode, shown.stderr]).toEqual([0, expect.stringMatching(WARNINGS)]);
  const lost = await command("key", "show", "--key", LOST.slice(0, 8), "--data-dir", data);
  expect([lost.exitCode, lost.stdout]).toEqual([DATAERR, ""]);
  expect(lost.stderr).toMatch(
    new RegExp(`^convex-peer: \\S*${LOST}\\.json: This is not a key file: .*key recover\`\n$`),
  );
  // The other key was never meant without saying so, and is not now.
  const unnamed = await command("key", "show", "--data-dir", data);
  expect([unnamed.exitCode, unnamed.stderr]).toEqual([
    CONFIG,
    expect.stringContaining("holds 1 key and a bad file of another: say which"),
  ]);
});

test("a peer starts beside them, and makes no new key in place of one that is bad", async () => {
  const extra = ["--bind", "127.0.0.1"];
  const peer = await PeerProcess.start({
    command: "start",
    dataDir: await dataDir(0),
    extra,
    stderr: "pipe",
  });
  const said = new Response(peer.process.stderr).text();
  expect(await peer.end()).toBe(0);
  const entries = (await said)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const warnings = entries.filter(({ level }) => level === "warn");
  expect(warnings.map(({ message }) => `Warning: ${message}`).join("\n")).toMatch(WARNINGS);
  const bad = mkdtempSync(join(network.folder, "lost-"));
  mkdirSync(join(bad, "keys"));
  writeFileSync(join(bad, "keys", `${LOST}.json`), "{");
  const refused = await command("start", "--data-dir", bad, ...extra, "--port", "0");
  expect([refused.exitCode, refused.stderr]).toEqual([
    DATAERR,
    expect.stringContaining("`convex-peer key recover`"),
  ]);
  expect(readdirSync(bad)).toEqual(["keys"]);
  expect(readdirSync(join(bad, "keys"))).toEqual([`${LOST}.json`]);
});

test("doctor tells of them in one check, and the others do their work", async () => {
  const data = await dataDir(0);
  const socket = network.operate(0, data);
  const { stdout } = await command("doctor", "--json", "--data-dir", data);
  socket.close();
  const checks: { id: string; level: string; detail: string }[] = JSON.parse(stdout).checks;
  const of = (id: string) => checks.find((check) => check.id === id);
  expect(of("keys")).toMatchObject({ level: "warn", detail: expect.stringContaining("bad.json") });
  expect(["key-access", "key-encryption", "controller-key"].map((id) => of(id)?.level)).toEqual([
    "ok",
    "warn",
    "warn",
  ]);
});

test("in an emergency every step is done beside them", async () => {
  const data = await dataDir(OWN);
  network.operate(OWN, data);
  const file = await network.keyFile(OWN);
  const report = await json(
    ...["emergency", "--data-dir", data, "--controller-key-file", file],
    ...["--via", network.via(0), "--yes"],
  );
  const states = report.steps.map(({ step, state }: Record<string, string>) => `${step} ${state}`);
  expect(states).toEqual(["stop done", "seal done", "withdraw done"]);
  expect(readdirSync(join(data, "keys"))).toContain(`${publicKey(OWN)}.json.sealed`);
});

test("in an emergency the peer's own key file is put away when it is bad, too", async () => {
  const data = await dataDir();
  writeFileSync(join(data, "keys", `${publicKey(2)}.json`), "{");
  const withdrawal = network.path("withdrawal");
  const report = await json(
    ...["emergency", "--data-dir", data, "--peer", publicKey(2), "--via", network.via(0)],
    ...["--offline", withdrawal, "--yes"],
  );
  expect(report.steps[1]).toMatchObject({ step: "seal", state: "done" });
  expect(readdirSync(join(data, "keys"))).toContain(`${publicKey(2)}.json.sealed`);
});
