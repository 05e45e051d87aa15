// Among several keys the peer meant is the one whose store is there, also while it is stopped or
// hangs: in an emergency nobody should have to look its key up.

import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { meantPeer } from "../../../src/cli/contact/peer-facts.ts";
import { CommandError } from "../../../src/cli/failure.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { KeyStore } from "../../../src/keys/key-store.ts";
import { Peer } from "../../../src/peer/peer.ts";
import { STORE_FILE, sqliteStore } from "../../../src/store/sqlite-store.ts";
import { keyPair, newState } from "../../peer/scene.ts";
import { publicKey, seed } from "../network-scene.ts";

const folder = mkdtempSync(join(tmpdir(), "convex-store-peer-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function dataDir(name: string): Promise<string> {
  const path = join(folder, name);
  const keys = new KeyStore(join(path, "keys"));
  for (const index of [0, 1, 2]) await keys.add(seed(index), null);
  return path;
}

test("the peer of the store is meant, be it stopped or open elsewhere", async () => {
  const data = await dataDir("peer");
  const store = sqliteStore(data, CVM_TABLE);
  await new Peer({ store, keyPair: keyPair(0), genesis: newState([1e14]) }).close();
  expect(await meantPeer({ dataDir: data })).toBe(publicKey(0));
  store.close();
  expect(await meantPeer({ dataDir: data })).toBe(publicKey(0));
  expect(await meantPeer({ dataDir: data, peer: publicKey(1).slice(0, 8) })).toBe(publicKey(1));
});

test("without a store, or with a damaged one, it is to be said", async () => {
  const data = await dataDir("none");
  expect(meantPeer({ dataDir: data })).rejects.toThrow(CommandError);
  writeFileSync(join(data, STORE_FILE), "no store");
  expect(meantPeer({ dataDir: data })).rejects.toThrow("say which with --peer HEX");
});
