// The API of a running peer: whether it has the faucet that was asked for.

import { expect, test } from "bun:test";
import { openApi } from "../../../src/cli/api/api-surface.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { createGenesis } from "../../../src/genesis/genesis.ts";
import { memoryStore } from "../../../src/store/memory-store.ts";
import { Cluster } from "../../peer/cluster.ts";
import { keyPair } from "../../peer/scene.ts";

/** Whether a peer has a faucet whose controller has the key of pair i; the peer has that of 0. */
async function hasFaucet(i: number, isWanted = true): Promise<boolean> {
  const { publicKey } = keyPair(0);
  const genesis = createGenesis({
    governanceKey: publicKey,
    genesisKey: keyPair(i).publicKey,
    peerKeys: [publicKey],
  });
  const cluster = new Cluster({ count: 1, genesis, delayMs: 5 });
  const store = memoryStore(CVM_TABLE);
  const api = openApi(cluster.start(0, { store }), {
    api: { host: "127.0.0.1", port: 0 },
    keyPair: keyPair(0),
    store,
    hasFaucet: isWanted,
    shutdown: () => {},
    command: () => ({ ok: true, result: null }),
    onFault: (error) => cluster.faults.push(error),
  });
  await api.stop(true);
  expect(cluster.faults).toEqual([]);
  return api.hasFaucet;
}

test("it has a faucet when the key is that of the account which controls it", async () => {
  expect(await hasFaucet(0)).toBe(true);
  expect(await hasFaucet(0, false)).toBe(false);
});

test("it has none when that account has another key", async () => {
  expect(await hasFaucet(1)).toBe(false);
});
