// A point says what others have said: an Order calls blocks a proposal, consensus or final only
// when peers of more than 67% of the weight have been at the level below with just these blocks
// (sheet 04 §3.5). What lying peers may have said counts for everything.

import { lessThanThird } from "../fault-plan.ts";
import type { SimPeer } from "../sim-peer.ts";
import type { Checker, Complain } from "./checker.ts";
import type { PublishedOrder, PublishedOrders } from "./published-orders.ts";

const LEVELS = ["blocks", "proposal", "consensus", "finality"];
const THRESHOLD = 0.67;
/** What the rules themselves lead to (sheet 04 §3.3.5, §3.5): a point goes over to other blocks. */
export const KEPT_POINT = "kept point";

export class Quorum implements Checker {
  readonly #complain: Complain;
  readonly #published: PublishedOrders;
  readonly #peers: number;
  readonly #liars: number;
  /** Who has been at each level, by prefix. */
  readonly #backers: readonly Map<string, Set<number>>[] = LEVELS.map(() => new Map());
  readonly #seen = new Map<number, PublishedOrder>();

  /** @param peers number of peers, all of equal weight @param liars number of those that lie */
  constructor(complain: Complain, published: PublishedOrders, peers: number, liars: number) {
    if (liars > lessThanThird(peers)) throw new RangeError(`${liars} of ${peers} peers lie`);
    this.#complain = complain;
    this.#published = published;
    this.#peers = peers;
    this.#liars = liars;
  }

  saw(sim: SimPeer): void {
    const order = this.#published.of(sim.index);
    const last = this.#seen.get(sim.index) ?? null;
    if (order === null || order === last) return;
    this.#seen.set(sim.index, order);
    for (let level = 0; level < LEVELS.length; level++) this.#note(sim.index, level, last, order);
    for (let level = 1; level < LEVELS.length; level++) this.#check(sim.index, level, last, order);
  }

  #note(index: number, level: number, last: PublishedOrder | null, order: PublishedOrder): void {
    const backers = this.#backers[level] as Map<string, Set<number>>;
    for (let n = order.points[level] as number; n > 0; n--) {
      const prefix = order.prefixes[n] as string;
      // Below this everything was noted with the last Order.
      if (last !== null && n <= (last.points[level] as number) && last.prefixes[n] === prefix)
        break;
      const known = backers.get(prefix);
      if (known === undefined) backers.set(prefix, new Set([index]));
      else known.add(index);
    }
  }

  #check(index: number, level: number, last: PublishedOrder | null, order: PublishedOrder): void {
    const point = order.points[level] as number;
    const prefix = order.prefixes[point] as string;
    if (point === 0 || (last?.points[level] === point && last.prefixes[point] === prefix)) return;
    const backers = new Set(this.#backers[level - 1]?.get(prefix)).add(index);
    const share = (backers.size + this.#liars) / this.#peers;
    if (share > THRESHOLD) return;
    const who = `${backers.size} of ${this.#peers} peers, and ${this.#liars} that lie`;
    // With too few votes a level stays where it is, cut by the number of blocks and not by what
    // they are.
    const isKept = last !== null && point <= (last.points[level] as number);
    this.#complain(
      isKept ? KEPT_POINT : "quorum",
      `peer ${index} has ${point} blocks at ${LEVELS[level]} by ${who}`,
    );
  }
}
