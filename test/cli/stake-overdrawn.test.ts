// A delegator who has earned rewards and takes out all takes more than the shares there are: by the
// rules of 0.8.5 the record then has negative shares, and nothing that asks for the value of its
// stake comes to an end. Anybody can do that to any peer.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { command, json } from "./in-process.ts";
import { NetworkScene, publicKey } from "./network-scene.ts";

const DATAERR = 65;

let network: NetworkScene;
/** The peer that is delegated to, and gets rewards for its blocks. */
let of: string[];
let bank: string[];
/** Copper that the delegator's shares have earned. */
let earned: number;

const record = () => json("stake", "show", "--address", "#12", ...of);

beforeAll(async () => {
  network = new NetworkScene(4);
  await network.ready();
  of = ["--peer", publicKey(1), "--port", network.port(1)];
  bank = ["--address", "#12", "--key-file", await network.keyFile(0), "--yes"];
  await json("stake", "delegate", "100", ...bank, ...of);
  // Who makes no blocks has little weight: the others must come to more than 67 % without this one.
  for (const i of [0, 1, 2, 3]) {
    await json("transact", `(def a ${i})`, ...bank, "--port", network.port(i));
  }
  const { delegated, delegation } = await record();
  earned = delegation - delegated;
});
afterAll(() => network.end());

test("a delegator may not take out more than the shares there are", async () => {
  expect(earned).toBeGreaterThan(0);
  const delegate = ["stake", "delegate", ...bank, ...of];
  const all = await command(...delegate, "0");
  expect([all.exitCode, all.stdout]).toEqual([DATAERR, ""]);
  const least = /leave at least (\d+)copper/.exec(all.stderr)?.[1];
  expect(Number(least)).toBeGreaterThanOrEqual(earned);
  const less = await command(...delegate, `${Number(least) - 1}copper`, "--dry-run");
  expect([less.exitCode, less.stderr]).toEqual([
    DATAERR,
    expect.stringContaining("leave at least"),
  ]);
  expect((await command(...delegate, `${least}copper`, "--dry-run")).exitCode).toBe(0);
});

test("a record that was overdrawn is shown, and its controller is told how it gets mended", async () => {
  await json("transact", `(set-stake 0x${publicKey(1)} 0)`, ...bank, "--port", network.port(0));
  const shown = await record();
  expect(shown).toMatchObject({ own: null, takesPart: false, network: { peers: 4, eligible: 3 } });
  const owed = -shown.delegated;
  expect(owed).toBeGreaterThan(0);
  const text = await command("stake", "show", ...of);
  expect([text.exitCode, text.stdout]).toEqual([
    0,
    expect.stringContaining(`stake delegate ${owed}copper --peer ${publicKey(1)}`),
  ]);
  const other = await json("stake", "show", "--peer", publicKey(0), "--port", network.port(0));
  expect(other).toMatchObject({ takesPart: true, network: { eligible: 3 } });

  const by = ["--controller-key-file", await network.keyFile(1), "--yes", "--via", network.via(0)];
  const its = ["--peer", publicKey(1), ...by];
  for (const words of [
    ["stake", "withdraw", "--all"],
    ["stake", "set", "5000"],
    ["stake", "add", "1"],
    ["peer", "evict"],
  ]) {
    const { exitCode, stdout, stderr } = await command(...words, ...its);
    expect([exitCode, stdout]).toEqual([DATAERR, ""]);
    expect(stderr).toContain(`stake delegate ${owed}copper`);
  }
  const url = await json("peer", "set-url", "tcp://127.0.0.1:7", ...its);
  expect(url).toMatchObject({ final: true });

  const mend = ["stake", "delegate", `${owed}copper`, "--peer", publicKey(1), ...bank];
  await json(...mend, "--port", network.port(0));
  const mended = await json("stake", "show", "--peer", publicKey(1), "--port", network.port(0));
  expect(mended).toMatchObject({ takesPart: true, delegated: 0, network: { eligible: 4 } });
  const done = await json("stake", "withdraw", "--all", ...its);
  expect(done).toMatchObject({ final: true, takesPart: false });
});
