// The only peer with the minimum stake: whoever is about to take it away is told what that means.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { command } from "./in-process.ts";
import { NetworkScene, publicKey } from "./network-scene.ts";

const STOPS = "no other peer has the minimum stake: the network STOPS for everybody";

let network: NetworkScene;
let of: string[];
beforeAll(async () => {
  network = new NetworkScene(1);
  await network.ready();
  of = ["--peer", publicKey(0), "--port", network.port(0), "--dry-run"];
});
afterAll(() => network.end());

test.each(["stake withdraw --all", "stake set 999.999999999"])("%s", async (words) => {
  const { exitCode, stderr } = await command(...words.split(" "), ...of);
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining(STOPS)]);
});

test("a script is told, too, and what it reads is JSON", async () => {
  const script = ["stake", "withdraw", "--all", "--yes", "--json", ...of];
  const { exitCode, stdout, stderr } = await command(...script);
  expect([exitCode, stderr]).toEqual([0, `Warning: ${STOPS}.\n`]);
  expect(JSON.parse(stdout)).toMatchObject({ after: 0, dryRun: true });
});

test("stake set to the minimum", async () => {
  const { exitCode, stderr } = await command("stake", "set", "1000", ...of);
  expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining("STOPS")]);
});
