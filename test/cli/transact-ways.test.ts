// What `transact` and others do with a transaction on its way: nothing in a dry run, and what they
// say of one that is final, or may yet be.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { PeerClient } from "../../src/cli/contact/peer-client.ts";
import { ownAfter } from "../../src/cli/contact/peer-facts.ts";
import { CommandError } from "../../src/cli/failure.ts";
import { changeStake } from "../../src/cli/transactions/stake-change.ts";
import type { Integer } from "../../src/data/cell.ts";
import { PeerProcess } from "../e2e/peer-process.ts";
import { command, json } from "./in-process.ts";
import { NetworkScene, publicKey } from "./network-scene.ts";

let network: NetworkScene;
let data: string;
let port: string;
beforeAll(async () => {
  network = new NetworkScene(1);
  data = await network.dataDir(0);
  port = network.port(0);
  await network.ready();
});
afterAll(() => network.end());

const USAGE = 64;
const TEMPFAIL = 75;
const UNAVAILABLE = 69;

async function sequence(): Promise<number> {
  return (await json("account", "info", "#12", "--port", port)).sequence;
}

async function unsignedFile(name: string): Promise<string> {
  const file = network.path(name);
  const base = ["transact", "(def far 7)", "--address", "#12", "--port", port];
  expect((await command(...base, "--offline", file)).exitCode).toBe(0);
  return file;
}

test("a dry run signs nothing, and sends nothing that is signed", async () => {
  const unsigned = await unsignedFile("dry");
  const signed = network.path("dry-signed");
  const sign = ["transact", "--sign", unsigned, "--out", signed, "--data-dir", data, "--yes"];
  const unmade = await command(...sign, "--dry-run");
  expect([unmade.exitCode, unmade.stdout]).toEqual([0, "Nothing was done: --dry-run.\n"]);
  expect(unmade.stderr).toContain("(def far 7)");
  expect(existsSync(signed)).toBe(false);
  expect((await command(...sign)).exitCode).toBe(0);

  const before = await sequence();
  const send = ["transact", "--signed", signed, "--port", port];
  const unsent = await command(...send, "--dry-run");
  expect([unsent.exitCode, unsent.stdout]).toEqual([0, "Nothing was done: --dry-run.\n"]);
  expect(unsent.stderr).toContain("copper");
  expect(await json(...send, "--dry-run")).toMatchObject({ final: false, dryRun: true });
  expect(await sequence()).toBe(before);
  expect(await json(...send)).toMatchObject({ final: true, value: "7" });
});

test("flags of two ways to go are refused", async () => {
  const unsigned = await unsignedFile("two-ways");
  const ways = [
    ["--signed", unsigned, "--file", unsigned],
    ["--sign", unsigned, "--file", unsigned, "--out", network.path("no")],
    ["--signed", unsigned, "--offline", network.path("no")],
    ["1", "--address", "#12", "--out", network.path("no")],
  ];
  for (const way of ways) {
    const { exitCode } = await command("transact", ...way, "--port", port, "--data-dir", data);
    expect([way, exitCode]).toEqual([way, USAGE]);
  }
});

test("a transaction is final though its value is too long to be shown", async () => {
  const before = await sequence();
  const base = ["transact", "--address", "#12", "--port", port, "--data-dir", data];
  const form = '(loop [s "0123456789abcdef" n 0] (if (< n 18) (recur (str s s) (inc n)) s))';
  const done = await command(...base, form);
  expect([done.exitCode, done.stdout]).toEqual([
    0,
    expect.stringContaining("too long to be shown"),
  ]);
  expect(await json(...base, form)).toMatchObject({ final: true, value: null });
  expect(await sequence()).toBe(before + 2);
});

