// Commands that name no peer take the one that runs in the data directory, wherever it listens; and
// what it means for that peer when another key is put beside its own.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { localHost } from "../../../src/cli/contact/own-peer.ts";
import { command, json } from "../in-process.ts";
import { NetworkScene, publicKey } from "../network-scene.ts";

let network: NetworkScene;
let data: string;
let posted: { readonly path: string; readonly body: unknown }[] = [];
/** What a new account of the faucet has, and what it gives to one that is there, in copper. */
let given = 1_000_000_000;
const api = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: async (request) => {
    const { pathname: path } = new URL(request.url);
    if (request.method === "GET") return Response.json({ address: 42, balance: given });
    posted.push({ path, body: await request.json() });
    return Response.json({ address: 42, amount: given });
  },
});

beforeAll(async () => {
  network = new NetworkScene(1);
  await network.ready();
  data = await network.dataDir(0);
  network.operate(0, data, { api: `http://127.0.0.1:${api.port}` });
});
afterAll(async () => {
  await network.end();
  await api.stop(true);
});

test("a peer that listens at all addresses is reached on loopback, of IPv6 where there is no other", () => {
  const at = (...addresses: string[]) =>
    ({ lo: addresses.map((address) => ({ address })) }) as never;
  const both = at("127.0.0.1", "::1");
  expect(["::", "0.0.0.0", undefined].map((host) => localHost(host, both))).toEqual(
    Array(3).fill("127.0.0.1"),
  );
  expect(localHost("::", at("::1"))).toBe("::1");
  expect(localHost("::", at("127.0.0.1"))).toBe("127.0.0.1");
  expect(localHost("::", {})).toBe("127.0.0.1");
  expect(localHost("192.0.2.1", at("::1"))).toBe("192.0.2.1");
});

test("the faucet is that of the running peer", async () => {
  posted = [];
  const made = await json("account", "create", "--data-dir", data);
  expect(made).toMatchObject({ address: 42, key: publicKey(0) });
  await json("account", "fund", "#42", "--data-dir", data);
  const nothing = await command("account", "fund", "#42", "--amount", "0", "--data-dir", data);
  expect([nothing.exitCode, nothing.stderr]).toEqual([65, expect.stringContaining("How much?")]);
  expect(posted.map(({ path }) => path)).toEqual(["/api/v1/createAccount", "/api/v1/faucet"]);
});

test("a faucet that gives less than was asked for is no success", async () => {
  given = 7;
  const funded = await command("account", "fund", "#42", "--amount", "5", "--data-dir", data);
  expect(funded).toMatchObject({ exitCode: 75, stdout: "0.000000007 CVM\n" });
  expect(funded.stderr).toContain("gave 0.000000007 CVM of 5 CVM");
  given = 0;
  const made = await command("account", "create", "--data-dir", data);
  expect(made).toMatchObject({ exitCode: 69, stdout: "#42\n" });
  expect(made.stderr).toContain("Account #42 has no coins");
  const poor = await command("account", "create", "--amount", "0", "--data-dir", data);
  expect(poor.exitCode).toBe(0);
  given = 1_000_000_000;
});

test("what answers and is no faucet has given nothing", async () => {
  for (const body of ["<html>hello</html>", "null", "{}"]) {
    const web = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response(body) });
    const named = ["--api", `http://127.0.0.1:${web.port}`, "--data-dir", data];
    for (const words of [["create"], ["fund", "#42"]]) {
      const { exitCode, stdout, stderr } = await command("account", ...words, ...named);
      const told = expect.stringContaining("is it the HTTP API of a Convex peer?");
      expect([exitCode, stdout, stderr]).toEqual([69, "", told]);
    }
    await web.stop(true);
  }
});

test("a faucet is not asked when nothing may happen, nor where no API can be", async () => {
  posted = [];
  for (const flag of [["--dry-run"], ["--offline", network.path("gift.json")]]) {
    for (const words of [["create"], ["fund", "#42"]]) {
      const { exitCode, stderr } = await command("account", ...words, ...flag, "--data-dir", data);
      expect([exitCode, stderr]).toEqual([64, expect.stringContaining("--from '#N'")]);
    }
  }
  const named = await command("account", "fund", "#42", "--api", "127.0.0.1:8080");
  expect([named.exitCode, named.stderr]).toEqual([64, expect.stringContaining("http://127.0.0.1")]);
  expect(posted).toEqual([]);
});

test("so is the peer that is asked, and gone through", async () => {
  expect((await command("query", "(+ 1 2)", "--data-dir", data)).stdout).toBe("3\n");
  expect(await json("account", "info", "#12", "--data-dir", data)).toMatchObject({ address: 12 });
  expect(await json("stake", "show", "--data-dir", data)).toMatchObject({ peer: publicKey(0) });
  const paid = ["--address", "#12", "--yes", "--data-dir", data];
  expect(await json("transact", "(* 2 3)", ...paid)).toMatchObject({ final: true, value: "6" });
});

test("where none runs, the usual port is asked; a port that is typed is taken", async () => {
  const empty = network.path("empty");
  const gone = await command("query", "1", "--data-dir", empty, "--port", "1");
  expect([gone.exitCode, gone.stderr]).toEqual([69, expect.stringContaining("127.0.0.1:1")]);
  const there = await command("query", "1", "--data-dir", empty, "--port", network.port(0));
  expect(there.stdout).toBe("1\n");
});

test("a second key is told of, with which one the peer takes from then on", async () => {
  const added = await command("key", "new", "--no-mnemonic", "--data-dir", data);
  expect(added.exitCode).toBe(0);
  expect(added.stderr).toContain("now holds 2 keys");
  expect(added.stderr).toContain(`${publicKey(0).slice(0, 8)}, goes on with its own`);
  // Among several, the running peer's key is the one that is meant, and --key names that of a new
  // account.
  expect(await json("stake", "show", "--data-dir", data)).toMatchObject({ peer: publicKey(0) });
  const [prefix] = [added.stdout.slice(0, 10)];
  const made = await json("account", "create", "--data-dir", data, "--key", prefix as string);
  expect(made.key).toBe(added.stdout.trim());
  const unclear = await command("account", "create", "--data-dir", data);
  expect([unclear.exitCode, unclear.stderr]).toEqual([
    78,
    expect.stringContaining("--public-key HEX"),
  ]);
  const first = await command("key", "new", "--no-mnemonic", "--data-dir", network.path("other"));
  expect(first.stderr).not.toContain("now holds");
  const second = await command("key", "new", "--no-mnemonic", "--data-dir", network.path("other"));
  expect(second.stderr).toContain("--key HEX");
});
