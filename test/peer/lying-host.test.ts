// Joining by hosts that lie: cells whose bytes are others than those asked for, none at all, or
// each only after a long while. Another host is turned to; without one the join ends, and says why.

import { describe, expect, test } from "bun:test";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { hashKey } from "../../src/data/encode.ts";
import type { Link, LinkHandler } from "../../src/net/link.ts";
import { ACQUISITION_STALL_MS } from "../../src/peer/bounds.ts";
import type { Clock } from "../../src/peer/clock.ts";
import { type Joined, join } from "../../src/peer/join.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { Cluster, everybody, hostOf } from "./cluster.ts";
import { keyPair, newState } from "./scene.ts";

/** Longer answers are cells. */
const STATUS_BYTES = 400;

/** What becomes of an answer with cells: other bytes, nothing, or the same later. */
type Lie = (payload: Uint8Array) => {
  readonly payload: Uint8Array | null;
  readonly afterMs: number;
};

const LIES: Readonly<Record<string, Lie>> = {
  "other bytes": (payload) => {
    const changed = payload.slice();
    changed[changed.length - 1] = (changed[changed.length - 1] as number) ^ 1;
    return { payload: changed, afterMs: 0 };
  },
  "no answer": () => ({ payload: null, afterMs: 0 }),
  "answers after four seconds": (payload) => ({ payload, afterMs: 4_000 }),
};

/** A link on which the other end lies. */
class LyingLink implements Link {
  readonly #inner: Link;
  readonly #cluster: Cluster;
  readonly #lie: Lie;
  readonly #ready: Uint8Array[] = [];
  #handler: LinkHandler | null = null;

  constructor(inner: Link, cluster: Cluster, lie: Lie) {
    this.#inner = inner;
    this.#cluster = cluster;
    this.#lie = lie;
  }

  open(handler: LinkHandler): void {
    this.#handler = handler;
    this.#inner.open({ ...bound(handler), readable: () => this.#read() });
  }

  #read(): void {
    for (let payload = this.#inner.receive(); payload !== null; payload = this.#inner.receive()) {
      const told = payload.length > STATUS_BYTES ? this.#lie(payload) : { payload, afterMs: 0 };
      const said = told.payload;
      if (said === null) continue;
      this.#cluster.clock.after(told.afterMs, () => {
        this.#ready.push(said);
        this.#handler?.readable();
      });
    }
  }

  receive(): Uint8Array | null {
    return this.#ready.shift() ?? null;
  }

  get remote() {
    return this.#inner.remote;
  }
  get isOpen() {
    return this.#inner.isOpen;
  }
  get queuedBytes() {
    return this.#inner.queuedBytes;
  }
  get isTrusted() {
    return this.#inner.isTrusted;
  }
  set isTrusted(isTrusted: boolean) {
    this.#inner.isTrusted = isTrusted;
  }
  send(payload: Uint8Array): boolean {
    return this.#inner.send(payload);
  }
  close(reason: string): void {
    this.#inner.close(reason);
  }
  check(nowMs: number): void {
    this.#inner.check(nowMs);
  }
}

function bound(handler: LinkHandler): LinkHandler {
  return {
    readable: () => handler.readable(),
    drained: () => handler.drained(),
    closed: (reason) => handler.closed(reason),
  };
}

interface Ended {
  readonly joined: Joined | null;
  readonly error: unknown;
  readonly tookMs: number;
  /** Answers that it lied in. */
  readonly lies: number;
}

/** A join by hosts of which the first lies. */
async function joinBy(
  lie: Lie,
  hosts: readonly number[],
  clockOf: (cluster: Cluster) => Clock = (cluster) => cluster.clock,
): Promise<Ended & { cluster: Cluster }> {
  let lies = 0;
  const counted: Lie = (payload) => {
    lies++;
    return lie(payload);
  };
  const genesis = newState([1e14, 1e14, 1e14]);
  const cluster = new Cluster({ count: 4, genesis, named: (i) => everybody(i, 3) });
  for (const i of [0, 1, 2]) cluster.start(i);
  await cluster.until(() => cluster.running.every(({ peer }) => peer.obstacle() === null), 10_000);
  const begunAt = cluster.clock.now();
  let ended: Ended | null = null;
  const end = (joined: Joined | null, error: unknown) => {
    ended = { joined, error, tookMs: cluster.clock.now() - begunAt, lies };
  };
  join({
    addresses: hosts.map(hostOf),
    genesisHash: null,
    publicKey: keyPair(3).publicKey,
    store: memoryStore(CVM_TABLE, cluster.images[3]),
    clock: clockOf(cluster),
    dial: async (address) => {
      const link = await cluster.dial(3, address);
      return address.host === hostOf(0).host ? new LyingLink(link, cluster, counted) : link;
    },
    onEvent: () => {},
  }).then(
    (joined) => end(joined, null),
    (error) => end(null, error),
  );
  await cluster.until(() => ended !== null, 2 * ACQUISITION_STALL_MS);
  return { ...(ended as unknown as Ended), cluster };
}

describe("a host that gives cells", () => {
  test.each(Object.entries(LIES))("with %s is made up for by another one", async (_, lie) => {
    const { joined, error, tookMs, lies, cluster } = await joinBy(lie, [0, 1]);
    expect(lies).toBeGreaterThan(0);
    expect(error).toBeNull();
    expect(hashKey(joined?.genesis ?? null)).toBe(hashKey(cluster.genesis));
    expect(tookMs).toBeLessThan(20_000);
  });

  test("with other bytes, alone, ends the join with the reason", async () => {
    const { error } = await joinBy(LIES["other bytes"] as Lie, [0]);
    expect(error).toMatchObject({ code: "ACQUISITION" });
    expect((error as Error).message).toContain("can't be brought");
  });

  test("with no answer, alone, ends the join once nothing has come for long", async () => {
    const { error, tookMs } = await joinBy(LIES["no answer"] as Lie, [0]);
    expect(error).toMatchObject({ code: "ACQUISITION" });
    expect((error as Error).message).toContain("no cell came for");
    expect(tookMs).toBeLessThan(ACQUISITION_STALL_MS + 10_000);
  });

  test("slowly, alone, is waited for", async () => {
    const { joined, error } = await joinBy(LIES["answers after four seconds"] as Lie, [0]);
    expect(error).toBeNull();
    expect(joined).not.toBeNull();
  });

  test("slowly, alone, is waited for also by a machine that learns the time meanwhile", async () => {
    const dayBehind = (cluster: Cluster): Clock => {
      const startMs = cluster.clock.now();
      const isLearnt = () => cluster.clock.now() > startMs + 2_000;
      const now = () => cluster.clock.now() + (isLearnt() ? 0 : -24 * 3_600_000);
      const { soon, after } = cluster.clock;
      const timers = { soon: soon.bind(cluster.clock), after: after.bind(cluster.clock) };
      return { now, ...timers, steady: cluster.clock };
    };
    const { error } = await joinBy(LIES["answers after four seconds"] as Lie, [0], dayBehind);
    expect(error).toBeNull();
  });
});
