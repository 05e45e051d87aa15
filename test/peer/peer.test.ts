import { describe, expect, test } from "bun:test";
import { ForkError } from "../../src/consensus/peer-history.ts";
import { keyOf } from "../../src/crypto/sha3.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import { hashBytes, hashKey } from "../../src/data/encode.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { SignedData } from "../../src/data/signed.ts";
import { Vector } from "../../src/data/vector.ts";
import { TRANSACTION_LIMITS } from "../../src/peer/clients/transactions.ts";
import type { Clock } from "../../src/peer/clock.ts";
import type { Peer } from "../../src/peer/peer.ts";
import { LocalExecutor } from "../../src/peer/rounds/executor.ts";
import type { Block } from "../../src/state/block.ts";
import { GOLD } from "../../src/state/constants.ts";
import type { Result } from "../../src/state/result.ts";
import { PROFILE_0_8_5 } from "../../src/state/rules.ts";
import type { State } from "../../src/state/state.ts";
import { Transfer } from "../../src/state/transaction.ts";
import { MemoryImage, memoryStore } from "../../src/store/memory-store.ts";
import { applyBlock } from "../../src/transition/apply-block.ts";
import { expectComplete } from "../store/closure.ts";
import {
  ACTOR,
  errorOf,
  keyPair,
  newPeer,
  newState,
  POOR,
  SetClock,
  stateHash,
  TestClock,
  transfer,
  USERS,
} from "./scene.ts";

function info(result: Result, name: string): unknown {
  return result.info?.get(Keyword.of(name));
}

function transactionsAt(peer: Peer, position: number): Vector {
  const signed = peer.block(position) as SignedData;
  return (signed.value as Block).transactions as Vector;
}

/** State after the blocks of a peer, applied one by one in memory. */
function replayed(peer: Peer, genesis: State): State {
  let state = genesis;
  for (let i = 0; i < peer.position; i++) {
    state = applyBlock(state, peer.block(i) as SignedData, PROFILE_0_8_5).state;
  }
  return state;
}

