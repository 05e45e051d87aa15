// Whether consensus goes on once everything has healed: each honest peer makes a transaction final
// that was given to it afterwards, and all have executed the same blocks.

import type { Ledger } from "./checkers/ledger.ts";
import type { Load } from "./load.ts";
import type { SimPeer } from "./sim-peer.ts";
import type { Timeline } from "./timeline.ts";

const SUBMIT_EVERY_MS = 1_000;
/**
 * A peer whose last Order is further ahead of its clock is not heard until the clocks are there.
 */
const AHEAD_MS = 5_000;

export class Liveness {
  readonly #peers: readonly SimPeer[];
  readonly #ledger: Ledger;
  readonly #load: Load;
  /** Peers that have delivered a Result since the healing. */
  readonly #delivered = new Set<SimPeer>();
  #hasBegun = false;

  constructor(peers: readonly SimPeer[], ledger: Ledger, load: Load) {
    this.#peers = peers;
    this.#ledger = ledger;
    this.#load = load;
  }

  begin(timeline: Timeline): void {
    this.#hasBegun = true;
    this.#submit(timeline);
  }

  #submit(timeline: Timeline): void {
    for (const peer of this.#peers) {
      if (peer.isRunning && !this.#delivered.has(peer)) this.#load.submit(peer);
    }
    timeline.after(SUBMIT_EVERY_MS, () => this.#submit(timeline));
  }

  delivered(sim: SimPeer): void {
    if (this.#hasBegun) this.#delivered.add(sim);
  }

  /** Whether the network is bound to listen to a peer. */
  #mayDeliver(sim: SimPeer): boolean {
    const { peer } = sim.running;
    // Who has no stake has no say.
    if (peer.exclusion() !== null) return false;
    const last = peer.lastOwnOrder;
    return last === null || Number(last.timestamp) <= sim.clockMs + AHEAD_MS;
  }

  get isLive(): boolean {
    for (const sim of this.#peers) {
      if (!sim.isRunning || sim.running.peer.position < this.#ledger.length) return false;
      if (!this.#delivered.has(sim) && this.#mayDeliver(sim)) return false;
    }
    return this.#delivered.size > 0;
  }

  describe(): string {
    const peers = this.#peers.map((sim) => {
      if (!sim.isRunning) return `${sim.index} is down`;
      const { peer } = sim.running;
      const obstacle = peer.obstacle() ?? (this.#delivered.has(sim) ? "delivers" : "no obstacle");
      return `${sim.index} at ${peer.position} of ${this.#ledger.length}, ${obstacle}`;
    });
    return `not in consensus: ${peers.join("; ")}`;
  }
}
