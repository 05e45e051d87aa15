// Which peers can take part in consensus with this one, as far as it can know: those that it hears,
// and those whose Orders its neighbours relay, unless there is a sign that they are gone.

import { type Clock, isOver } from "../clock.ts";
import {
  BEHIND_MAX_MS,
  HEARD_WITHIN_MS,
  LISTEN_MAX_MS,
  REACHABLE_FOR_MS,
} from "../network-bounds.ts";
import type { NetworkView } from "../rounds/participation.ts";
import type { Neighbour } from "./neighbour.ts";

/** What the last Order of a peer that came says of it. */
interface HeardOrder {
  readonly blocks: number;
  readonly changedAtMs: number;
  /** Since when it lacks blocks of this peer's Order, null when it has them all. */
  behindSinceMs: number | null;
}

export class Reachability implements NetworkView {
  readonly #clock: Clock;
  readonly #neighbours: () => Iterable<Neighbour>;
  readonly #orders = new Map<string, HeardOrder>();
  /** Blocks in this peer's own Order. */
  #ownBlocks = 0;
  /** When there last was a sign that a peer is gone: it hung up, fell silent or did not answer. */
  readonly #goneAtMs = new Map<string, number>();
  readonly #heard = new Set<string>();
  #firstHeardAtMs: number | null = null;
  /** Who could be reached a moment ago, null when something has come since. */
  #reachable: { readonly atMs: number; readonly keys: readonly string[] } | null = null;

  constructor(clock: Clock, neighbours: () => Iterable<Neighbour>) {
    this.#clock = clock;
    this.#neighbours = neighbours;
  }

  /** A Belief or status of this neighbour has come. */
  heard(neighbour: Neighbour): void {
    const now = this.#clock.now();
    neighbour.heardAtMs = now;
    this.#reachable = null;
  }

  /** A whole Belief of this neighbour has been looked at, with all it knows of this peer. */
  understood(neighbour: Neighbour): void {
    if (neighbour.isTrusted) this.#firstHeardAtMs ??= this.#clock.now();
    if (neighbour.key !== null) this.#heard.add(neighbour.key);
  }

  /** An Order of a peer has come, with so many blocks; one that is not new may be of long ago. */
  order(key: string, isNew: boolean, blocks: number): void {
    if (!isNew && this.#orders.has(key)) return;
    const now = this.#clock.now();
    const behindSinceMs = blocks < this.#ownBlocks ? now : null;
    this.#orders.set(key, { blocks, changedAtMs: now, behindSinceMs });
    this.#reachable = null;
  }

  /**
   * This peer's own Order has so many blocks. A peer that takes part takes them into its own Order,
   * so that one that is gone can be told from one that has nothing to say. How many blocks others
   * claim does not count for that, since some lie.
   */
  followed(blocks: number): void {
    if (blocks === this.#ownBlocks) return;
    this.#ownBlocks = blocks;
    const now = this.#clock.now();
    for (const order of this.#orders.values()) {
      if (order.blocks >= blocks) order.behindSinceMs = null;
      else order.behindSinceMs ??= now;
    }
  }

  gone(key: string): void {
    this.#goneAtMs.set(key, this.#clock.now());
    this.#reachable = null;
  }

  /** Notes who has fallen silent; called every now and then. */
  tick(): void {
    const now = this.#clock.now();
    const silent = new Set<string>();
    const alive = new Set<string>();
    for (const { key, heardAtMs } of this.#neighbours()) {
      if (key === null || heardAtMs === Number.NEGATIVE_INFINITY) continue;
      (now - heardAtMs > HEARD_WITHIN_MS ? silent : alive).add(key);
    }
    for (const key of silent) if (!alive.has(key)) this.#goneAtMs.set(key, now);
    this.#reachable = null;
  }

  /**
   * Asked for with every transaction and query: without news the answer stays for a while, and is
   * the same array.
   */
  reachablePeers(): readonly string[] {
    const nowMs = this.#clock.now();
    const known = this.#reachable;
    if (known !== null && !isOver(known.atMs, REACHABLE_FOR_MS, nowMs)) return known.keys;
    const keys = [...this.#reachableAt(nowMs)];
    this.#reachable = { atMs: nowMs, keys };
    return keys;
  }

  *#reachableAt(now: number): Iterable<string> {
    const direct = new Set<string>();
    for (const { key, isOpen, heardAtMs } of this.#neighbours()) {
      if (key !== null && isOpen && now - heardAtMs <= HEARD_WITHIN_MS) direct.add(key);
    }
    yield* direct;
    if (direct.size === 0) return;
    for (const [key, { changedAtMs, behindSinceMs }] of this.#orders) {
      if (behindSinceMs !== null && now - behindSinceMs > BEHIND_MAX_MS) continue;
      const goneAtMs = this.#goneAtMs.get(key) ?? Number.NEGATIVE_INFINITY;
      if (!direct.has(key) && goneAtMs < changedAtMs) yield key;
    }
  }

  heardPeers(): Iterable<string> {
    return this.#heard;
  }

  /**
   * After some time, as in a large network nobody hears all, and in a young one some are silent.
   */
  hasListened(): boolean {
    const firstMs = this.#firstHeardAtMs;
    return firstMs !== null && this.#clock.now() - firstMs >= LISTEN_MAX_MS;
  }
}