describe("a peer alone", () => {
  test("makes a transaction final in one pass, and says where it is", async () => {
    const clock = new TestClock();
    const peer = newPeer({ clock });
    await peer.settled();
    const signed = transfer(2, 1, 3, 5000);
    const before = clock.now();
    const result = await peer.submit(signed);
    expect(clock.now()).toBe(before);
    expect(errorOf(result)).toBeNull();
    expect(result.result).toBe(5000);
    expect(hashKey(info(result, "tx") as Blob)).toBe(hashKey(Blob.of(hashBytes(signed))));
    expect(hashKey(info(result, "loc") as Vector)).toBe(hashKey(Vector.of(0, 0)));
    expect(peer.status().points).toEqual([1, 1, 1, 1]);
    expect(peer.state().account(3)?.balance).toBe(1000 * GOLD + 5000);
    expect(peer.positionOf(hashKey(signed))).toEqual({ block: 0, index: 0 });
    expect(peer.positionOf(hashKey(peer.block(0) as SignedData))).toEqual({ block: 0, index: -1 });
    expect(peer.blockResult(0)?.result(0)?.result).toBe(5000);
    expect(peer.blockResult(1)).toBeNull();
    expect(peer.block(1)).toBeNull();
  });

  test("puts what arrives together into one block, in order of arrival", async () => {
    const peer = newPeer();
    const results = await Promise.all(
      Array.from({ length: USERS - 1 }, (_, i) => peer.submit(transfer(i + 2, 1))),
    );
    expect(results.map(errorOf)).toEqual(results.map(() => null));
    expect(peer.position).toBe(1);
    const transactions = transactionsAt(peer, 0);
    expect(transactions.count).toBe(USERS - 1);
    const origins = transactions.toArray().map((each) => (each as SignedData).value as Transfer);
    expect(origins.map(({ origin }) => origin.value)).toEqual(origins.map((_, i) => i + 2));
  });

  test("fills blocks up to 1024 transactions under load", async () => {
    const peer = newPeer();
    const count = 2500;
    const results = await Promise.all(
      Array.from({ length: count }, (_, i) => peer.submit(transfer(2, i + 1))),
    );
    expect(results.every((result) => !result.isError)).toBe(true);
    const sizes: number[] = [];
    for (let i = 0; i < peer.position; i++) {
      sizes.push(transactionsAt(peer, i).count);
    }
    expect(Math.max(...sizes)).toBe(1024);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(count);
    expect(sizes.length).toBeLessThan(6);
  });

  test("has the State that its blocks give from genesis", async () => {
    const peer = newPeer();
    for (let i = 1; i <= 20; i++)
      await peer.submit(transfer(2 + (i % 5), 1 + Math.floor(i / 5), 1, i));
    expect(peer.position).toBe(20);
    expect(hashKey(replayed(peer, newState()))).toBe(stateHash(peer));
  });

  test("answers everybody who submits the same transaction, and executes it once", async () => {
    const peer = newPeer();
    const signed = transfer(2, 1);
    const copy = SignedData.of(signed.publicKey, signed.signature, signed.value);
    const [first, second] = await Promise.all([peer.submit(signed), peer.submit(copy)]);
    expect(errorOf(first as Result)).toBeNull();
    expect(hashKey(second as Result)).toBe(hashKey(first as Result));
    expect(peer.state().account(2)?.sequence).toBe(1);
    expect(errorOf(await peer.submit(signed))).toBe("SEQUENCE");
  });

  test("lets a gap in the sequence in; the same transaction may be sent again later", async () => {
    const peer = newPeer();
    const second = transfer(2, 2);
    const early = await peer.submit(second);
    expect(errorOf(early)).toBe("SEQUENCE");
    expect(info(early, "source")).toBe(Keyword.of("CVM"));
    expect(peer.positionOf(hashKey(second))).toEqual({ block: 0, index: 0 });
    await peer.submit(transfer(2, 1));
    expect(errorOf(await peer.submit(second))).toBeNull();
    expect(peer.positionOf(hashKey(second))).toEqual({ block: 2, index: 0 });
  });

  test("does nothing while nothing comes", async () => {
    const clock = new TestClock();
    const peer = newPeer({ clock });
    await peer.settled();
    const { belief } = peer;
    expect(clock.timers).toBe(0);
    clock.advance(60_000);
    await peer.settled();
    expect(peer.belief).toBe(belief);
  });
});

describe("admission (sheet 05 §1.10.6)", () => {
  const forged = transfer(2, 1);
  const cases: readonly (readonly [string, SignedData, string, string])[] = [
    ["no transaction", SignedData.sign(keyPair(2), Vector.of(1)), "FORMAT", "Bad Message Format!"],
    ["no account", transfer(999, 1), "NOBODY", "Account does not exist"],
    ["an old sequence", transfer(2, 0), "SEQUENCE", "Old sequence number"],
    ["an old sequence before a missing key", transfer(ACTOR, 0), "SEQUENCE", "Old sequence number"],
    [
      "an account without key",
      transfer(ACTOR, 1),
      "STATE",
      "Cannot run external transaction for actor account",
    ],
    [
      "the wrong key",
      SignedData.sign(keyPair(3), Transfer.of(Address.of(2), 1, Address.of(1), 1)),
      "SIGNATURE",
      "Wrong key for account",
    ],
    [
      "no key at all",
      SignedData.of(null, forged.signature, forged.value),
      "SIGNATURE",
      "Wrong key for account",
    ],
    [
      "a bad signature",
      SignedData.of(forged.publicKey, new Uint8Array(64), forged.value),
      "SIGNATURE",
      "Bad Signature!",
    ],
  ];

  for (const [what, signed, code, message] of cases) {
    test(`${what} is refused with :${code}`, async () => {
      const peer = newPeer();
      const result = await peer.submit(signed);
      expect(errorOf(result)).toBe(code);
      expect(String(result.result)).toBe(message);
      expect(info(result, "source")).toBe(Keyword.of("PEER"));
      expect(peer.load).toEqual({ queued: 0, pending: 0 });
    });
  }

  test("an account without coins is let in, and fails in the block", async () => {
    const result = await newPeer().submit(transfer(POOR, 1));
    expect(errorOf(result)).toBe("JUICE");
    expect(info(result, "source")).toBe(Keyword.of("CVM"));
  });
});

