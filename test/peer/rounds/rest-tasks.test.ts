// What is to be done between two passes, of a peer that makes no more of them: it is answered.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ForkError } from "../../../src/consensus/peer-history.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { StoreCommands } from "../../../src/peer/operator/store-commands.ts";
import { Peer, type PeerOptions } from "../../../src/peer/peer.ts";
import { sqliteStore } from "../../../src/store/sqlite-store.ts";
import { type Store, StoreError, type StoreErrorCode } from "../../../src/store/store.ts";
import { errorOf, keyPair, newState, TestClock, transfer } from "../scene.ts";

let directory: string;
let store: Store;
let peer: Peer;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "convex-restless-"));
  store = sqliteStore(directory, CVM_TABLE);
});

afterEach(async () => {
  await peer.close();
  store.close();
  rmSync(directory, { recursive: true, force: true });
});

function open(more: Partial<PeerOptions> = {}): StoreCommands {
  const clock = new TestClock();
  peer = new Peer({ store, keyPair: keyPair(0), genesis: newState(), clock, ...more });
  return new StoreCommands(peer.upkeep);
}

/** Has each write fail from now on. */
function failWrites(code: StoreErrorCode): void {
  store.write = store.writeUnsynced = () => {
    throw new StoreError(code, "the disk is gone");
  };
}

const begin = (commands: StoreCommands) => commands.handle({ command: "store-begin" });

describe("store gc is told why it can't be", () => {
  test("of a peer that has forked", async () => {
    const execute = () => Promise.reject(new ForkError(3, 1));
    const network = { reachablePeers: () => [], heardPeers: () => [], hasListened: () => true };
    const commands = open({ executor: { execute }, network });
    expect(errorOf(await peer.submit(transfer(2, 1)))).toBe("NETWORK");
    expect(peer.isForked).toBe(true);
    for (const command of ["store-begin", "store-adopt"]) {
      const error = expect.stringContaining("has left consensus");
      expect(await commands.handle({ command })).toEqual({ ok: false, error });
    }
  });

  test.each([
    ["DAMAGED", "has stopped taking part"],
    ["IO", "can't use its store"],
  ] as const)("of a peer whose store fails with %s", async (code, words) => {
    const commands = open();
    failWrites(code);
    // Not answered when the disk may come back.
    void peer.submit(transfer(2, 1));
    await peer.settled();
    const error = expect.stringContaining(words);
    expect(await begin(commands)).toEqual({ ok: false, error });
  });

  test("when that comes while it waits", async () => {
    const gate = Promise.withResolvers<never>();
    const commands = open({ executor: { execute: () => gate.promise } });
    const answer = peer.submit(transfer(2, 1));
    while (peer.load.queued > 0) await Bun.sleep(1);
    const reply = begin(commands);
    gate.reject(new ForkError(3, 1));
    expect(errorOf(await answer)).toBe("NETWORK");
    expect(await reply).toEqual({ ok: false, error: expect.stringContaining("has stopped") });
  });
});

test("a peer that has halted with all on disk is collected all the same", async () => {
  const commands = open();
  peer.handleFailure(new ForkError(3, 1));
  expect(peer.isHalted).toBe(true);
  expect(await begin(commands)).toEqual({ ok: true, result: { blocks: 0, keptFrom: 0 } });
});
