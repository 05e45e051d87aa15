// `emergency` on a network of four equal peers of which one is down: any three are enough, and the
// two that are left without the broken one are not, though its weight alone is no third.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { PATIENCE_MS } from "../patience.ts";
import { command, json } from "./in-process.ts";
import { NetworkScene, publicKey } from "./network-scene.ts";

const TEMPFAIL = 75;
const OWN = 3;

let network: NetworkScene;
let data: string;
beforeAll(async () => {
  network = new NetworkScene(4);
  await network.ready();
  data = await network.dataDir(OWN, 2);
  network.operate(OWN, data);
});
afterAll(() => network.end());

/** Waits until the peer knows that it reaches no more than this share. */
async function untilReached(share: number): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const { votingShare, reachableShare } = await json("status", "--data-dir", data);
    expect(votingShare).toBeCloseTo(0.25, 3);
    if (reachableShare <= share) return;
    if (performance.now() > deadline) throw new Error(`${reachableShare} are still reached`);
    await Bun.sleep(20);
  }
}

async function emergency(...more: string[]) {
  const way = ["--peer", publicKey(OWN), "--data-dir", data, "--via", network.via(0)];
  const { exitCode, stdout, stderr } = await command("emergency", ...way, ...more, "--json");
  const { steps } = JSON.parse(stdout) as { steps: { step: string; state: string }[] };
  return { exitCode, stderr, states: steps.map(({ step, state }) => `${step} ${state}`) };
}

test("with all four up, the peer is stopped first", async () => {
  const tried = await emergency("--dry-run");
  expect(tried.states).toEqual(["stop planned", "seal planned", "withdraw planned"]);
  expect(tried.stderr).not.toContain("agree on nothing");
});

test("with one down it is needed, and who is away is said", async () => {
  await network.stop(1);
  await untilReached(0.76);
  const tried = await emergency("--dry-run");
  expect(tried.states).toEqual(["withdraw planned", "stop planned", "seal planned"]);
  expect(tried.stderr).toContain(
    "The others agree on nothing without this peer (25.0 % of the voting weight, and 25.0 % is of " +
      "peers that can't be reached): its stake is taken back first",
  );
});

test("with two down nobody agrees on anything, and it waits", async () => {
  await network.stop(2);
  await untilReached(0.51);
  const tried = await emergency("--yes");
  expect(tried).toMatchObject({
    exitCode: TEMPFAIL,
    states: ["withdraw failed", "stop waits", "seal waits"],
  });
  expect(tried.stderr).toContain("nor at present with it (25.0 % of the voting weight, and 50.0 %");
  expect((await command("status", "--data-dir", data)).exitCode).toBe(0);
});
