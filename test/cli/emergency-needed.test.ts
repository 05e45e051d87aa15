// `emergency` on a network of three, whose other two agree on nothing without the peer that was
// broken into: the stake must be back before the peer stops.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { KeyStore } from "../../src/keys/key-store.ts";
import { command, json } from "./in-process.ts";
import { NetworkScene, publicKey, seed } from "./network-scene.ts";

setDefaultTimeout(60_000);

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
  expect((await json("stake", "show", "--peer", PEER, "--via", network.via(1))).own).toBe(0);
});
