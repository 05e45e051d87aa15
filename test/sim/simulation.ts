// One run of the simulator: production peers on a clock, network and disks that one seed decides
// over. Faults for a number of rounds of a second, then everything heals, and within 30 s all
// honest peers must be in consensus again and make transactions final.

import type { BeliefMerge } from "../../src/consensus/merge.ts";
import { Chance, STREAM } from "./chance.ts";
import { Answers } from "./checkers/answers.ts";
import type { Checker, Complaint } from "./checkers/checker.ts";
import { Ledger } from "./checkers/ledger.ts";
import { OwnOrders } from "./checkers/own-orders.ts";
import { PublishedOrders } from "./checkers/published-orders.ts";
import { Quorum } from "./checkers/quorum.ts";
import { isDeadlock } from "./deadlock.ts";
import { type FaultPlan, NO_FAULTS } from "./fault-plan.ts";
import { Liveness } from "./liveness.ts";
import { Load } from "./load.ts";
import { genesisMessage, peerKey, readGenesis, START_MS } from "./sim-genesis.ts";
import { SimNetwork } from "./sim-network.ts";
import { SimPeer } from "./sim-peer.ts";
import { StakeMoves } from "./stake-moves.ts";
import { Timeline } from "./timeline.ts";
import { Traitor } from "./traitor.ts";
import { Transcript } from "./transcript.ts";
import { sharedVerdicts } from "./verdicts.ts";
import { Weather } from "./weather.ts";

const ROUND_MS = 1_000;
const LOAD_EVERY_MS = 500;
/** How long after everything has healed consensus may take (issue *Join*, item 7). */
const LIVE_WITHIN_MS = 30_000;
/** Peers start within this time of each other. */
const STARTS_WITHIN_MS = 1_000;
/** Complaints after which a run ends: more are the same again. */
const COMPLAINTS_MAX = 5;

export interface RunOptions {
  readonly seed: number;
  readonly peers: number;
  /** Seconds with faults. */
  readonly rounds: number;
  readonly plan: FaultPlan;
  /** How honest peers merge Beliefs, when not as in production. */
  readonly merge?: BeliefMerge;
}

export interface RunReport {
  readonly complaints: readonly Complaint[];
  /** Simulated milliseconds. */
  readonly elapsedMs: number;
  /** How long it took after healing until all were in consensus again. */
  readonly healedMs: number;
  /**
   * Whether consensus had not come back in time because the rules of the merge had come to a halt.
   */
  readonly isDeadlock: boolean;
  readonly messages: number;
  readonly blocks: number;
  readonly submitted: number;
  readonly delivered: number;
  readonly crashes: number;
  readonly transcript: string;
}

export class Simulation {
  readonly #options: RunOptions;
  readonly #timeline = new Timeline(START_MS);
  readonly #transcript = new Transcript();
  readonly #table = sharedVerdicts();
  readonly #complaints: Complaint[] = [];
  readonly #network: SimNetwork;
  readonly #peers: SimPeer[] = [];
  readonly #honest: SimPeer[];
  readonly #weather: Weather;
  readonly #load: Load;
  readonly #ledger: Ledger;
  readonly #ownOrders: OwnOrders;
  readonly #answers: Answers;
  readonly #liveness: Liveness;
  readonly #checkers: Checker[];
  readonly #seen = new Map<SimPeer, { belief: unknown; position: number }>();
  #diskPlan: FaultPlan;
  #crashes = 0;
  #isDeadlock = false;
  #isHealed = false;

