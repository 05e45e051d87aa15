// `emergency` where the controller has the peer's own key, as after `genesis`: the file that signs
// the withdrawal is the one that is put away.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { command } from "./in-process.ts";
import { NetworkScene, publicKey } from "./network-scene.ts";

const UNAVAILABLE = 69;
const CONFIG = 78;

let network: NetworkScene;
beforeAll(async () => {
  // So many that none of the three that go is needed by the others.
  network = new NetworkScene(6);
  await network.ready();
});
afterAll(() => network.end());

async function emergency(data: string, ...more: string[]) {
  const { exitCode, stdout } = await command("emergency", "--data-dir", data, ...more, "--json");
  const { steps } = JSON.parse(stdout) as { steps: Record<"step" | "state" | "detail", string>[] };
  return {
    exitCode,
    states: steps.map(({ step, state }) => `${step} ${state}`),
    details: steps.map(({ detail }) => detail),
  };
}

const DONE = { exitCode: 0, states: ["stop done", "seal done", "withdraw done"] };
const PLANNED = { exitCode: 0, states: ["stop planned", "seal planned", "withdraw planned"] };

test("the key of the data directory signs, though it is sealed before", async () => {
  const data = await network.dataDir(5);
  network.operate(5, data);
  const way = ["--via", network.via(0)];
  expect(await emergency(data, ...way, "--dry-run")).toMatchObject(PLANNED);
  expect(await emergency(data, ...way, "--yes")).toMatchObject(DONE);
});

test("so does a file that is named, and renamed by the seal", async () => {
  const data = await network.dataDir(4);
  network.operate(4, data);
  const file = join(data, "keys", `${publicKey(4)}.json`);
  const way = ["--via", network.via(0), "--controller-key-file", file];
  expect(await emergency(data, ...way, "--dry-run")).toMatchObject(PLANNED);
  expect(await emergency(data, ...way, "--yes")).toMatchObject(DONE);
});

test("repeated, it finds the key under its sealed name, however it is named", async () => {
  const data = await network.dataDir(3);
  network.operate(3, data);
  const first = await emergency(data, "--via", "127.0.0.1:1", "--yes");
  expect(first).toMatchObject({
    exitCode: UNAVAILABLE,
    states: ["stop done", "seal done", "withdraw failed"],
  });
  expect(readdirSync(join(data, "keys"))).toEqual([`${publicKey(3)}.json.sealed`]);
  const file = join(data, "keys", `${publicKey(3)}.json`);
  const again = [
    ["--controller-key-file", file],
    ["--controller-key", publicKey(3).slice(0, 8)],
    [],
  ];
  const planned = ["stop already", "seal already", "withdraw planned"];
  for (const named of again) {
    const tried = await emergency(data, ...named, "--via", network.via(0), "--dry-run");
    expect(tried).toMatchObject({ exitCode: 0, states: planned });
  }
  const last = await emergency(data, "--via", network.via(0), "--yes");
  expect(last.states).toEqual(["stop already", "seal already", "withdraw done"]);
  // It is told as long as it is to be done, and no longer.
  const advice = /^no stake is left to #\d+, which has the broken key: give .* another key at once/;
  const repeated = await emergency(data, "--via", network.via(0), "--yes");
  expect([repeated.exitCode, repeated.details[2]]).toEqual([0, expect.stringMatching(advice)]);
  // What it says is to be done at once can be done so.
  const [, advised = ""] = /: convex-peer (transact .*)$/.exec(last.details[2] ?? "") ?? [];
  const words = advised
    .replaceAll("'", "")
    .replace("0x…)", `0x${publicKey(0)})`)
    .split(" ");
  const form = words.splice(-2).join(" ");
  const rekeyed = await command(...words, form, "--yes", "--data-dir", network.path("absent"));
  expect([rekeyed.exitCode, rekeyed.stdout]).toEqual([0, expect.stringContaining("final")]);
  const over = await emergency(data, "--via", network.via(0), "--yes");
  expect(over.details[2]).toMatch(/^no stake is left to #\d+$/);
});

test("a key that is elsewhere is asked for by a flag that the command has", async () => {
  const way = ["--peer", publicKey(2), "--via", network.via(0), "--dry-run"];
  const missing = await emergency(network.path("absent"), ...way);
  expect(missing.exitCode).toBe(CONFIG);
  const [said] = missing.details.filter((detail) => detail.includes("is not in"));
  expect(said).toContain("give --controller-key-file FILE; or --offline FILE");
  expect(said).not.toContain(" --key-file");
});
