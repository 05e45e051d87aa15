// `query`, `transact` and `account …` against a peer of this process.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { command, json } from "./in-process.ts";
import { NetworkScene, publicKey, seed } from "./network-scene.ts";

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
const DATAERR = 65;
const NOUSER = 67;
const UNAVAILABLE = 69;
const NOPERM = 77;
const CONFIG = 78;

test("query prints the value of each form, and stops at the first error with its code", async () => {
  const values = await command("query", "(+ 1 2)", '[:a "b"] *address*', "--port", port);
  expect(values).toEqual({ exitCode: 0, stdout: '3\n[:a "b"]\n#11\n', stderr: "" });
  const mine = await command("query", "*address*", "--address", "#12", "--port", port);
  expect(mine.stdout).toBe("#12\n");
  const failed = await command("query", "1", '(fail :BOO "oh")', "2", "--port", port);
  expect(failed.exitCode).toBe(DATAERR);
  expect(failed.stdout).toBe("1\n");
  expect(failed.stderr).toContain(":BOO oh");
  const nobody = await command("query", "1", "--address", "999999", "--port", port);
  expect(nobody.exitCode).toBe(NOUSER);
  const broken = await command("query", "(+ 1", "--port", port);
  expect([broken.exitCode, broken.stderr]).toEqual([DATAERR, expect.stringContaining("(+ 1")]);
});

test("query as JSON is what the HTTP API says", async () => {
  const { stdout } = await command("query", "{:a 9007199254740993}", "--json", "--port", port);
  expect(stdout).toContain('"value":{"a":9007199254740993}');
  expect(stdout.trim().split("\n").length).toBe(1);
  const failed = await command("query", "(fail :BOO 1)", "--json", "--port", port);
  expect(failed.exitCode).toBe(DATAERR);
  expect(JSON.parse(failed.stdout)).toMatchObject({ errorCode: "BOO", value: 1 });
});

test("nobody there, and a wrong way to go, are sentences with a fix", async () => {
  const nobody = await command("query", "1", "--via", "127.0.0.1:1");
  expect(nobody.exitCode).toBe(UNAVAILABLE);
  expect(nobody.stderr).toContain("No peer listens at 127.0.0.1:1");
  const both = await command("query", "1", "--via", "127.0.0.1:1", "--port", port);
  expect([both.exitCode, both.stderr]).toEqual([USAGE, expect.stringContaining("not both")]);
  const none = await command("query", "--port", port);
  expect(none.exitCode).toBe(USAGE);
});

test("transact signs with the account's key of the data directory, and prints a receipt", async () => {
  const base = ["transact", "--address", "#12", "--port", port, "--data-dir", data];
  const done = await json(...base, "(def answer 42)");
  expect(done).toMatchObject({ final: true, value: "42", address: 12 });
  expect(done.transaction).toMatch(/^[0-9a-f]{64}$/);
  expect(done.fees).toBeGreaterThan(0);
  expect(await json("query", "#12/answer", "--port", port)).toMatchObject({ value: 42 });
  const shown = await command(...base, "(def answer 43)", "--dry-run");
  expect(shown.stdout).toContain("Nothing was done");
  expect(shown.stderr).toContain("juice");
  expect(await json("query", "#12/answer", "--port", port)).toMatchObject({ value: 42 });
  const two = await command(...base, "1", "2");
  expect(two.exitCode).toBe(USAGE);
});

