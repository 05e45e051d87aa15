// Execution that takes long, of a peer among others: its rounds go on meanwhile, and what it gives
// in the end is what the others have come to.

import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { MissingDataError } from "../../../src/data/cell.ts";
import { hashKey } from "../../../src/data/encode.ts";
import {
  BACKLOG_PROPOSAL_PAUSE_MS,
  BACKLOG_TIMEOUT_MS,
  EXECUTE_BLOCKS_MAX,
} from "../../../src/peer/bounds.ts";
import type { Clock } from "../../../src/peer/clock.ts";
import type { HistoryUpkeep, KeptHistory } from "../../../src/peer/history/history-upkeep.ts";
import {
  type ExecutionListener,
  type Executor,
  LocalExecutor,
} from "../../../src/peer/rounds/executor.ts";
import { Order } from "../../../src/state/order.ts";
import { PROFILE_0_8_5 } from "../../../src/state/rules.ts";
import { memoryStore } from "../../../src/store/memory-store.ts";
import { sqliteStore } from "../../../src/store/sqlite-store.ts";
import type { Store } from "../../../src/store/store.ts";
import { Cluster } from "../cluster.ts";
import { errorOf, newPeer, newState, stateHash, TestClock, transfer } from "../scene.ts";

/** An executor that has others take their turn while it is held. */
class HeldExecutor implements Executor {
  readonly #local: LocalExecutor;
  #release: () => void = () => {};
  #gate: Promise<void> = Promise.resolve();
  #listener: ExecutionListener | undefined;
  begun = 0;

  constructor(clock: Clock) {
    this.#local = new LocalExecutor(PROFILE_0_8_5, clock);
  }

  hold(): void {
    this.#gate = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  release(): void {
    this.#release();
    this.#gate = Promise.resolve();
  }

  /** Shows that it is at work. */
  beat(): void {
    this.#listener?.onPause();
  }

  execute: Executor["execute"] = async (state, blocks, listener) => {
    this.begun++;
    this.#listener = listener;
    const results = await this.#local.execute(state, blocks, listener);
    listener?.onPause();
    await this.#gate;
    return results;
  };
}

