// A network from a State that `convex-peer genesis` wrote: its governance gives out names.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Convex, KeyPair } from "@convex-world/convex-ts";
import { toHex } from "../../src/crypto/hex.ts";
import { program } from "../cli/terminal-session.ts";
import { PeerProcess } from "./peer-process.ts";

const folder = mkdtempSync(join(tmpdir(), "convex-peer-test-"));
const governance = KeyPair.generate();
let peer: PeerProcess;
let hash: string;

async function run(...args: string[]): Promise<string> {
  const child = Bun.spawn([...program(), ...args], { cwd: folder, stdout: "pipe" });
  const text = await new Response(child.stdout).text();
  expect(await child.exited).toBe(0);
  return text.trim();
}

beforeAll(async () => {
  writeFileSync(join(folder, "seed"), "07".repeat(32), { mode: 0o600 });
  await run("key", "import", "--seed-file", "seed", "--data-dir", "data");
  const roles = ["--governance", toHex(governance.publicKey), "--data-dir", "data"];
  hash = await run("genesis", "--out", "genesis.cad3.gz", ...roles);
  peer = await PeerProcess.start({
    command: "start",
    dataDir: join(folder, "data"),
    extra: ["--genesis", join(folder, "genesis.cad3.gz"), "--faucet"],
  });
});

afterAll(async () => {
  await peer.end();
  rmSync(folder, { recursive: true, force: true });
});

test("the network begins with that State", async () => {
  const status = (await (await fetch(`${peer.url}/api/v1/status`)).json()) as { genesis: string };
  expect(status.genesis).toBe(`0x${hash}`);
});

test("names are given out by governance, and used by who has them", async () => {
  const user = new Convex(peer.url);
  const keyPair = KeyPair.generate();
  const { address } = await user.createAccount(keyPair, 100_000_000);
  user.setAccount(address, keyPair);
  const root = new Convex(peer.url);
  root.setAccount("#6", governance);
  await root.transact("(@convex.cns/create 'user)");
  const created = await root.transact(`(@convex.cns/create 'user.bob 1 #${Number(address)})`);
  expect(created.result).toBe(`[1 #${Number(address)} nil nil]`);
  const bob = user.cns("user.bob");
  expect((await bob.resolve()).value).toBe(1);
  expect((await bob.set("#42")).result).toBe(`[#42 #${Number(address)} nil nil]`);
  expect((await bob.resolve()).result).toBe("#42");
  expect((await bob.setController("#13")).result).toBe("[#42 #13 nil nil]");
  expect(bob.set("#43")).rejects.toThrow();
});