test("a transaction that would fail is not sent", async () => {
  const base = ["transact", "--address", "#12", "--port", port, "--data-dir", data];
  const before = await json("account", "info", "#12", "--port", port);
  const failed = await command(...base, "(transfer #13 999999999999999999)");
  expect([failed.exitCode, failed.stderr]).toEqual([DATAERR, expect.stringContaining(":FUNDS")]);
  expect(failed.stderr).toMatch(/\(account #12 has [\d,.]+ CVM\)/);
  const after = await json("account", "info", "#12", "--port", port);
  expect(after.sequence).toBe(before.sequence);
});

test("the key must be the account's", async () => {
  const wrong = await network.keyFile(7);
  const foreign = await command(
    ...["transact", "1", "--address", "12", "--port", port, "--key-file", wrong],
  );
  expect([foreign.exitCode, foreign.stderr]).toEqual([
    NOPERM,
    expect.stringContaining(`its key is ${publicKey(0)}`),
  ]);
  const empty = await network.dataDir();
  const absent = await command(
    ...["transact", "1", "--address", "12", "--port", port, "--data-dir", empty],
  );
  expect([absent.exitCode, absent.stderr]).toEqual([CONFIG, expect.stringContaining("--offline")]);
  const actor = await command(
    ...["transact", "1", "--address", "#8", "--port", port, "--data-dir", data],
  );
  expect([actor.exitCode, actor.stderr]).toEqual([NOPERM, expect.stringContaining("actor")]);
});

test("offline: made here, signed there, sent from here; once, and unaltered", async () => {
  const [unsigned, signed] = [network.path("unsigned"), network.path("signed")];
  const key = await network.keyFile(0);
  const written = await command(
    ...["transact", "(def far 7)", "--address", "#12", "--port", port, "--offline", unsigned],
  );
  expect([written.exitCode, written.stdout]).toEqual([0, expect.stringContaining("--sign")]);
  const unready = await command("transact", "--signed", unsigned, "--port", port);
  expect([unready.exitCode, unready.stderr]).toEqual([
    DATAERR,
    expect.stringContaining("not signed"),
  ]);
  const unasked = await command(
    ...["transact", "--sign", unsigned, "--out", signed, "--key-file", key],
  );
  expect([unasked.exitCode, unasked.stderr]).toEqual([USAGE, expect.stringContaining("--yes")]);
  expect(unasked.stderr).toContain("(def far 7)");
  const done = await command(
    ...["transact", "--sign", unsigned, "--out", signed, "--key-file", key, "--yes"],
  );
  expect(done.exitCode).toBe(0);

  const file = JSON.parse(readFileSync(signed, "utf8"));
  const altered = network.path("altered");
  const flip = (hex: string) => `${hex.slice(0, -2)}${hex.endsWith("00") ? "01" : "00"}`;
  writeFileSync(altered, JSON.stringify({ ...file, signature: flip(file.signature) }));
  const refused = await command("transact", "--signed", altered, "--port", port);
  expect([refused.exitCode, refused.stderr]).toEqual([DATAERR, expect.stringContaining("altered")]);
  writeFileSync(altered, JSON.stringify({ ...file, network: "00".repeat(32) }));
  const elsewhere = await command("transact", "--signed", altered, "--port", port);
  expect(elsewhere.exitCode).toBe(CONFIG);
  writeFileSync(altered, JSON.stringify({ ...file, transaction: "d0" }));
  expect((await command("transact", "--signed", altered, "--port", port)).exitCode).toBe(DATAERR);

  expect(await json("transact", "--signed", signed, "--port", port)).toMatchObject({ value: "7" });
  const again = await command("transact", "--signed", signed, "--port", port);
  expect(again).toMatchObject({ exitCode: DATAERR, stdout: "" });
  expect(again.stderr).toMatch(/it has sequence (\d+), and account #12 is at \1 already/);
  const there = await command(
    ...["transact", "1", "--address", "#12", "--port", port, "--offline", unsigned],
  );
  expect([there.exitCode, there.stderr]).toEqual([73, expect.stringContaining("exists already")]);
  const secret = Buffer.from(seed(0)).toString("hex");
  expect(readFileSync(signed, "utf8")).not.toContain(secret);
});

test("accounts are made, paid and looked at", async () => {
  const pay = ["--from", "#12", "--port", port, "--data-dir", data, "--yes"];
  const made = await json(
    "account",
    "create",
    "--public-key",
    publicKey(9),
    "--amount",
    "3",
    ...pay,
  );
  expect(made.final).toBe(true);
  const address = `#${made.address}`;
  const info = await json("account", "info", address, "--port", port);
  expect(info).toMatchObject({ key: publicKey(9), balance: 3_000_000_000, type: "user" });
  await json("account", "fund", address, "--amount", "250copper", ...pay);
  const balances = await command("account", "balance", address, "#12", "--port", port);
  expect(balances.stdout.split("\n")[0]).toBe("3.00000025 CVM");
  const none = await command("account", "info", "#999999", "--port", port);
  expect([none.exitCode, none.stderr]).toEqual([NOUSER, expect.stringContaining("#999999")]);
  const bad = await command("account", "info", "twelve", "--port", port);
  expect(bad.exitCode).toBe(USAGE);
  expect(bad.stderr).toContain("expected the Address of an account");
  const noFaucet = await command(
    "account",
    "create",
    "--public-key",
    publicKey(9),
    "--api",
    "http://127.0.0.1:1",
  );
  expect([noFaucet.exitCode, noFaucet.stderr]).toEqual([
    UNAVAILABLE,
    expect.stringContaining("convex-peer local"),
  ]);
});
