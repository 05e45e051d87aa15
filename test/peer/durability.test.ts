// What is on disk when a peer dies: at every write of a script of transactions, and with a disk that is
// full for a while.

import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { hashKey } from "../../src/data/encode.ts";
import type { SignedData } from "../../src/data/signed.ts";
import { pointsOf } from "../../src/consensus/points.ts";
import { orderOf } from "../../src/consensus/merge.ts";
import type { Order } from "../../src/state/order.ts";
import type { Peer } from "../../src/peer/peer.ts";
import type { Result } from "../../src/state/result.ts";
import { PROFILE_0_8_5 } from "../../src/state/rules.ts";
import { applyBlock } from "../../src/transition/apply-block.ts";
import type { Backend, BackendWriter } from "../../src/store/backend.ts";
import { CellStore } from "../../src/store/cell-store.ts";
import { CutError, FaultBackend } from "../../src/store/fault-store.ts";
import { MemoryBackend, MemoryImage } from "../../src/store/memory-store.ts";
import { SqliteBackend } from "../../src/store/sqlite-store.ts";
import { StoreError } from "../../src/store/store.ts";
import { expectComplete } from "../store/closure.ts";
import { errorOf, keyPair, newPeer, newState, stateHash, TestClock, transfer } from "./scene.ts";

const TRANSACTIONS = 50;

const scratch = mkdtempSync(join(tmpdir(), "convex-durability-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function scriptTransaction(i: number): SignedData {
  return transfer(2 + (i % 7), 1 + Math.floor(i / 7), 1 + ((i * 5) % 9), 1000 + i);
}

/** State hashes after each number of transactions of the script, each in a block of its own. */
async function expectedStates(): Promise<string[]> {
  const peer = newPeer();
  const hashes = [stateHash(peer)];
  for (let i = 0; i < TRANSACTIONS; i++) {
    await peer.submit(scriptTransaction(i));
    hashes.push(stateHash(peer));
  }
  return hashes;
}

/** Plays the script on a backend until it is cut; answers how many transactions were acknowledged. */
async function playScript(backend: FaultBackend): Promise<number> {
  let acknowledged = 0;
  try {
    const peer = newPeer({ store: new CellStore(backend, CVM_TABLE), clock: new CutClock() });
    while (acknowledged < TRANSACTIONS) {
      const submitted = peer.submit(scriptTransaction(acknowledged));
      if ((await Promise.race([submitted, peer.settled()])) === undefined && backend.isCut) break;
      expect(errorOf((await submitted) as Result)).toBeNull();
      acknowledged++;
    }
  } catch (error) {
    if (!(error instanceof CutError)) throw error;
  }
  return acknowledged;
}

/** Lets the error of a cut end in the loop, as the death of the process would. */
class CutClock extends TestClock {
  override soon(task: () => void): void {
    setImmediate(task);
  }
}

/** Opens what was left, and goes on; the State must be one of the script's, old or new. */
async function examine(backend: Backend, acknowledged: number, states: readonly string[]): Promise<void> {
  const store = new CellStore(backend, CVM_TABLE);
  const isNew = store.root("peer") === null;
  if (!isNew) expectComplete(store, "peer");
  const peer: Peer = newPeer({ store });
  const done = peer.position;
  expect(isNew ? 0 : done).toBe(done);
  expect([acknowledged, acknowledged + 1]).toContain(done);
  expect(stateHash(peer)).toBe(states[done] as string);
  let state = newState();
  for (let i = 0; i < done; i++) {
    state = applyBlock(state, peer.block(i) as SignedData, PROFILE_0_8_5).state;
    expect(peer.positionOf(hashKey(scriptTransaction(i)))).toEqual({ block: i, index: 0 });
  }
  expect(hashKey(state)).toBe(stateHash(peer));
  if (done < TRANSACTIONS) {
    expect(errorOf(await peer.submit(scriptTransaction(done)))).toBeNull();
    expect(stateHash(peer)).toBe(states[done + 1] as string);
  }
  await peer.close();
}

async function boundariesOn(inner: Backend): Promise<number> {
  const backend = new FaultBackend(inner, { cutAt: Number.POSITIVE_INFINITY });
  expect(await playScript(backend)).toBe(TRANSACTIONS);
  return backend.boundaries;
}

describe(`a store cut at every write boundary of ${TRANSACTIONS} transactions`, () => {
  test("in memory", async () => {
    const states = await expectedStates();
    const boundaries = await boundariesOn(new MemoryBackend());
    expect(boundaries).toBeGreaterThan(TRANSACTIONS * 12);
    for (let cutAt = 0; cutAt < boundaries; cutAt++) {
      const image = new MemoryImage();
      const backend = new FaultBackend(new MemoryBackend(image), { cutAt });
      const acknowledged = await playScript(backend);
      expect(backend.isCut).toBe(true);
      await examine(new MemoryBackend(image), acknowledged, states);
    }
  }, 120_000);
});
