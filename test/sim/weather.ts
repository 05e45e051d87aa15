// What goes wrong around the peers in the course of a run: partitions, crashes, connections that
// break, clocks that are set wrong. At the end everything heals.

import type { Chance } from "./chance.ts";
import type { FaultPlan } from "./fault-plan.ts";
import type { SimNetwork } from "./sim-network.ts";
import type { SimPeer } from "./sim-peer.ts";
import type { Timeline } from "./timeline.ts";

export class Weather {
  readonly #plan: FaultPlan;
  readonly #timeline: Timeline;
  readonly #network: SimNetwork;
  readonly #peers: readonly SimPeer[];
  readonly #chance: Chance;
  /** Ends each deafness that there is. */
  readonly #deaf = new Set<() => void>();
  #isOver = false;

  constructor(
    plan: FaultPlan,
    timeline: Timeline,
    network: SimNetwork,
    peers: readonly SimPeer[],
    chance: Chance,
  ) {
    this.#plan = plan;
    this.#timeline = timeline;
    this.#network = network;
    this.#peers = peers;
    this.#chance = chance;
  }

  /** Begins. @param skewed peers whose clocks go wrong */
  begin(skewed: readonly SimPeer[]): void {
    const { resetEveryMs, partitionEveryMs, crashEveryMs, skewMs } = this.#plan;
    const { deafEveryMs, stepEveryMs } = this.#plan;
    this.#every(resetEveryMs, () => this.#network.reset());
    this.#every(partitionEveryMs, () => this.#partition());
    this.#every(crashEveryMs, () => this.#crash());
    for (const peer of skewed) {
      const ms = this.#chance.between(-skewMs, skewMs);
      const afterMs = this.#chance.happens(0.5) ? 0 : this.#chance.between(0, 20_000);
      this.#timeline.after(afterMs, () => {
        if (!this.#isOver) peer.skewMs = ms;
      });
    }
    this.#every(deafEveryMs, () => this.#silence());
    if (skewed.length > 0)
      this.#every(stepEveryMs, () => this.#setClock(this.#chance.pick(skewed)));
  }

  /** Everything works again, and goes on working. */
  clearUp(): void {
    this.#isOver = true;
    this.#network.heal();
    for (const end of this.#deaf) end();
    for (const peer of this.#peers) {
      peer.skewMs = 0;
      if (!peer.isRunning) peer.start();
    }
  }

  /** A peer has died of its disk: it is started again after a while. */
  died(peer: SimPeer): void {
    this.#startLater(peer);
  }

  #every(meanMs: number, task: () => void): void {
    if (meanMs === 0 || this.#isOver) return;
    this.#timeline.after(this.#chance.interval(meanMs), () => {
      if (this.#isOver) return;
      task();
      this.#every(meanMs, task);
    });
  }

  #partition(): void {
    if (this.#network.isPartitioned) return;
    const sides = this.#peers.map(() => this.#chance.below(2));
    this.#network.partition(sides);
    this.#timeline.after(this.#chance.interval(this.#plan.partitionMs), () => {
      this.#network.heal();
    });
  }

  #silence(): void {
    const [from, to] = this.#chance.shuffled(this.#peers);
    if (from === undefined || to === undefined) return;
    const end = this.#network.silence(from.index, this.#chance.happens(0.3) ? null : to.index);
    this.#deaf.add(end);
    this.#timeline.after(this.#chance.interval(this.#plan.deafMs), () => {
      this.#deaf.delete(end);
      end();
    });
  }

  /**
   * More often back than forward: an Order from the future is not heard before its time has come.
   */
  #setClock(peer: SimPeer): void {
    const { skewMs } = this.#plan;
    peer.skewMs = this.#chance.happens(0.3) ? 0 : this.#chance.between(-skewMs, skewMs / 10);
  }

  #crash(): void {
    const running = this.#peers.filter(({ isRunning }) => isRunning);
    if (running.length === 0) return;
    const peer = this.#chance.pick(running);
    peer.kill();
    if (this.#chance.happens(this.#plan.restored)) peer.restoreBackup();
    this.#startLater(peer);
  }

  #startLater(peer: SimPeer): void {
    const downMs = this.#isOver ? 0 : this.#chance.interval(this.#plan.downMs);
    this.#timeline.after(downMs, () => {
      if (!peer.isRunning) peer.start();
    });
  }
}
