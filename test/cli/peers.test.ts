// `peers …`: what the operator changes at the peer that runs.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { command, json } from "./in-process.ts";
import { NetworkScene, publicKey } from "./network-scene.ts";

const USAGE = 64;
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

test("a peer does not connect to itself", async () => {
  const own = network.port(0);
  for (const host of ["127.0.0.1", "localhost"]) {
    const told = await command("peers", "connect", `${host}:${own}`, "--data-dir", data);
    const words = `${host}:${own} is this peer itself: name another one`;
    expect(told).toMatchObject({ exitCode: DATAERR, stdout: "" });
    expect(told.stderr).toContain(words);
  }
  const other = await command("peers", "connect", "127.0.0.1:1", "--data-dir", data);
  expect(other.stdout).toContain("connecting to 127.0.0.1:1");
  await command("peers", "drop", "127.0.0.1:1", "--data-dir", data);
});

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
  expect([many.exitCode, many.stderr]).toEqual([USAGE, expect.stringContaining("0 to 1000")]);
  expect(await wanted()).toBe(3);
});

const BANNED = "8 or more hex digits of a key, an IP address or a name with a dot";
const IPV4 = "an IPv4 address of four numbers up to 255, without zeros before them";
const DROPPED = "8 or more hex digits of a key, or HOST[:PORT]";
const KEY = "ab".repeat(32);

/** Command, what was typed, placeholder, what was expected. */
const MALFORMED = [
  ["ban", KEY.slice(0, 7), "KEY|HOST", BANNED],
  ["ban", "peer7", "KEY|HOST", BANNED],
  ["ban", "", "KEY|HOST", BANNED],
  ["ban", "127.0.0.300", "KEY|HOST", IPV4],
  ["ban", "010.0.0.1", "KEY|HOST", IPV4],
  ["unban", `${KEY}0`, "KEY|HOST", BANNED],
  ["unban", "a b", "KEY|HOST", BANNED],
  ["connect", "10.0.0.1:99999", "HOST:PORT", "HOST:PORT"],
  ["connect", KEY, "HOST:PORT", "HOST:PORT"],
  ["drop", `${KEY}0`, "KEY|HOST[:PORT]", DROPPED],
  ["drop", "10.0.0.1:port", "KEY|HOST[:PORT]", DROPPED],
  ["outgoing", "1001", "N", "a number from 0 to 1000"],
  ["outgoing", "many", "N", "a number from 0 to 1000"],
] as const;

test("what a command is about is checked before any peer is asked", async () => {
  for (const [name, typed, placeholder, expected] of MALFORMED) {
    const { exitCode, stdout, stderr } = await command(
      ...["peers", name, typed, "--data-dir", "no/peer/runs/here"],
    );
    expect([exitCode, stdout, stderr]).toEqual([
      USAGE,
      "",
      `convex-peer: ${placeholder}: expected ${expected}, found '${typed}'\n` +
        `See \`convex-peer peers ${name} --help\`.\n`,
    ]);
  }
});

test("a ban is of no port", async () => {
  const typed = [
    "192.0.2.7:18888",
    "[2001:db8::1]:1",
    "a.example.org:80",
    "tcp://a.example.org:80",
  ];
  for (const target of typed) {
    const { exitCode, stderr } = await command("peers", "ban", target, "--data-dir", data);
    expect([exitCode, stderr]).toEqual([
      USAGE,
      expect.stringContaining(`found '${target}': a ban is`),
    ]);
    expect(stderr).toContain("`convex-peer peers drop HOST:PORT`");
  }
  expect(await json("peers", "bans", "--data-dir", data)).toEqual([]);
});

test("a host is banned in any spelling, and forgiven with its port, too; what is unknown is said to be", async () => {
  const banned = await command("peers", "ban", "::ffff:192.0.2.7", "--data-dir", data);
  expect([banned.exitCode, banned.stdout]).toEqual([
    0,
    "192.0.2.7 is banned, 0 connections closed\n",
  ]);
  const lifted = await command("peers", "unban", "192.0.2.7:18888", "--data-dir", data);
  expect([lifted.exitCode, lifted.stdout]).toEqual([0, "192.0.2.7 is no longer banned\n"]);
  for (const name of ["unban", "drop"]) {
    expect((await command("peers", name, "192.0.2.7", "--data-dir", data)).exitCode).toBe(DATAERR);
  }
});

test("what `peers list` shows of a key names its peer; who is not known is said to be", async () => {
  const listed = (await command("peers", "list", "--data-dir", data)).stdout;
  const shown = listed.split(/\s/)[0] as string;
  expect(publicKey(1)).toStartWith(shown);
  const reports = await json("peers", "list", "--data-dir", data);
  expect(reports[0].key).toBe(publicKey(1));
  const told = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await command("peers", ...args, "--data-dir", data);
    return [exitCode, stdout + stderr];
  };
  expect(await told("drop", shown)).toEqual([
    0,
    expect.stringMatching(/^\d connections? closed\n/),
  ]);
  // Its own record is in the State, no connection to it is there.
  const own = publicKey(0).slice(0, 8);
  const isNot = (whose: string, part: string, list: string) => [
    DATAERR,
    expect.stringMatching(`no key of ${whose} begins with ${part}: \`convex-peer peers ${list}\` `),
  ];
  expect(await told("drop", own)).toEqual(isNot("a connected peer", own, "list"));
  expect(await told("unban", shown)).toEqual(isNot("a banned peer", shown, "bans"));
  expect(await told("ban", "0123456789")).toEqual(
    isNot("a connected or registered peer", "0123456789", "list"),
  );
  expect(await told("ban", `0x${shown.toUpperCase()}`)).toEqual([
    0,
    expect.stringContaining(`${publicKey(1)} is banned`),
  ]);
  expect(await told("unban", shown)).toEqual([0, `${publicKey(1)} is no longer banned\n`]);
  for (const itself of [own, publicKey(0), `0x${publicKey(0).toUpperCase()}`]) {
    const refused = [DATAERR, expect.stringContaining("the key of this peer itself")];
    expect(await told("ban", itself)).toEqual(refused);
  }
  expect(await json("peers", "bans", "--data-dir", data)).toEqual([]);
});
