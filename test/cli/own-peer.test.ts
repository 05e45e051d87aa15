// Commands that name no peer take the one that runs in the data directory, wherever it listens; and
// what it means for that peer when another key is put beside its own.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { command, json } from "./in-process.ts";
import { NetworkScene, publicKey } from "./network-scene.ts";

setDefaultTimeout(60_000);

let network: NetworkScene;
let data: string;
let posted: { readonly path: string; readonly body: unknown }[] = [];
const api = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: async (request) => {
    const body: unknown = await request.json();
    posted.push({ path: new URL(request.url).pathname, body });
    return Response.json({ address: 42, amount: 7 });
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

test("the faucet is that of the running peer", async () => {
  posted = [];
  const made = await json("account", "create", "--data-dir", data);
  expect(made).toMatchObject({ address: 42, key: publicKey(0) });
  await json("account", "fund", "#42", "--data-dir", data);
  expect(posted.map(({ path }) => path)).toEqual(["/api/v1/createAccount", "/api/v1/faucet"]);
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

test("a second key is told of, with how the peer is to be started from then on", async () => {
  const added = await command("key", "new", "--no-mnemonic", "--data-dir", data);
  expect(added.exitCode).toBe(0);
  expect(added.stderr).toContain("now holds 2 keys");
  expect(added.stderr).toContain(`--key ${publicKey(0).slice(0, 8)}`);
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
