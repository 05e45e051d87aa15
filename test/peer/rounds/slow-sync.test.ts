// A disk that takes its time: nothing leaves the peer before the disk has it, and what needs no
// disk goes on.

import { expect, test } from "bun:test";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { hashKey } from "../../../src/data/encode.ts";
import { WRITE_TIMEOUT_MS } from "../../../src/peer/bounds.ts";
import type { UnsyncedWrites } from "../../../src/store/backend.ts";
import { CellStore } from "../../../src/store/cell-store.ts";
import { MemoryBackend } from "../../../src/store/memory-store.ts";
import { StoreError } from "../../../src/store/store.ts";
import { errorOf, newPeer, stateHash, TestClock, transfer } from "../scene.ts";

class SlowDisk extends MemoryBackend {
  isSlow = false;
  #waiting: PromiseWithResolvers<void>[] = [];

  readonly unsynced: UnsyncedWrites = {
    transaction: (body) => this.transaction(body),
    synced: () => {
      if (!this.isSlow) return Promise.resolve();
      const wait = Promise.withResolvers<void>();
      this.#waiting.push(wait);
      return wait.promise;
    },
  };

  get isWaitedFor(): boolean {
    return this.#waiting.length > 0;
  }

  goOn(error?: Error): void {
    this.isSlow = false;
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if (error === undefined) resolve();
      else reject(error);
    }
  }
}

async function waitingPeer() {
  const disk = new SlowDisk();
  const clock = new TestClock();
  const published: string[] = [];
  const peer = newPeer({
    store: new CellStore(disk, CVM_TABLE),
    clock,
    publish: (belief) => published.push(hashKey(belief)),
  });
  await peer.submit(transfer(2, 1));
  disk.isSlow = true;
  const before = { state: stateHash(peer), published: published.length };
  const signed = transfer(2, 2);
  const answer = peer.submit(signed);
  while (!disk.isWaitedFor) await Bun.sleep(1);
  return { disk, clock, published, peer, before, signed, answer };
}

test("neither a Result nor an Order leaves before the disk has it", async () => {
  const { disk, published, peer, before, signed, answer } = await waitingPeer();
  let isAnswered = false;
  void answer.then(() => {
    isAnswered = true;
  });
  await Bun.sleep(5);
  expect(isAnswered).toBe(false);
  expect(published).toHaveLength(before.published);
  expect([stateHash(peer), peer.position]).toEqual([before.state, 1]);
  expect(peer.positionOf(hashKey(signed))).toBeNull();
  disk.goOn();
  expect(errorOf(await answer)).toBeNull();
  await peer.settled();
  expect(published.length).toBeGreaterThan(before.published);
  expect(peer.positionOf(hashKey(signed))).toEqual({ block: 1, index: 0 });
  expect(peer.position).toBe(2);
  await peer.close();
});

test("meanwhile queries are answered, transactions wait, and a long wait is told", async () => {
  const { disk, clock, peer, answer } = await waitingPeer();
  expect(errorOf(peer.query(1, null))).toBeNull();
  const next = peer.submit(transfer(3, 1));
  clock.advance(WRITE_TIMEOUT_MS - 1);
  expect([peer.isHung, peer.obstacle()]).toEqual([false, null]);
  clock.advance(1);
  expect(peer.isHung).toBe(true);
  expect(peer.obstacle()).toBe("The disk has not taken what was written for 5 s");
  expect(errorOf(await peer.submit(transfer(4, 1)))).toBe("NETWORK");
  disk.goOn();
  expect(errorOf(await answer)).toBeNull();
  expect(errorOf(await next)).toBeNull();
  await peer.settled();
  expect([peer.isHung, peer.obstacle()]).toEqual([false, null]);
  await peer.close();
});

test("a disk that loses what it took stops the peer's part in consensus", async () => {
  const { disk, published, peer, before, answer } = await waitingPeer();
  disk.goOn(new StoreError("DAMAGED", "the disk has lost it"));
  expect(errorOf(await answer)).toBe("NETWORK");
  await peer.settled();
  expect(published).toHaveLength(before.published);
  expect([stateHash(peer), peer.isHalted]).toEqual([before.state, true]);
  expect(peer.obstacle()).toContain("the disk has lost it");
  await peer.close();
});

test("a peer that is closed waits for the disk first", async () => {
  const { disk, peer, answer } = await waitingPeer();
  let isClosed = false;
  const closing = peer.close().then(() => {
    isClosed = true;
  });
  await Bun.sleep(5);
  expect(isClosed).toBe(false);
  disk.goOn();
  await closing;
  expect(errorOf(await answer)).toBeNull();
});
