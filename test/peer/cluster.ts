// Several whole peers in one process: links in memory, one clock that moves when it is told to,
// chance from a seed. What the peers run is the production code.

import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { DialError } from "../../src/net/dial.ts";
import type { Link, LinkHandler, RemoteAddress } from "../../src/net/link.ts";
import type { Clock } from "../../src/peer/clock.ts";
import { Bans } from "../../src/peer/connections/bans.ts";
import type { PeerAddress } from "../../src/peer/connections/peer-address.ts";
import { NetworkedPeer, type NetworkedPeerOptions } from "../../src/peer/networked-peer.ts";
import type { Random } from "../../src/peer/random.ts";
import type { State } from "../../src/state/state.ts";
import { MemoryImage, memoryStore } from "../../src/store/memory-store.ts";
import { keyPair, newState, stateHash, TestClock } from "./scene.ts";

const STAKE = 1e14;
export const PORT = 18_888;

export class SeededRandom implements Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }
  number(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 2 ** 32;
  }
  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => Math.floor(this.number() * 256));
  }
}

/** One end of a connection in memory. What is sent arrives in order, after a delay, or never. */
export class MemoryLink implements Link {
  readonly remote: RemoteAddress;
  isOpen = true;
  isTrusted = false;
  other: MemoryLink | null = null;
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #passes: () => boolean;
  readonly #filter: (payload: Uint8Array) => Uint8Array | null;
  #handler: LinkHandler | null = null;
  #inbox: Uint8Array[] = [];
  #isStarved = true;

  constructor(
    remote: RemoteAddress,
    clock: Clock,
    delayMs: number,
    passes: () => boolean,
    filter: (payload: Uint8Array) => Uint8Array | null = (payload) => payload,
  ) {
    this.#filter = filter;
    this.remote = remote;
    this.#clock = clock;
    this.#delayMs = delayMs;
    this.#passes = passes;
  }

  get queuedBytes(): number {
    return 0;
  }
  open(handler: LinkHandler): void {
    this.#handler = handler;
    this.#tell();
  }
  receive(): Uint8Array | null {
    const payload = this.#inbox.shift() ?? null;
    this.#isStarved = payload === null;
    return payload;
  }
  send(payload: Uint8Array): boolean {
    if (!this.isOpen) return false;
    const bytes = payload.slice();
    this.#later(() => this.other?.take(bytes));
    return true;
  }
  take(payload: Uint8Array): void {
    if (!this.isOpen) return;
    const left = this.#filter(payload);
    if (left === null) return;
    this.#inbox.push(left);
    this.#tell();
  }
  #tell(): void {
    if (!this.#isStarved || this.#inbox.length === 0 || this.#handler === null) return;
    this.#isStarved = false;
    this.#handler.readable();
  }
  close(reason: string): void {
    if (!this.isOpen) return;
    this.#later(() => this.other?.lost());
    this.#finish(reason);
  }
  lost(): void {
    if (this.isOpen) this.#finish("closed by the other side");
  }
  #finish(reason: string): void {
    this.isOpen = false;
    this.#inbox = [];
    this.#handler?.closed(reason);
  }
  #later(task: () => void): void {
    if (!this.#passes()) return;
    if (this.#delayMs > 0) this.#clock.after(this.#delayMs, task);
    else this.#clock.soon(task);
  }
  check(): void {}
}

export interface ClusterOptions {
  readonly count: number;
  readonly genesis?: State;
  readonly delayMs?: number;
  readonly stakes?: readonly number[];
  /** Addresses that peer i is told of. */
  readonly named?: (i: number, count: number) => number[];
  /**
   * What of a message gets to peer `to`, null for nothing.
   * @param isDialled whether that peer has opened the connection
   */
  readonly filter?: (payload: Uint8Array, to: number, isDialled: boolean) => Uint8Array | null;
}

/** The others, all of them. */
export function everybody(i: number, count: number): number[] {
  return Array.from({ length: count }, (_, other) => other).filter((other) => other !== i);
}

export class Cluster {
  readonly clock = new TestClock();
  readonly genesis: State;
  readonly images: MemoryImage[] = [];
  readonly networkedPeers: (NetworkedPeer | null)[] = [];
  readonly faults: unknown[] = [];
  readonly notices: string[] = [];
  readonly #options: ClusterOptions;
  readonly #links = new Set<MemoryLink>();
  /** Number of the side that each peer is on. */
  #sides: number[];

