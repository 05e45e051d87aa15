// `emergency` on a network of three, whose other two agree on nothing without the peer that was
// broken into: the stake must be back before the peer stops.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { KeyStore } from "../../src/keys/key-store.ts";
import { command, json } from "./in-process.ts";
import { NetworkScene, publicKey, seed } from "./network-scene.ts";

setDefaultTimeout(60_000);

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
