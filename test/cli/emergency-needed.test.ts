// `emergency` on a network of three, whose other two agree on nothing without the peer that was
// broken into: the stake must be back before the peer stops.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { KeyStore } from "../../src/keys/key-store.ts";
import { TEST_MS } from "../patience.ts";
import { command, json } from "./in-process.ts";
import { NetworkScene, publicKey, seed } from "./network-scene.ts";

setDefaultTimeout(TEST_MS);

const USAGE = 64;
const UNAVAILABLE = 69;
const CANTCREAT = 73;
const TEMPFAIL = 75;
const NO_PERMISSION = 77;
const OWN = 2;
const PEER = publicKey(OWN);

let network: NetworkScene;
let base: string[];
beforeAll(async () => {
  network = new NetworkScene(3);
  await network.ready();
  const data = await network.dataDir(OWN);
  network.operate(OWN, data);
  const keys = new KeyStore(network.path("controller"));
  const added = await keys.add(seed(OWN), "the right passphrase");
  const file = added?.path ?? keys.find(PEER).path;
  base = ["emergency", "--data-dir", data, "--via", network.via(0), "--controller-key-file", file];
});
afterAll(() => network.end());

function passphrase(text: string): string[] {
  const file = network.path(`passphrase-${text.length}`);
  writeFileSync(file, `${text}\n`, { mode: 0o600 });
  return ["--controller-passphrase-file", file];
}

test("a dry run opens the controller's key: a passphrase that is wrong shows now", async () => {
  const wrong = await command(...base, ...passphrase("a wrong one"), "--dry-run");
  expect([wrong.exitCode, wrong.stdout]).toEqual([
    NO_PERMISSION,
    expect.stringContaining("withdraw: would FAIL  Wrong passphrase"),
  ]);
  const none = await command(...base, "--dry-run");
  expect([none.exitCode, none.stdout]).toEqual([
    NO_PERMISSION,
    expect.stringContaining("--controller-passphrase-file FILE"),
  ]);
  const right = await command(...base, ...passphrase("the right passphrase"), "--dry-run");
  expect([right.exitCode, right.stdout]).toEqual([
    0,
    expect.stringContaining("withdraw: would be done"),
  ]);
  expect(right.stderr).toContain("(33.3 % of the voting weight): its stake is taken back first");
});

test("a way that leads nowhere leaves the peer running, and what is wrong with it is said", async () => {
  const other = new NetworkScene(1);
  // Longer than it is waited for, shorter than the withdrawal would wait.
  const silent = createServer((socket) => setTimeout(() => socket.destroy(), 4_000));
  silent.listen(0, "127.0.0.1");
  await new Promise((resolve) => silent.once("listening", resolve));
  const { port } = silent.address() as { readonly port: number };
  const ways = [
    ["127.0.0.1:1", UNAVAILABLE, "No peer listens at 127.0.0.1:1: check the port"],
    ["127.0.0.1:port", USAGE, "--via takes HOST:PORT, found '127.0.0.1:port'"],
    [network.via(OWN), USAGE, "--via leads to the broken peer itself: name another peer"],
    [other.via(0), USAGE, "--via leads to a peer of another network"],
    [`127.0.0.1:${port}`, UNAVAILABLE, "the peer of --via has not answered within 3 s"],
  ] as const;
  const [name, dir, data = ""] = base;
  const run = async (folder: string, via: string, ...more: string[]) => {
    const words = [`${name}`, `${dir}`, folder, "--via", via, "--peer", PEER, ...more, "--json"];
    const { exitCode, stdout, stderr } = await command(...words);
    const { steps } = JSON.parse(stdout) as { steps: { step: string; state: string }[] };
    return { exitCode, stderr, states: steps.map(({ step, state }) => `${step} ${state}`) };
  };
  const waiting = ["withdraw failed", "stop waits", "seal waits"];
  try {
    for (const [via, exit, why] of ways) {
      const tried = await run(data, via, "--yes");
      expect([via, tried.exitCode, tried.states]).toEqual([via, exit, waiting]);
      expect(tried.stderr).toContain(
        `Nothing can be taken back through --via as it stands: ${why}`,
      );
      expect(tried.stderr).toContain(
        "(33.3 % of the voting weight): its stake is taken back first",
      );
      expect((await command("health", "--data-dir", data)).exitCode).toBe(0);
    }
    const elsewhere = await run(await network.dataDir(OWN), "127.0.0.1:1", "--yes");
    expect(elsewhere).toMatchObject({ exitCode: UNAVAILABLE, states: waiting });
    expect(elsewhere.stderr).toContain("can't be seen: wherever it runs, it must go on");
    const first = await run(data, "127.0.0.1:1", "--stop-first", "--dry-run");
    expect(first.states).toEqual(["stop planned", "seal planned", "withdraw failed"]);
    const mistaken = await run(data, other.via(0), "--stop-first", "--dry-run");
    expect(mistaken).toMatchObject({ exitCode: USAGE, states: first.states });
  } finally {
    silent.close();
    await other.end();
  }
});

test("the stake is back before the peer stops, and the others agree on", async () => {
  const report = await json(...base, ...passphrase("the right passphrase"), "--yes");
  const steps = report.steps.map(
    ({ step, state }: { step: string; state: string }) => `${step} ${state}`,
  );
  expect(steps).toEqual(["withdraw done", "stop done", "seal done"]);
  const own = async () =>
    (await json("stake", "show", "--peer", PEER, "--via", network.via(1))).own;
  // The other one may learn a little later what is final; never, it runs into the time limit.
  while ((await own()) !== 0) await Bun.sleep(20);
});

test("a withdrawal that is signed elsewhere is final before the peer stops", async () => {
  // Of the two that are left it is the one that has made a block.
  const other = 0;
  const data = await network.dataDir(other);
  network.operate(other, data);
  const [file, signed] = [network.path("withdrawal"), network.path("withdrawal.signed")];
  const way = ["--peer", publicKey(other), "--via", network.via(1), "--offline", file];
  const run = async (...more: string[]) => {
    const { exitCode, stdout, stderr } = await command("emergency", ...way, ...more, "--json");
    const { steps } = JSON.parse(stdout) as { steps: { step: string; state: string }[] };
    return { exitCode, stderr, states: steps.map(({ step, state }) => `${step} ${state}`) };
  };
  const elsewhere = await run("--data-dir", network.path("elsewhere"), "--dry-run");
  expect(elsewhere.stderr).toContain("wherever it runs, it must go on until its stake is back");
  const planned = await run("--data-dir", data, "--dry-run");
  expect(planned.states).toEqual(["withdraw planned", "stop planned", "seal planned"]);
  const first = await run("--data-dir", data, "--yes");
  expect([first.exitCode, first.states]).toEqual([
    TEMPFAIL,
    ["withdraw handed on", "stop waits", "seal waits"],
  ]);
  expect(first.stderr).toMatch(/\(\d+\.\d % of the voting weight\): its stake is taken back first/);
  // Run again too early, it does not stop the peer either.
  const early = await run("--data-dir", data, "--yes");
  expect([early.exitCode, early.states]).toEqual([
    CANTCREAT,
    ["withdraw failed", "stop waits", "seal waits"],
  ]);
  const key = await network.keyFile(other);
  await command("transact", "--sign", file, "--out", signed, "--key-file", key, "--yes");
  await json("transact", "--signed", signed, "--via", network.via(1));
  const last = await run("--data-dir", data, "--yes");
  expect([last.exitCode, last.states]).toEqual([0, ["stop done", "seal done", "withdraw already"]]);
});
