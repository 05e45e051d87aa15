// Which network the hosts of `--join` are of, for a peer that has one already.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { type HostedPeer, hostPeer, stopPeer } from "../../../src/cli/start/hosted-peer.ts";
import { networkAmong } from "../../../src/cli/start/join-network.ts";
import { toHex } from "../../../src/crypto/hex.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { hashBytes } from "../../../src/data/encode.ts";
import { Bans } from "../../../src/peer/connections/bans.ts";
import { memoryStore } from "../../../src/store/memory-store.ts";
import { keyPair, newState } from "../../peer/scene.ts";

const LOOPBACK = "127.0.0.1";
const GENESES = [newState([1e14]), newState([2e14]), newState([3e14])];
const [ONE = "", TWO = "", THREE = ""] = GENESES.map((genesis) => toHex(hashBytes(genesis)));
const NOBODY = { host: LOOPBACK, port: 1 };

let hosts: HostedPeer[];
let addresses: { host: string; port: number }[];

beforeAll(() => {
  hosts = GENESES.slice(0, 2).map((genesis) => {
    const listen = { host: LOOPBACK, port: 0 };
    const parts = { store: memoryStore(CVM_TABLE), keyPair: keyPair(0), genesis, listen };
    const onFault = (error: unknown) => {
      throw error;
    };
    return hostPeer({ ...parts, bans: new Bans(null), onFault });
  });
  for (const { networked } of hosts) networked.start();
  addresses = hosts.map(({ listener }) => ({ host: LOOPBACK, port: listener.port }));
});

afterAll(async () => {
  for (const host of hosts) await stopPeer(host);
});

test("a host that has gone astray does not speak for the others", async () => {
  const [one, two] = addresses as [{ host: string; port: number }, { host: string; port: number }];
  const genesisAmong = async (asked: typeof addresses, own: string) =>
    (await networkAmong(asked, own))?.genesis ?? null;
  for (const own of [ONE, TWO]) {
    for (let round = 0; round < 5; round++) {
      expect(await genesisAmong([one, two], own)).toBe(own);
      expect(await genesisAmong([two, NOBODY, one], own)).toBe(own);
    }
  }
  expect(await genesisAmong([two, NOBODY], ONE)).toBe(TWO);
  expect([ONE, TWO]).toContain((await genesisAmong([one, two], THREE)) as string);
  expect(await genesisAmong([NOBODY], ONE)).toBeNull();
});
