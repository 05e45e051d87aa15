// What is on disk when a peer dies: at every write of a script of transactions, and with a disk
// that is full for a while.

import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { pointsOf } from "../../../src/consensus/points.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { hashKey } from "../../../src/data/encode.ts";
import type { SignedData } from "../../../src/data/signed.ts";
import type { Order } from "../../../src/state/order.ts";
import type { Result } from "../../../src/state/result.ts";
import { PROFILE_0_8_5 } from "../../../src/state/rules.ts";
import type { BackendWriter } from "../../../src/store/backend.ts";
import { CellStore } from "../../../src/store/cell-store.ts";
import { MemoryBackend, MemoryImage } from "../../../src/store/memory-store.ts";
import { StoreError } from "../../../src/store/store.ts";
import { applyBlock } from "../../../src/transition/apply-block.ts";
import { TEST_MS } from "../../patience.ts";
import { expectComplete } from "../../store/closure.ts";
import { CutError, FaultBackend } from "../../store/fault-backend.ts";
import { errorOf, keyPair, newPeer, newState, stateHash, TestClock, transfer } from "../scene.ts";

setDefaultTimeout(TEST_MS);

const TRANSACTIONS = 50;

function scriptTransaction(i: number): SignedData {
  return transfer(2 + (i % 7), 1 + Math.floor(i / 7), 1 + ((i * 5) % 9), 1000 + i);
}

/** A peer in a state of the script, and what its store then holds. */
interface Moment {
  readonly stateHash: string;
  readonly image: MemoryImage;
}

/**
 * The script uncut, with each transaction in a block of its own: moment i is that after i of them.
 */
async function playScript(): Promise<readonly Moment[]> {
  const image = new MemoryImage();
  const peer = newPeer({ store: new CellStore(new MemoryBackend(image), CVM_TABLE) });
  const moments = [{ stateHash: stateHash(peer), image: image.copy() }];
  let replayed = newState();
  for (let i = 0; i < TRANSACTIONS; i++) {
    expect(errorOf(await peer.submit(scriptTransaction(i)))).toBeNull();
    replayed = applyBlock(replayed, peer.block(i) as SignedData, PROFILE_0_8_5).state;
    expect(hashKey(replayed)).toBe(stateHash(peer));
    moments.push({ stateHash: stateHash(peer), image: image.copy() });
  }
  return moments;
}

/**
 * Opens a peer and submits one transaction of the script; null when the store was cut before the
 * answer.
 */
async function submitOne(backend: FaultBackend, i: number): Promise<Result | null> {
  try {
    const peer = newPeer({ store: new CellStore(backend, CVM_TABLE) });
    const result = await peer.submit(scriptTransaction(i));
    return backend.isCut ? null : result;
  } catch (error) {
    // The cut came while the peer was being opened.
    if (error instanceof CutError) return null;
    throw error;
  }
}

/** Opens what was left, and goes on; answers how many transactions of the script it has. */
async function examine(image: MemoryImage, moments: readonly Moment[]): Promise<number> {
  const store = new CellStore(new MemoryBackend(image), CVM_TABLE);
  if (store.root("peer") !== null) expectComplete(store, "peer");
  const peer = newPeer({ store });
  const done = peer.position;
  expect(stateHash(peer)).toBe((moments[done] as Moment).stateHash);
  if (done > 0) {
    const last = scriptTransaction(done - 1);
    expect(peer.positionOf(hashKey(last))).toEqual({ block: done - 1, index: 0 });
  }
  if (done < TRANSACTIONS) {
    expect(errorOf(await peer.submit(scriptTransaction(done)))).toBeNull();
    expect(stateHash(peer)).toBe((moments[done + 1] as Moment).stateHash);
  }
  await peer.close();
  return done;
}

test(`a store cut at every write boundary of ${TRANSACTIONS} transactions is whole, old or new`, async () => {
  const moments = await playScript();
  let cuts = 0;
  for (let i = 0; i < TRANSACTIONS; i++) {
    const before = i === 0 ? new MemoryImage() : (moments[i] as Moment).image;
    for (let cutAt = 0; ; cutAt++, cuts++) {
      const image = before.copy();
      const backend = new FaultBackend(new MemoryBackend(image), { cutAt });
      const result = await submitOne(backend, i);
      if (result !== null) {
        expect(errorOf(result)).toBeNull();
        break;
      }
      const done = await examine(image, moments);
      expect([i, i + 1]).toContain(done);
    }
  }
  expect(cuts).toBeGreaterThan(TRANSACTIONS * 12);
});

/** A disk that has no room for a while. */
class FullDisk extends MemoryBackend {
  isFull = false;

  override transaction(body: (w: BackendWriter) => void): void {
    if (this.isFull) throw new StoreError("FULL", "There is no space left for the store.");
    super.transaction(body);
  }
}

describe("a disk that is full for a while", () => {
  test("holds back answers, refuses what is new, and loses nothing", async () => {
    const disk = new FullDisk();
    const clock = new TestClock();
    const peer = newPeer({ store: new CellStore(disk, CVM_TABLE), clock });
    await peer.submit(transfer(2, 1));
    const before = stateHash(peer);
    disk.isFull = true;
    let answer: Result | null = null;
    const waiting = peer.submit(transfer(2, 2)).then((result) => {
      answer = result;
    });
    await peer.settled();
    expect(answer).toBeNull();
    // Nobody sees what is not on disk.
    expect(stateHash(peer)).toBe(before);
    expect(peer.position).toBe(1);
    const refused = await peer.submit(transfer(3, 1));
    expect(errorOf(refused)).toBe("NETWORK");
    expect(String(refused.result)).toContain("no space left");
    expect(errorOf(await peer.query(1, null))).toBeNull();

    clock.advance(1000);
    await peer.settled();
    expect(answer).toBeNull();
    disk.isFull = false;
    clock.advance(1000);
    await waiting;
    expect(errorOf(answer as unknown as Result)).toBeNull();
    expect(peer.position).toBe(2);
    expect(errorOf(await peer.submit(transfer(3, 1)))).toBeNull();
  });
});

describe("nothing leaves before it is on disk", () => {
  test("neither an answer nor an Order", async () => {
    const image = new MemoryImage();
    const events: string[] = [];
    class Watched extends MemoryBackend {
      override transaction(body: (w: BackendWriter) => void): void {
        super.transaction(body);
        events.push("written");
      }
    }
    const ofImage = () => new CellStore(new MemoryBackend(image), CVM_TABLE);
    const peer = newPeer({
      store: new CellStore(new Watched(image), CVM_TABLE),
      publish: (belief) => {
        events.push("published");
        expect(ofImage().root("belief")).toBe(hashKey(belief));
      },
    });
    await peer.submit(transfer(2, 1)).then(() => events.push("answered"));
    await peer.settled();
    expect(events).toEqual(["written", "written", "published", "answered"]);
    const belief = peer.belief;
    const order = belief.orderOf(keyPair(0).publicKey) as Order;
    expect(pointsOf(order)).toEqual([1, 1, 1, 1]);
  });
});