  constructor(options: ClusterOptions) {
    this.#options = options;
    const { count } = options;
    this.genesis = options.genesis ?? newState(options.stakes ?? Array(count).fill(STAKE));
    this.#sides = Array(count).fill(0);
    for (let i = 0; i < count; i++) {
      this.images.push(new MemoryImage());
      this.networkedPeers.push(null);
    }
  }

  /** Starts a peer where it was, or anew. */
  start(i: number, more: Partial<NetworkedPeerOptions> = {}): NetworkedPeer {
    const { count, named = everybody } = this.#options;
    const networked = new NetworkedPeer({
      store: memoryStore(CVM_TABLE, this.images[i]),
      keyPair: keyPair(i),
      genesis: this.genesis,
      clock: this.clock,
      random: new SeededRandom(i + 1),
      bans: new Bans(null),
      dial: (address) => this.dial(i, address),
      named: named(i, count).map((other) => ({ address: hostOf(other), isPermanent: true })),
      onFault: (error) => this.faults.push(error),
      onNotice: (notice) => this.notices.push(`${i}: ${notice}`),
      ...more,
    });
    this.networkedPeers[i] = networked;
    networked.start();
    return networked;
  }

  startAll(): void {
    for (let i = 0; i < this.#options.count; i++) this.start(i);
  }

  networked(i: number): NetworkedPeer {
    const networked = this.networkedPeers[i];
    if (networked === null || networked === undefined) throw new Error(`peer ${i} does not run`);
    return networked;
  }

  get running(): NetworkedPeer[] {
    return this.networkedPeers.filter((networked) => networked !== null);
  }

  async stop(i: number): Promise<void> {
    await this.networked(i).close();
    this.networkedPeers[i] = null;
  }

  /** Ends a peer as a power cut does. */
  kill(i: number): void {
    const networked = this.networked(i);
    networked.network.close();
    this.networkedPeers[i] = null;
    for (const connection of [...networked.server.connections]) connection.close("killed");
    void networked.peer.close();
  }

  /** Lets through only what stays on one side. */
  partition(sides: readonly number[]): void {
    this.#sides = [...sides];
  }

  heal(): void {
    this.#sides = this.#sides.map(() => 0);
  }

  async dial(from: number, address: PeerAddress): Promise<Link> {
    const to = indexOf(address);
    const target = this.networkedPeers[to] ?? null;
    if (this.#sides[from] !== this.#sides[to]) {
      await new Promise<void>((resolve) => this.clock.after(2000, resolve));
      throw new DialError("TIMEOUT", `no answer from peer ${to}`);
    }
    if (target === null) throw new DialError("REFUSED", `peer ${to} does not run`);
    const { delayMs = 0, filter = (payload) => payload } = this.#options;
    const passes = () => this.#sides[from] === this.#sides[to];
    const near = new MemoryLink(hostOf(to), this.clock, delayMs, passes, (payload) =>
      filter(payload, from, true),
    );
    const remote = { ...hostOf(from), port: 40_000 };
    const far = new MemoryLink(remote, this.clock, delayMs, passes, (payload) =>
      filter(payload, to, false),
    );
    near.other = far;
    far.other = near;
    this.#links.add(near);
    this.#links.add(far);
    target.network.accept(far);
    return near;
  }

  /** Lets time pass, in steps, with all that happens meanwhile. */
  async run(ms: number, stepMs = 10): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.clock.advance(stepMs);
      await this.quiet();
    }
  }

  async quiet(): Promise<void> {
    for (let turn = 0; turn < 4; turn++) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      for (const networked of this.running) await networked.peer.settled();
    }
  }

  /** Lets time pass until something is so. */
  async until(condition: () => boolean, maxMs: number, stepMs = 10): Promise<number> {
    for (let passed = 0; passed < maxMs; passed += stepMs) {
      if (condition()) return passed;
      await this.run(stepMs, stepMs);
    }
    if (condition()) return maxMs;
    throw new Error(`not so within ${maxMs} ms`);
  }

  get stateHashes(): Set<string> {
    return new Set(this.running.map(({ peer }) => stateHash(peer)));
  }

  /** Whether all have executed so many blocks, and come to the same State. */
  agrees(position: number): boolean {
    return (
      this.running.every(({ peer }) => peer.position >= position) && this.stateHashes.size === 1
    );
  }
}

export function hostOf(i: number): PeerAddress {
  return { host: `10.0.${i}.1`, port: PORT };
}

function indexOf({ host }: PeerAddress): number {
  return Number(host.split(".")[2]);
}