  constructor(options: RunOptions) {
    const { seed, plan, peers } = options;
    this.#options = options;
    this.#diskPlan = plan;
    const stream = (number: number) => new Chance(seed, number);
    this.#network = new SimNetwork(plan, this.#timeline, stream(STREAM.WIRE), this.#transcript);
    const genesis = genesisMessage(peers);
    // The last ones have the keys of others.
    for (let i = 0; i < peers + plan.twins; i++) this.#peers.push(this.#newPeer(i, genesis));
    this.#network.peers.push(...this.#peers);
    this.#honest = this.#peers.slice(plan.byzantine + plan.twins, peers);
    const chance = stream(STREAM.FAULTS);
    this.#weather = new Weather(plan, this.#timeline, this.#network, this.#peers, chance);
    const complain = (rule: string, what: string) => this.#complain(rule, what);
    const published = new PublishedOrders();
    this.#ledger = new Ledger(complain);
    this.#answers = new Answers(complain);
    this.#ownOrders = new OwnOrders(complain, published, this.#peers);
    const quorum = new Quorum(complain, published, peers, plan.byzantine + plan.twins);
    this.#checkers = [published, this.#ledger, this.#ownOrders];
    // It takes all weights for equal.
    if (plan.stakeEveryMs === 0) this.#checkers.push(quorum);
    this.#load = new Load(stream(STREAM.LOAD), (signed, sim, result) => {
      // What a peer that lies tells its clients binds nobody.
      if (result.error !== null || sim.index < plan.byzantine) return;
      this.#answers.delivered(signed, sim.index);
      this.#liveness.delivered(sim);
    });
    this.#liveness = new Liveness(this.#honest, this.#ledger, this.#load);
  }

  get #elapsedMs(): number {
    return this.#timeline.now - START_MS;
  }

  #complain(rule: string, what: string): void {
    if (this.#complaints.length >= COMPLAINTS_MAX) return;
    this.#complaints.push({ rule, atMs: Math.round(this.#elapsedMs), what });
  }

  #newPeer(index: number, genesis: Uint8Array): SimPeer {
    const { seed, peers, plan, merge } = this.#options;
    const disk = new Chance(seed, STREAM.DISK, index);
    return new SimPeer({
      index,
      keyPair: peerKey(index < peers ? index : plan.byzantine + index - peers),
      genesis: readGenesis(genesis),
      table: this.#table,
      merge: index < plan.byzantine ? undefined : merge,
      timeline: this.#timeline,
      network: this.#network,
      chance: new Chance(seed, STREAM.PEER, index),
      others: Array.from({ length: peers + plan.twins }, (_, i) => i).filter((i) => i !== index),
      disk: () => this.#diskFaults(index, disk),
      execution: this.#executionFaults(index, new Chance(seed, STREAM.EXECUTION, index)),
      onEvent: (peer) => this.#observe(peer),
      keepsBackup: plan.restored > 0,
      onRestored: (peer) => {
        this.#ledger.forgot(peer);
        this.#ownOrders.forgot(peer);
      },
      onCut: (peer) => {
        this.#crashes++;
        peer.kill();
        this.#weather.died(peer);
      },
      onCrash: (peer, error) => {
        const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
        this.#complain("crash", `peer ${peer.index}: ${what}`);
      },
    });
  }

  #diskFaults(index: number, chance: Chance) {
    const isCut = chance.happens(this.#diskPlan.cutWrite);
    return {
      cutAt: isCut ? Math.floor(20 * 500 ** chance.number()) : Number.POSITIVE_INFINITY,
      writeMs: () => {
        const { slowWrite, slowWriteMs } = this.#diskPlan;
        return chance.happens(slowWrite) ? Math.ceil(chance.between(0, slowWriteMs)) : 0;
      },
      outlivesCrash: () => chance.happens(0.5),
      // A peer that can't write at its start does not start.
      isFull: () =>
        (this.#peers[index]?.isRunning ?? false) && chance.happens(this.#diskPlan.fullDisk),
    };
  }

  #executionFaults(index: number, chance: Chance) {
    // The last ones, and second holders of a key: those that lie come first.
    const isSlow = index >= this.#options.peers - this.#options.plan.slowPeers;
    return {
      blockMs: () => {
        const { slowBlock, slowBlockMs } = this.#diskPlan;
        const isNow = isSlow && chance.happens(slowBlock);
        return isNow ? Math.ceil(chance.between(0, slowBlockMs)) : 0;
      },
      isAlone: () => chance.happens(0.3),
    };
  }

  #observe(sim: SimPeer): void {
    if (sim.index < this.#options.plan.byzantine) return;
    const { belief, position } = sim.running.peer;
    const seen = this.#seen.get(sim);
    if (seen?.belief === belief && seen.position === position) return;
    this.#seen.set(sim, { belief, position });
    // A key that two peers sign with contradicts itself; what each of them executes is right all
    // the same.
    if (!this.#honest.includes(sim)) {
      this.#ledger.saw(sim);
      return;
    }
    for (const checker of this.#checkers) checker.saw(sim);
  }

  run(): RunReport {
    const { rounds, seed, plan } = this.#options;
    this.#startAll(new Chance(seed, STREAM.FAULTS, 1));
    const load = new Chance(seed, STREAM.LOAD, 1);
    this.#submitEvery(load);
    if (plan.stakeEveryMs > 0) this.#moveStakes(new Chance(seed, STREAM.LOAD, 2));
    const isOver = () => this.#complaints.length > 0;
    this.#timeline.run(START_MS + rounds * ROUND_MS, isOver);
    let healedMs = 0;
    if (!isOver()) healedMs = this.#heal();
    if (!isOver()) for (const sim of this.#honest) this.#answers.check(sim);
    for (const sim of this.#honest) this.#transcript.note(`${sim.life}`);
    return {
      complaints: this.#complaints,
      elapsedMs: this.#elapsedMs,
      healedMs,
      isDeadlock: this.#isDeadlock,
      messages: this.#network.messages,
      blocks: this.#ledger.length,
      submitted: this.#load.submitted,
      delivered: this.#answers.count,
      crashes: this.#crashes,
      transcript: this.#transcript.digest,
    };
  }

  #startAll(chance: Chance): void {
    for (const peer of this.#peers) {
      this.#timeline.after(chance.between(0, STARTS_WITHIN_MS), () => {
        if (!peer.isRunning) peer.start();
      });
    }
    const { skewed, byzantine } = this.#options.plan;
    for (const [i, peer] of this.#peers.slice(0, byzantine).entries()) {
      const others = this.#peers.filter((other) => other !== peer);
      const stream = new Chance(this.#options.seed, STREAM.TRAITOR, i);
      const states = new Chance(this.#options.seed, STREAM.TRAITOR, i, 1);
      new Traitor(peer, others, this.#network, stream, states).begin(this.#timeline);
    }
    this.#weather.begin(chance.shuffled(this.#honest).slice(0, skewed));
  }

  #submitEvery(chance: Chance): void {
    this.#timeline.after(LOAD_EVERY_MS, () => {
      const running = this.#peers.filter(({ isRunning }) => isRunning);
      if (running.length > 0) this.#load.submit(chance.pick(running));
      this.#submitEvery(chance);
    });
  }

  #moveStakes(chance: Chance): void {
    const { peers, plan } = this.#options;
    const moves = new StakeMoves(chance, peers);
    const again = () => {
      this.#timeline.after(chance.interval(plan.stakeEveryMs), () => {
        const running = this.#honest.filter(({ isRunning }) => isRunning);
        if (running.length > 0) this.#load.give(chance.pick(running), (state) => moves.next(state));
        if (!this.#isHealed) again();
      });
    };
    again();
  }

  /** Ends all faults of the world, and waits for consensus; the answer is how long that took. */
  #heal(): number {
    const healedAt = this.#timeline.now;
    this.#weather.clearUp();
    this.#diskPlan = NO_FAULTS;
    this.#isHealed = true;
    this.#network.plan = { ...NO_FAULTS, delayMs: this.#options.plan.delayMs };
    this.#liveness.begin(this.#timeline);
    const isOver = () => this.#complaints.length > 0 || this.#liveness.isLive;
    this.#timeline.run(healedAt + LIVE_WITHIN_MS, isOver);
    if (!isOver()) {
      this.#isDeadlock = isDeadlock(this.#honest);
      this.#complain("liveness", this.#liveness.describe());
    }
    return this.#timeline.now - healedAt;
  }
}
