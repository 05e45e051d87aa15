// What a peer signs never contradicts what it has signed before, through all its lives: no Order
// with a lower timestamp, none that takes back a final block, none with less final. And each has
// points as they must be (sheet 04 §2, §14.7, §14.10). After its disk was put back to an old one a
// peer is bound to what others know that it has signed: what has reached nobody, nobody can tell
// it.

import { Blob } from "../../../src/data/blob.ts";
import type { SimPeer } from "../sim-peer.ts";
import type { Checker, Complain } from "./checker.ts";
import type { PublishedOrder, PublishedOrders } from "./published-orders.ts";

export class OwnOrders implements Checker {
  readonly #complain: Complain;
  readonly #published: PublishedOrders;
  readonly #seen = new Map<number, PublishedOrder>();
  readonly #peers: readonly SimPeer[];
  /** Peers that have signed nothing yet since their disk was put back. */
  readonly #forgetful = new Set<SimPeer>();

  /** @param peers all of the network */
  constructor(complain: Complain, published: PublishedOrders, peers: readonly SimPeer[]) {
    this.#complain = complain;
    this.#published = published;
    this.#peers = peers;
  }

  /** A peer has an old disk. */
  forgot(sim: SimPeer): void {
    this.#forgetful.add(sim);
  }

  saw(sim: SimPeer): void {
    const order = this.#published.of(sim.index);
    const last = this.#seen.get(sim.index) ?? null;
    if (order === null || order === last) return;
    this.#seen.set(sim.index, order);
    const who = `peer ${sim.index}`;
    this.#checkPoints(who, order);
    const aheadMs = order.timestamp - sim.latestClockMs;
    if (aheadMs > 0) {
      this.#complain("points", `${who} signed an Order ${aheadMs} ms ahead of its clock`);
    }
    if (last === null) return;
    const bonds = this.#forgetful.delete(sim) ? this.#knownToOthers(sim) : [last];
    for (const bond of bonds) this.#checkSuccession(who, bond, order);
  }

  /** What the others that run believe of a peer. */
  #knownToOthers(sim: SimPeer): PublishedOrder[] {
    const publicKey = Blob.of(sim.keyPair.publicKey);
    const others = this.#peers.filter((other) => other !== sim && other.isRunning);
    const known = others.map((other) => this.#published.believed(publicKey, other));
    return [...new Set(known.filter((order) => order !== null))];
  }

  #checkPoints(who: string, { points, prefixes }: PublishedOrder): void {
    const isFalling = points.every((point, i) => i === 0 || point <= (points[i - 1] as number));
    const isRight = points.length === 4 && points[0] === prefixes.length - 1 && isFalling;
    if (isRight && (points[3] as number) >= 0) return;
    this.#complain("points", `${who} has the points ${points} for ${prefixes.length - 1} blocks`);
  }

  #checkSuccession(who: string, last: PublishedOrder, next: PublishedOrder): void {
    if (next.timestamp < last.timestamp) {
      const ms = last.timestamp - next.timestamp;
      this.#complain("own Orders", `${who} signed an Order ${ms} ms older than its last one`);
    }
    const final = last.points[3] as number;
    if (next.prefixes[final] !== last.prefixes[final]) {
      this.#complain("own Orders", `${who} took back one of its ${final} final blocks`);
    } else if ((next.points[3] as number) < final) {
      this.#complain("points", `${who} has ${next.points[3]} final blocks after ${final}`);
    }
  }
}
