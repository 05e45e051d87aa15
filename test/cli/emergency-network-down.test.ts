// `emergency` where nothing becomes final: of three peers one is down, one was broken into.
// Stopping that one would put its stake out of reach.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { PATIENCE_MS } from "../patience.ts";
import { command } from "./in-process.ts";
import { NetworkScene, publicKey } from "./network-scene.ts";

const UNAVAILABLE = 69;
const TEMPFAIL = 75;
const NO_PERMISSION = 77;
const OWN = 2;
const PEER = publicKey(OWN);

let network: NetworkScene;
let data: string;
beforeAll(async () => {
  network = new NetworkScene(3);
  await network.ready();
  data = await network.dataDir(OWN);
  network.operate(OWN, data);
  await network.stop(1);
  const deadline = performance.now() + PATIENCE_MS;
  while (network.peers[0]?.networked.peer.obstacle() === null) {
    if (performance.now() > deadline) throw new Error("the network is still ready");
    await Bun.sleep(20);
  }
});
afterAll(() => network.end());

async function emergency(folder: string, ...more: string[]) {
  const way = ["--data-dir", folder, "--via", network.via(0)];
  const { exitCode, stdout, stderr } = await command("emergency", ...way, ...more, "--json");
  const { steps } = JSON.parse(stdout) as { steps: Record<"step" | "state" | "detail", string>[] };
  const states = steps.map(({ step, state }) => `${step} ${state}`);
  return { exitCode, stderr, states, details: steps.map(({ detail }) => detail) };
}

const WAITING = ["withdraw failed", "stop waits", "seal waits"];
const keys = (folder: string) => readdirSync(join(folder, "keys"));

test("a dry run sees that the other peer takes no transactions", async () => {
  const tried = await emergency(data, "--dry-run");
  expect(tried).toMatchObject({ exitCode: TEMPFAIL, states: WAITING });
  expect(tried.details[0]).toContain("takes no part in consensus at present");
});

test("while the withdrawal fails, the peer goes on, and what to do is said", async () => {
  const tried = await emergency(data, "--yes");
  expect(tried).toMatchObject({ exitCode: TEMPFAIL, states: WAITING });
  expect(tried.details[0]).toContain("Only 66.7%");
  expect(tried.details[1]).toMatch(/bring peers .* back, and run this again; --stop-first/);
  expect(keys(data)).toEqual([`${PEER}.json`]);
  expect((await command("status", "--data-dir", data)).exitCode).toBe(0);
  const another = await network.keyFile(0);
  const wrong = await emergency(data, "--controller-key-file", another, "--yes");
  expect(wrong).toMatchObject({ exitCode: NO_PERMISSION, states: WAITING });
});

test("where it does not run, its key is not sealed before the stake is back", async () => {
  const elsewhere = await network.dataDir(OWN);
  const tried = await emergency(elsewhere, "--yes");
  expect(tried).toMatchObject({ exitCode: TEMPFAIL, states: WAITING });
  expect(tried.stderr).toContain("wherever it runs, it must go on until its stake is back");
  expect(keys(elsewhere)).toEqual([`${PEER}.json`]);
  expect(existsSync(join(elsewhere, "sealed.json"))).toBe(false);
});

test("--stop-first stops and seals it all the same", async () => {
  const tried = await emergency(data, "--stop-first", "--yes");
  expect(tried).toMatchObject({
    exitCode: TEMPFAIL,
    states: ["stop done", "seal done", "withdraw failed"],
  });
  expect(tried.stderr).toContain("stopped first, its stake is out of reach until they can");
  expect(keys(data)).toEqual([`${PEER}.json.sealed`]);
  expect((await command("health", "--data-dir", data)).exitCode).toBe(UNAVAILABLE);
});
