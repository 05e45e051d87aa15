// `peer …` and `stake …` on a network of three: what they say beforehand, what the State has
// afterwards, and how stake comes back through another peer while one's own is down.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { command, json } from "./in-process.ts";
import { NetworkScene, publicKey } from "./network-scene.ts";

const USAGE = 64;
const DATAERR = 65;
const NOUSER = 67;
const NOPERM = 77;
const COIN = 1_000_000_000;
const MINIMUM = 1_000 * COIN;

let network: NetworkScene;
/** Data directory of a peer to be, and its key. */
let data: string;
const PEER = publicKey(6);
/** Key file of the account that controls it, and the account. */
let controllerKey: string;
let controller: string;
let at: string[];

beforeAll(async () => {
  network = new NetworkScene(3);
  await network.ready();
  data = await network.dataDir(6);
  controllerKey = await network.keyFile(7);
  at = ["--port", network.port(0), "--data-dir", data];
  const bank = ["--key-file", await network.keyFile(0), "--yes", "--port", network.port(0)];
  const made = await json(
    ...["account", "create", "--from", "#12", "--public-key", publicKey(7)],
    ...["--amount", "20000", ...bank],
  );
  controller = `#${made.address}`;
});
afterAll(() => network.end());

const signed = () => ["--controller-key-file", controllerKey, "--yes"];
const record = () => json("stake", "show", ...at);

test("a peer without a record is told how it gets one", async () => {
  const shown = await command("stake", "show", ...at);
  expect([shown.exitCode, shown.stderr]).toEqual([NOUSER, expect.stringContaining("peer create")]);
});