describe("a peer that can't take part in consensus says so at once", () => {
  const refused: readonly (readonly [string, number, number[], string])[] = [
    ["not registered", 5, [1e14], "not registered"],
    ["too little stake", 0, [9e11], "not sufficiently staked"],
    ["others unreachable", 0, [1e14, 1e14], "Only 50.0% of the voting weight"],
  ];
  for (const [what, key, stakes, words] of refused) {
    test(what, async () => {
      const peer = newPeer({ keyPair: keyPair(key), genesis: newState(stakes) });
      const result = await peer.submit(transfer(2, 1));
      expect(errorOf(result)).toBe("NETWORK");
      expect(String(result.result)).toContain(words);
      expect(errorOf(await peer.query(1, Address.of(2)))).toBeNull();
    });
  }

  test("a fork stops its part in consensus, not the process", async () => {
    const peer = newPeer({
      executor: { execute: () => Promise.reject(new ForkError(3, 1)) },
    });
    const result = await peer.submit(transfer(2, 1));
    expect(errorOf(result)).toBe("NETWORK");
    expect(String(result.result)).toContain("agrees with only 1 of 3 executed blocks");
    expect(errorOf(await peer.submit(transfer(2, 1)))).toBe("NETWORK");
    expect(errorOf(await peer.query(1, Address.of(2)))).toBeNull();
  });
});

describe("a peer whose blocks do not become final", () => {
  /** One of two peers; the other is said to be reachable, and never answers. */
  function unheardPeer(clock: Clock): Peer {
    const other = keyOf(keyPair(1).publicKey);
    return newPeer({
      clock,
      genesis: newState([1e14, 1e14]),
      network: { reachablePeers: () => [other], heardPeers: () => [], hasListened: () => true },
    });
  }

  test("tells its clients when the time is up", async () => {
    const clock = new TestClock();
    const peer = unheardPeer(clock);
    const result = peer.submit(transfer(2, 1));
    await peer.settled();
    expect(peer.status().points).toEqual([1, 0, 0, 0]);
    clock.advance(7_999);
    expect(peer.load.pending).toBe(1);
    clock.advance(1);
    expect(errorOf(await result)).toBe("TIMEOUT");
    expect(peer.load.pending).toBe(0);
  });

  test("does so in time, and goes on proposing, although its clock is set back", async () => {
    const clock = new SetClock(new TestClock());
    const peer = unheardPeer(clock);
    const result = peer.submit(transfer(2, 1));
    await peer.settled();
    clock.aheadMs = -600_000;
    const second = peer.submit(transfer(2, 2));
    await peer.settled();
    clock.steady.advance(10);
    await peer.settled();
    expect(peer.status().points).toEqual([2, 0, 0, 0]);
    clock.steady.advance(7_990);
    expect(errorOf(await result)).toBe("TIMEOUT");
    expect(errorOf(await second)).toBe("TIMEOUT");
    await peer.close();
  });

  test("gathers transactions for its next block meanwhile", async () => {
    const clock = new TestClock();
    const peer = unheardPeer(clock);
    const first = peer.submit(transfer(2, 1));
    await peer.settled();
    const more = [2, 3, 4].map((i) => peer.submit(transfer(2, i)));
    await peer.settled();
    expect(peer.load).toEqual({ queued: 3, pending: 4 });
    clock.advance(10);
    await peer.settled();
    expect(peer.load).toEqual({ queued: 0, pending: 4 });
    expect(peer.status().points).toEqual([2, 0, 0, 0]);
    await peer.close();
    for (const result of await Promise.all([first, ...more]))
      expect(errorOf(result)).toBe("NETWORK");
  });

  test("refuses what exceeds its queue", async () => {
    const peer = newPeer({
      limits: { ...TRANSACTION_LIMITS, queueMax: 3, pendingMax: 10, timeoutMs: 1000 },
    });
    const results = await Promise.all([1, 2, 3, 4, 5].map((i) => peer.submit(transfer(2, i))));
    expect(results.map(errorOf)).toEqual([null, null, null, "LOAD", "LOAD"]);
  });
});