test("a stake that is set is told of though the peer answers no more", async () => {
  const client = await PeerClient.connect({ host: "127.0.0.1", port: Number(port) });
  let isSent = false;
  const dying = {
    ask: client.ask.bind(client),
    submit: (...args: Parameters<PeerClient["submit"]>) => {
      isSent = true;
      return client.submit(...args);
    },
    query: (...args: Parameters<PeerClient["query"]>) => {
      if (isSent) throw new CommandError(UNAVAILABLE, "it does not answer");
      return client.query(...args);
    },
  } as unknown as PeerClient;
  const flags = { yes: true, dryRun: false, timeout: 20, json: true };
  let next: Integer = 0;
  const changed = await changeStake(
    dying,
    publicKey(0),
    ({ shares }) => {
      next = Number(shares) - 1_000;
      return next;
    },
    { dataDir: data },
    flags,
  );
  client.close();
  expect(changed.outcome?.kind).toBe("final");
  expect(changed.after).toBe(ownAfter(changed.before, next));
});

test("what may yet become final is told so, and how to see it", async () => {
  const two = new NetworkScene(2);
  try {
    await two.ready();
    await two.stop(1);
    const pay = ["--from", "#12", "--port", two.port(0), "--data-dir", await two.dataDir(0)];
    const sent = await command("account", "fund", "#13", "--amount", "5", ...pay, "--yes");
    expect([sent.exitCode, sent.stdout]).toEqual([TEMPFAIL, ""]);
    const at = `--via 127.0.0.1:${two.port(0)}`;
    const look = `Sent, but not known to be final: \`convex-peer account info '#12' ${at}\` shows sequence 1`;
    expect(sent.stderr).toContain(look);
    expect(sent.stderr).toContain("a second run can make it happen twice");
  } finally {
    await two.end();
  }
});

/** Once the peer at `via` has the account and these coins, the blocks of which reach it later. */
async function heardAt(address: number, copper: number, via: string): Promise<void> {
  for (;;) {
    const info = await command("account", "info", `#${address}`, "--via", via, "--json");
    if (info.exitCode === 0 && JSON.parse(info.stdout).balance >= copper) return;
    await Bun.sleep(20);
  }
}

test("an observer is said to send nothing on, so that the command can be run again elsewhere", async () => {
  const local = await PeerProcess.start({ command: "local" });
  const extra = ["--join", `127.0.0.1:${local.peerPort}`];
  const observer = await PeerProcess.start({ command: "start", extra });
  try {
    const { dataDir } = observer;
    const key = await json("key", "show", "--data-dir", dataDir);
    const made = ["--public-key", key.publicKey, "--api", local.url, "--data-dir", dataDir];
    const { address } = await json("account", "create", ...made);
    const { address: poor } = await json("account", "create", "--amount", "0", ...made);
    const payFrom = (from: number) => {
      const what = ["--amount", "0.1", "--from", `#${from}`, "--yes", "--data-dir", dataDir];
      return (via: string) => command("account", "fund", "#13", ...what, "--via", via);
    };
    const at = `127.0.0.1:${observer.peerPort}`;
    const host = `127.0.0.1:${local.peerPort}`;
    await heardAt(poor, 0, at);
    const late = `${at} is an observer, which hears of blocks after the others: where account #${poor}`;
    const lacking = await payFrom(poor)(at);
    expect([lacking.exitCode, lacking.stderr]).toEqual([65, expect.stringContaining(late)]);
    expect((await payFrom(poor)(host)).stderr).toMatch(/:JUICE [^.]*\)\n$/);
    await heardAt(address, 1, at);
    const refused = await payFrom(address)(at);
    expect([refused.exitCode, refused.stderr]).toEqual([
      TEMPFAIL,
      expect.stringContaining(`${at} is an observer, which sends nobody's transactions: nothing`),
    ]);
    expect(refused.stderr).not.toContain("not known to be final");
    expect((await payFrom(address)(host)).exitCode).toBe(0);
  } finally {
    await observer.end();
    await local.end();
    observer.removeData();
  }
});