test("peer create: shown with minimum, effect and cost; asked for; done with the controller's key", async () => {
  const create = ["peer", "create", "--address", controller, "--stake", "5000", ...at];
  const shown = await command(...create, "--dry-run");
  expect(shown.exitCode).toBe(0);
  expect(shown.stderr).toContain("0 CVM → 5,000 CVM");
  expect(shown.stderr).toMatch(/minimum\s+1,000 CVM/);
  expect(shown.stderr).toContain("takes part in consensus from then on");
  expect(shown.stderr).toMatch(/cost\s+[\d,]+ juice, [\d,]+ copper/);
  expect(shown.stderr).toContain("20,000 CVM → 15,000 CVM");
  const { network: all } = await json("stake", "show", "--peer", publicKey(0), ...at.slice(0, 2));
  const part = ((100 * 5_000) / (all.shares / COIN + 5_000)).toFixed(1);
  expect(shown.stderr).toMatch(new RegExp(`weight\\s+${part} % of all stake`));
  expect(shown.stderr).not.toMatch(/below the minimum|peer's own key/);
  const low = await command(...create.map((w) => (w === "5000" ? "999" : w)), "--dry-run");
  expect(low.stderr).toContain("this stake is below the minimum: the peer takes no part");
  const bank = ["--from", "#12", "--key-file", await network.keyFile(0), "--yes"];
  const own = ["account", "create", ...bank, "--public-key", PEER, "--port", network.port(0)];
  const { address: risky } = await json(...own, "--amount", "10");
  const by = create.map((word) => (word === controller ? `#${risky}` : word));
  const warned = await command(...by.map((w) => (w === "5000" ? "1" : w)), "--dry-run");
  expect(warned.stderr).toContain(`#${risky} has the peer's own key: whoever breaks into the peer`);
  const unasked = await command(...create, "--controller-key-file", controllerKey);
  expect([unasked.exitCode, unasked.stderr]).toEqual([USAGE, expect.stringContaining("--yes")]);
  const poor = await command(...create.map((w) => (w === "5000" ? "50000" : w)), ...signed());
  expect([poor.exitCode, poor.stderr]).toEqual([DATAERR, expect.stringContaining(":FUNDS")]);
  const done = await json(...create, ...signed(), "--url", "tcp://127.0.0.1:7");
  expect(done).toMatchObject({ peer: PEER, final: true, takesPart: true });
  expect(await record()).toMatchObject({
    own: 5_000 * COIN,
    controller: Number(controller.slice(1)),
    url: "tcp://127.0.0.1:7",
    takesPart: true,
    network: { peers: 4, eligible: 4 },
  });
  // The controller's key was another for the length of the transaction only.
  expect(await json("account", "info", controller, ...at.slice(0, 2))).toMatchObject({
    key: publicKey(7),
  });
  const again = await command(...create, ...signed());
  expect([again.exitCode, again.stderr]).toEqual([DATAERR, expect.stringContaining("registered")]);
});

test("peer set-url by a controller with a key of its own", async () => {
  const done = await command("peer", "set-url", "tcp://127.0.0.1:8", ...at, ...signed());
  expect([done.exitCode, done.stderr]).toEqual([0, expect.stringContaining(":7 → tcp")]);
  expect((await record()).url).toBe("tcp://127.0.0.1:8");
  const same = await command("peer", "set-url", "tcp://127.0.0.1:8", ...at, ...signed());
  expect([same.exitCode, same.stdout]).toEqual([0, expect.stringContaining("Nothing to do")]);
  const foreign = await network.keyFile(0);
  const refused = await command(
    ...["peer", "set-url", "tcp://127.0.0.1:9", ...at, "--controller-key-file", foreign],
  );
  expect(refused.exitCode).toBe(NOPERM);
});

test("stake add, set and withdraw come to what they said", async () => {
  const change = async (...words: string[]) => json("stake", ...words, ...at, ...signed());
  expect(await change("add", "1000")).toMatchObject({ before: 5_000 * COIN, after: 6_000 * COIN });
  expect((await record()).own).toBe(6_000 * COIN);
  expect(await change("withdraw", "500.5")).toMatchObject({ after: 5_499.5 * COIN });
  const low = await command("stake", "set", "999", ...at, ...signed());
  expect(low.stderr).toContain("STOPS TAKING PART");
  expect(low.stdout).toContain("takes no part");
  expect(await record()).toMatchObject({ own: MINIMUM - COIN, takesPart: false });
  const less = await command("stake", "withdraw", "1000", ...at, ...signed());
  expect([less.exitCode, less.stderr]).toEqual([DATAERR, expect.stringContaining("999 CVM")]);
  const all = await json("stake", "withdraw", "999", "--dry-run", ...at, ...signed());
  expect(all.after).toBe(0);
  for (const verb of ["add", "withdraw"]) {
    const none = await command("stake", verb, "0", ...at, ...signed());
    expect([none.exitCode, none.stdout]).toEqual([DATAERR, ""]);
    expect(none.stderr).toContain(`more than 0 CVM to ${verb}`);
  }
  const unclear = await command("stake", "withdraw", ...at, ...signed());
  expect(unclear.exitCode).toBe(USAGE);
  expect(await change("set", "1000")).toMatchObject({ after: MINIMUM, takesPart: true });
  const same = await command("stake", "set", "1000", ...at, ...signed());
  expect([same.exitCode, same.stdout]).toEqual([0, expect.stringContaining("Nothing to do")]);
});

test("just the rewards of a peer can't be withdrawn, and that is no success", async () => {
  const ofFirst = ["--peer", publicKey(0), "--port", network.port(0)];
  const { own, shares } = await json("stake", "show", ...ofFirst);
  expect(own).toBeGreaterThan(shares);
  const by = ["--controller-key-file", await network.keyFile(0), "--dry-run", ...ofFirst];
  const rewards = await command("stake", "withdraw", `${own - shares}copper`, ...by);
  expect([rewards.exitCode, rewards.stdout]).toEqual([DATAERR, ""]);
  expect(rewards.stderr).toContain("withdraw 1 copper more");
  const more = await command("stake", "withdraw", `${own - shares + 1}copper`, ...by);
  expect(more.exitCode).toBe(0);
});

test("stake delegate sets what an account has delegated, and takes it back", async () => {
  const bank = ["--address", "#12", "--key-file", await network.keyFile(0), "--yes", ...at];
  expect(await json("stake", "delegate", "70", ...bank)).toMatchObject({
    before: 0,
    after: 70 * COIN,
  });
  const sequence = async () =>
    (await json("account", "info", "#12", "--port", network.port(0))).sequence;
  const before = await sequence();
  const again = await json("stake", "delegate", "70", ...bank);
  expect(again).toMatchObject({ after: 70 * COIN, unchanged: true, final: false });
  expect(await sequence()).toBe(before);
  const shown = await json("stake", "show", "--address", "#12", ...at);
  expect(shown).toMatchObject({ delegated: 70 * COIN, delegators: 1, delegation: 70 * COIN });
  expect(await json("stake", "delegate", "0", ...bank)).toMatchObject({ after: 0, final: true });
});

test("a controller elsewhere signs offline", async () => {
  const [unsigned, ready] = [network.path("stake"), network.path("stake.signed")];
  const empty = await network.dataDir(6);
  const written = await json(
    ...["stake", "set", "1500", "--port", network.port(0), "--data-dir", empty],
    ...["--offline", unsigned, "--yes"],
  );
  expect(written).toMatchObject({ final: false, file: unsigned, after: 1_500 * COIN });
  const signing = ["--sign", unsigned, "--out", ready, "--key-file", controllerKey, "--yes"];
  expect((await command("transact", ...signing)).stderr).toContain("set-peer-stake");
  await json("transact", "--signed", ready, "--via", network.via(1));
  // As the peer has it that took it in: others may hear later of what is final.
  const shown = await json("stake", "show", "--peer", PEER, "--via", network.via(1));
  expect(shown.own).toBe(1_500 * COIN);
});

test("all stake comes back through another peer, though the peer itself never ran", async () => {
  const balance = async () =>
    (await json("account", "info", controller, "--via", network.via(1))).balance;
  const before = await balance();
  const withdrawal = ["stake", "withdraw", "--all", "--via", network.via(1), "--data-dir", data];
  const done = await json(...withdrawal, ...signed());
  expect(done).toMatchObject({ before: 1_500 * COIN, after: 0, takesPart: false, final: true });
  expect(await balance()).toBe(before + 1_500 * COIN - done.fees);
  const again = await json(...withdrawal, ...signed());
  expect(again).toMatchObject({ after: 0, unchanged: true, final: false });
  expect(await balance()).toBe(before + 1_500 * COIN - done.fees);
});

test("peer evict removes the record, by others only when the stake is below the minimum", async () => {
  const genesisPeer = ["--peer", publicKey(1), "--port", network.port(0)];
  const refused = await command("peer", "evict", ...genesisPeer, "--address", controller);
  expect([refused.exitCode, refused.stderr]).toEqual([
    NOPERM,
    expect.stringContaining("minimum stake"),
  ]);
  const shown = await command("peer", "evict", ...genesisPeer, "--dry-run");
  expect([shown.exitCode, shown.stderr]).toEqual([
    0,
    expect.stringContaining("the peer takes part in consensus, and would cease to"),
  ]);
  expect(shown.stderr).not.toContain("STOPS");
  const deserted = await command("peer", "evict", ...at, ...signed());
  expect([deserted.exitCode, deserted.stderr]).toEqual([
    DATAERR,
    expect.stringContaining("stake delegate 1copper"),
  ]);
  const bank = ["--address", "#12", "--key-file", await network.keyFile(0), "--yes"];
  await json("stake", "delegate", "1copper", ...at, ...bank);
  const done = await json("peer", "evict", ...at, ...signed());
  expect(done).toMatchObject({ peer: PEER, final: true });
  expect((await command("stake", "show", ...at)).exitCode).toBe(NOUSER);
});