describe("a store that is opened again", () => {
  test("has the peer where it was, without executing anything again", async () => {
    const image = new MemoryImage();
    const peer = newPeer({ store: memoryStore(CVM_TABLE, image) });
    const signed = transfer(2, 1, 3, 77);
    await peer.submit(signed);
    for (let i = 2; i < 40; i++) await peer.submit(transfer(2, i));
    await peer.close();

    const clock = new TestClock();
    let executed = 0;
    const executor = new LocalExecutor(PROFILE_0_8_5, clock);
    const store = memoryStore(CVM_TABLE, image);
    const again = newPeer({
      store,
      genesis: null,
      clock,
      executor: {
        execute: (state, blocks) => {
          executed += blocks.length;
          return executor.execute(state, blocks);
        },
      },
    });
    await again.settled();
    expect(executed).toBe(0);
    expect(stateHash(again)).toBe(stateHash(peer));
    expect(again.status()).toEqual(peer.status());
    expect(again.position).toBe(39);
    expect(again.positionOf(hashKey(signed))).toEqual({ block: 0, index: 0 });
    expect(again.blockResult(0)?.result(0)?.result).toBe(77);
    expect(errorOf(await again.submit(signed))).toBe("SEQUENCE");
    expect(errorOf(await again.submit(transfer(2, 40)))).toBeNull();
    expect(executed).toBe(1);
    expectComplete(store, "peer");
  });

  test("is refused to another peer, and to another network", async () => {
    const image = new MemoryImage();
    await newPeer({ store: memoryStore(CVM_TABLE, image) }).close();
    const store = memoryStore(CVM_TABLE, image);
    expect(() => newPeer({ store, keyPair: keyPair(1) })).toThrow("belongs to peer 0x");
    expect(() => newPeer({ store, genesis: newState([5e14]) })).toThrow("belongs to the network");
    expect(() => newPeer({ genesis: null })).toThrow("a genesis State is needed");
  });

  test("holds genesis, Belief and State as cells that others can ask for", async () => {
    const store = memoryStore(CVM_TABLE);
    const peer = newPeer({ store });
    await peer.submit(transfer(2, 1));
    const { belief, genesis, state } = peer.status();
    for (const hash of [belief, genesis, state]) {
      expect(store.has(keyOf(hash))).toBe(true);
    }
  });
});

describe("memory", () => {
  test("stays within the cache although the history grows, and changes nothing", async () => {
    const store = memoryStore(CVM_TABLE, new MemoryImage(), 0.05);
    const small = newPeer({ store, cacheMegabytes: 0.05 });
    const large = newPeer();
    let most = 0;
    for (let i = 1; i <= 120; i++) {
      const signed = transfer(2 + (i % 8), Math.ceil(i / 8), 1, i);
      await Promise.all([small.submit(signed), large.submit(signed)]);
      most = Math.max(most, store.heldBytes);
    }
    expect(stateHash(small)).toBe(stateHash(large));
    // The budget, and what a single pass loads and writes on top of it.
    expect(most).toBeLessThan(4 * 0.05 * 2 ** 20);
    expect(small.position).toBe(120);
  });
});

test("a cell that is remembered is found by hash, and does not reach the store", () => {
  const store = memoryStore(CVM_TABLE);
  const peer = newPeer({ store });
  const part = Blob.of(new Uint8Array(3000));
  peer.remember(Vector.of(part, 1, 2));
  expect(peer.cells.cell(hashKey(part))).toBe(part);
  expect(store.has(hashKey(part))).toBe(false);
});

test("a peer that closes answers those who wait, and takes nothing more", async () => {
  const peer = newPeer();
  const waiting = peer.submit(transfer(2, 1));
  await peer.close();
  expect(errorOf(await waiting)).toBeNull();
  const late = await peer.submit(transfer(2, 2));
  expect(errorOf(late)).toBe("NETWORK");
  expect(String(late.result)).toBe("Peer is shutting down");
});
