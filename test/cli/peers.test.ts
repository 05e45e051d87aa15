// `peers …`: what the operator changes at the peer that runs.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { command, json } from "./in-process.ts";
import { NetworkScene } from "./network-scene.ts";

setDefaultTimeout(30_000);

const DATAERR = 65;

let network: NetworkScene;
let data: string;
beforeAll(async () => {
  network = new NetworkScene(2);
  await network.ready();
  data = await network.dataDir(0);
  network.operate(0, data);
});
afterAll(() => network.end());

test("no bans are said to be none", async () => {
  const told = await command("peers", "bans", "--data-dir", data);
  expect(told).toEqual({ exitCode: 0, stdout: "", stderr: "Nobody is banned.\n" });
  expect(await json("peers", "bans", "--data-dir", data)).toEqual([]);
});

test("the number of outgoing connections is changed while it runs, within its bounds", async () => {
  const wanted = async () => (await json("status", "--data-dir", data)).wantedOutgoing;
  expect(await wanted()).toBe(20);
  const done = await command("peers", "outgoing", "3", "--data-dir", data);
  expect([done.exitCode, done.stdout]).toEqual([0, expect.stringContaining("3 connections")]);
  expect(await wanted()).toBe(3);
  for (const wrong of ["1001", "-1", "many"]) {
    const refused = await command("peers", "outgoing", `${wrong}`, "--data-dir", data);
    expect(refused.exitCode).not.toBe(0);
  }
  const many = await command("peers", "outgoing", "1001", "--data-dir", data);
  expect([many.exitCode, many.stderr]).toEqual([DATAERR, expect.stringContaining("0 to 1000")]);
  expect(await wanted()).toBe(3);
});