async function turns(): Promise<void> {
  for (let i = 0; i < 12; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Lets time pass without waiting for what is under way. */
async function pass(cluster: Cluster, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 10) {
    cluster.clock.advance(10);
    await turns();
  }
}

/** Four peers that are ready, the first of which executes when it is let. */
async function scene() {
  const cluster = new Cluster({ count: 4 });
  const executor = new HeldExecutor(cluster.clock);
  cluster.start(0, { executor });
  for (let i = 1; i < 4; i++) cluster.start(i);
  for (let i = 0; i < 4; i++) {
    await pass(cluster, 1_000);
    expect(cluster.networked(i).peer.obstacle()).toBeNull();
    const result = cluster.networked(i).peer.submit(transfer(i + 2, 1));
    await pass(cluster, 200);
    expect(errorOf(await result)).toBeNull();
  }
  return {
    cluster,
    executor,
    slow: cluster.networked(0).peer,
    others: [1, 2, 3].map((i) => cluster.networked(i).peer),
  };
}

describe("a peer whose blocks take long", () => {
  test("goes on with consensus, and comes to the same State", async () => {
    const { cluster, executor, slow, others } = await scene();
    const position = slow.position;
    executor.hold();
    void others[0]?.submit(transfer(10, 1));
    await pass(cluster, 100);
    expect([slow.position, slow.progress.backlog]).toEqual([position, 1]);
    for (const other of others) expect(other.position).toBe(position + 1);
    const { begun } = executor;
    const before = slow.lastOwnOrder;

    // What others send is merged, written and told; what it is sent itself gets into blocks.
    expect(slow.obstacle()).toBeNull();
    const own = slow.submit(transfer(11, 1));
    const last = others[1]?.submit(transfer(12, 1));
    await pass(cluster, 2 * BACKLOG_PROPOSAL_PAUSE_MS);
    for (const other of others) expect(other.position).toBe(position + 3);
    expect(errorOf((await last) as never)).toBeNull();
    expect(slow.progress).toEqual({ final: position + 3, unfinished: 0, backlog: 3 });
    expect(slow.belief.orders.count).toBe(4);
    expect(Number(slow.lastOwnOrder?.timestamp)).toBeGreaterThan(Number(before?.timestamp));
    expect([executor.begun, slow.position]).toEqual([begun, position]);

    executor.release();
    await pass(cluster, 100);
    expect(errorOf(await own)).toBeNull();
    expect(slow.position).toBe(position + 3);
    expect(new Set([slow, ...others].map(stateHash)).size).toBe(1);
    expect(cluster.faults).toEqual([]);
  });

  test("counts as behind once they have waited too long, and no more when they are executed", async () => {
    const { cluster, executor, slow, others } = await scene();
    executor.hold();
    void others[0]?.submit(transfer(10, 1));
    for (let ms = 0; ms < BACKLOG_TIMEOUT_MS - 1_000; ms += 1_000) {
      await pass(cluster, 1_000);
      executor.beat();
    }
    expect([slow.obstacle(), slow.isStale()]).toEqual([null, false]);
    await pass(cluster, 1_500);
    expect(slow.obstacle()).toContain("1 final blocks to execute");
    executor.release();
    await pass(cluster, 100);
    expect(slow.obstacle()).toBeNull();
  });

  test("merges no Beliefs while too many blocks wait to be executed", async () => {
    const cluster = new Cluster({ count: 4 });
    const executor = new HeldExecutor(cluster.clock);
    for (let i = 1; i < 4; i++) cluster.start(i);
    await pass(cluster, 1_000);
    const other = cluster.networked(1).peer;
    const count = EXECUTE_BLOCKS_MAX + 20;
    for (let i = 1; i <= count; i++) {
      void other.submit(transfer(2, i));
      await cluster.until(() => other.position === i, 1_000);
    }
    executor.hold();
    const { peer } = cluster.start(0, { executor });
    await pass(cluster, 1_000);
    expect([peer.position, peer.progress.backlog]).toEqual([0, count]);
    void other.submit(transfer(3, 1));
    await pass(cluster, 500);
    expect(other.position).toBe(count + 1);
    expect(peer.obstacle()).toContain(`${count} final blocks to execute`);
    executor.release();
    await pass(cluster, 1_000);
    expect([peer.position, peer.obstacle()]).toEqual([count + 1, null]);
    expect(stateHash(peer)).toBe(stateHash(other));
  });

  test("closes once they are executed, with everybody answered", async () => {
    const { cluster, executor, slow } = await scene();
    executor.hold();
    const result = slow.submit(transfer(10, 1));
    await pass(cluster, 100);
    let isClosed = false;
    const closed = slow.close().then(() => {
      isClosed = true;
    });
    await turns();
    expect(isClosed).toBe(false);
    executor.release();
    await closed;
    expect(errorOf(await result)).toBeNull();
  });
});

describe("results that come late", () => {
  async function held(store: Store = memoryStore(CVM_TABLE)) {
    const clock = new TestClock();
    const executor = new HeldExecutor(clock);
    const peer = newPeer({ clock, executor, store });
    expect(errorOf(await peer.submit(transfer(2, 1)))).toBeNull();
    executor.hold();
    const result = peer.submit(transfer(2, 2));
    await turns();
    expect([peer.position, executor.begun]).toEqual([1, 2]);
    return { clock, executor, peer, result };
  }

  test("do not count, and are come to again, when the peer has gone back behind where they began", async () => {
    const { executor, peer, result } = await held();
    peer.follow(Order.EMPTY);
    await turns();
    expect([peer.position, executor.begun]).toEqual([0, 2]);
    executor.release();
    expect(errorOf(await result)).toBeNull();
    await peer.settled();
    expect([peer.position, executor.begun]).toEqual([2, 3]);
    const same = newPeer();
    for (const sequence of [1, 2]) await same.submit(transfer(2, sequence));
    expect(peer.state().account(2)?.balance).toBe(same.state().account(2)?.balance as number);
    expect(peer.blockResult(0)?.state.account(2)?.sequence).toBe(1);
  });

  test("come before what is to be done at rest", async () => {
    const directory = mkdtempSync(join(tmpdir(), "convex-execution-"));
    const store = sqliteStore(directory, CVM_TABLE);
    const { executor, peer, result } = await held(store);
    let kept: KeptHistory | null = null;
    const begun = (peer.upkeep as HistoryUpkeep).begin().then((history) => {
      kept = history;
    });
    await turns();
    expect(kept).toBeNull();
    executor.release();
    await begun;
    expect(errorOf(await result)).toBeNull();
    expect(kept as unknown).toEqual({ blocks: 2, keptFrom: 0 });
    await peer.close();
    store.close();
    rmSync(directory, { recursive: true });
  });

  test("stop the peer when a cell is missing, as always", async () => {
    const clock = new TestClock();
    const executor: Executor = {
      execute: async (_state, _blocks, listener) => {
        listener?.onPause();
        await turns();
        throw new MissingDataError(hashKey(newState()));
      },
    };
    const peer = newPeer({ clock, executor });
    const result = peer.submit(transfer(2, 1));
    expect(errorOf(await result)).toBe("NETWORK");
    expect([peer.isHalted, peer.position]).toEqual([true, 0]);
    await peer.close();
  });
});
