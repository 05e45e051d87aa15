// `emergency` on a network of four, of which one is broken into: dry run, every step, again, and
// what fails.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { command, json } from "./in-process.ts";
import { NetworkScene, publicKey } from "./network-scene.ts";

const USAGE = 64;
const UNAVAILABLE = 69;
const CONFIG = 78;
/** The peer that is broken into. */
const OWN = 3;
const PEER = publicKey(OWN);

let network: NetworkScene;
let data: string;
let base: string[];
let controllerKey: string;
beforeAll(async () => {
  network = new NetworkScene(4);
  await network.ready();
  data = await network.dataDir(OWN);
  controllerKey = await network.keyFile(OWN);
  network.operate(OWN, data);
  base = ["emergency", "--data-dir", data, "--controller-key-file", controllerKey];
});
afterAll(() => network.end());

const states = (report: { steps: { step: string; state: string }[] }) =>
  report.steps.map(({ step, state }) => `${step} ${state}`);
/** As the peer has it that withdrawals go through: others may hear later of what is final. */
const own = async () => (await json("stake", "show", "--peer", PEER, "--via", network.via(1))).own;

test("it asks for a way and for consent before anything happens", async () => {
  const noWay = await command(...base, "--yes");
  expect([noWay.exitCode, noWay.stderr]).toEqual([USAGE, expect.stringContaining("--via")]);
  const unasked = await command(...base, "--via", network.via(0));
  expect([unasked.exitCode, unasked.stderr]).toEqual([USAGE, expect.stringContaining("--yes")]);
  expect((await command("health", "--data-dir", data)).exitCode).toBe(0);
});

test("a dry run looks at every step and changes nothing", async () => {
  const before = await own();
  const report = await json(...base, "--via", network.via(0), "--dry-run");
  expect(states(report)).toEqual(["stop planned", "seal planned", "withdraw planned"]);
  expect(report.complete).toBe(false);
  expect((await command("health", "--data-dir", data)).exitCode).toBe(0);
  expect(readdirSync(join(data, "keys"))).toEqual([`${PEER}.json`]);
  expect(await own()).toBe(before);
  const shown = await command(...base, "--via", network.via(0), "--dry-run");
  expect(shown.stdout).toMatch(/^stop: would be done +the peer runs, and would be stopped$/m);
  expect(shown.stdout).toContain("Dry run: nothing was done.");
  expect(shown.stderr).toContain("Dry run, nothing is done. It would be: ");
  expect(shown.stderr).not.toMatch(/^(?:Stopping|Sealing|Taking)/m);
  const wrongKey = await network.keyFile(0);
  const unready = await command(
    ...["emergency", "--data-dir", data, "--controller-key-file", wrongKey],
    ...["--via", network.via(0), "--dry-run", "--json"],
  );
  expect(unready.exitCode).not.toBe(0);
  expect(states(JSON.parse(unready.stdout))[2]).toBe("withdraw failed");
});

test("where the controller's key is elsewhere, the withdrawal is handed on", async () => {
  // On a machine that never saw the peer.
  const elsewhere = network.path("elsewhere");
  mkdirSync(elsewhere);
  const file = network.path("withdrawal");
  const report = await json(
    ...["emergency", "--peer", PEER, "--data-dir", elsewhere, "--via", network.via(0)],
    ...["--offline", file, "--dry-run"],
  );
  expect(states(report)).toEqual(["stop already", "seal planned", "withdraw planned"]);
  const done = await json(
    ...["emergency", "--peer", PEER, "--data-dir", elsewhere, "--via", network.via(0)],
    ...["--offline", file, "--yes"],
  );
  expect(states(done)).toEqual(["stop already", "seal done", "withdraw handed on"]);
  expect(readFileSync(file, "utf8")).toContain("set-peer-stake");
});

test("on the machine of another peer, or one without any, only the stake is taken care of", async () => {
  const other = await network.dataDir(1);
  const socket = network.operate(1, other);
  const way = ["--peer", PEER, "--via", network.via(0), "--yes"];
  const here = await json(
    ...["emergency", "--data-dir", other, ...way],
    "--offline",
    network.path("a"),
  );
  expect(states(here)).toEqual(["stop already", "seal already", "withdraw handed on"]);
  expect((await command("health", "--data-dir", other)).exitCode).toBe(0);
  expect(readdirSync(join(other, "keys"))).toEqual([`${publicKey(1)}.json`]);
  expect(existsSync(join(other, "sealed.json"))).toBe(false);
  socket.close();
  const absent = network.path("absent");
  const none = await json(
    ...["emergency", "--data-dir", absent, ...way],
    "--offline",
    network.path("b"),
  );
  expect(states(none)).toEqual(["stop already", "seal already", "withdraw handed on"]);
  expect(existsSync(absent)).toBe(false);
});

test("the broken peer itself is no way, and nobody there leaves stop and seal done", async () => {
  const itself = await command(...base, "--via", network.via(OWN), "--dry-run", "--json");
  expect(itself.exitCode).toBe(USAGE);
  expect(itself.stdout).toContain("leads to the broken peer itself");
  const nobody = await command(...base, "--via", "127.0.0.1:1", "--yes", "--json");
  expect(nobody.exitCode).toBe(UNAVAILABLE);
  expect(states(JSON.parse(nobody.stdout))).toEqual(["stop done", "seal done", "withdraw failed"]);
  expect((await command("health", "--data-dir", data)).exitCode).toBe(UNAVAILABLE);
  const sealed = join(data, "keys", `${PEER}.json.sealed`);
  expect(readdirSync(join(data, "keys"))).toEqual([`${PEER}.json.sealed`]);
  expect(statSync(sealed).mode & 0o777).toBe(0o400);
});

test("start refuses a sealed directory, and makes no key in it", async () => {
  const started = await command("start", "--data-dir", data, "--port", "0", "--api-port", "0");
  expect([started.exitCode, started.stderr]).toEqual([CONFIG, expect.stringContaining("sealed")]);
  expect(existsSync(join(data, "store.db"))).toBe(false);
  const checked = await command("doctor", "--data-dir", data, "--json");
  expect(checked.exitCode).toBe(1);
  expect(checked.stdout).toContain("sealed in an emergency");
});

test("repeated, it goes on where it failed; then there is nothing left to do", async () => {
  const again = await command(...base, "--via", network.via(1), "--yes");
  expect([again.exitCode, again.stdout]).toEqual([0, expect.stringContaining("withdraw: done")]);
  // The genesis peer's controller has the peer's key: its coins are not safe yet.
  expect(again.stdout).toContain("set-key");
  expect(await own()).toBe(0);
  const balance = async () =>
    (await json("account", "info", "#15", "--via", network.via(1))).balance;
  const before = await balance();
  const third = await json(...base, "--via", network.via(1), "--yes");
  expect(states(third)).toEqual(["stop already", "seal already", "withdraw already"]);
  expect(third.complete).toBe(true);
  expect(await balance()).toBe(before);
});
