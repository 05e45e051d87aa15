// One simulated peer: the production peer, on the clock, disk, links and chance of the simulation.
// It dies and is started again; what is planned for a life that has ended does not happen.

import { drainMicrotasks } from "bun:jsc";
import type { BeliefMerge } from "../../src/consensus/merge.ts";
import type { KeyPair } from "../../src/crypto/ed25519.ts";
import { Blob } from "../../src/data/blob.ts";
import type { DecodeTable } from "../../src/data/decode.ts";
import type { Clock } from "../../src/peer/clock.ts";
import { Bans } from "../../src/peer/connections/bans.ts";
import { NetworkedPeer } from "../../src/peer/networked-peer.ts";
import type { State } from "../../src/state/state.ts";
import { CellStore } from "../../src/store/cell-store.ts";
import { MemoryImage } from "../../src/store/memory-store.ts";
import { CutError } from "../store/fault-backend.ts";
import type { Chance } from "./chance.ts";
import { type DiskFaults, isPlanned, SimDisk } from "./sim-disk.ts";
import { START_MS } from "./sim-genesis.ts";
import { hostOf, type SimNetwork } from "./sim-network.ts";
import { type ExecutionFaults, SlowExecutor } from "./slow-executor.ts";
import type { Timeline } from "./timeline.ts";

export interface SimPeerOptions {
  readonly index: number;
  readonly keyPair: KeyPair;
  /** A genesis State of its own: cells note the store that they are in. */
  readonly genesis: State;
  /** Reads cells of messages and of the disk. */
  readonly table: DecodeTable;
  readonly timeline: Timeline;
  readonly network: SimNetwork;
  readonly chance: Chance;
  readonly others: readonly number[];
  /** How Beliefs are merged, when not as in production. */
  readonly merge: BeliefMerge | undefined;
  /** Faults of the disk in the life that begins. */
  readonly disk: () => Omit<DiskFaults, "onCut" | "onBusy" | "wait">;
  /** How its execution is slow. */
  readonly execution: Omit<ExecutionFaults, "onBusy">;
  /** Called after everything that the peer does, and before each message that it sends. */
  readonly onEvent: (peer: SimPeer) => void;
  /** Whether a backup is made at each start. */
  readonly keepsBackup: boolean;
  /** Its disk is an old one from now on. */
  readonly onRestored: (peer: SimPeer) => void;
  /** The peer has died of its disk. */
  readonly onCut: (peer: SimPeer) => void;
  /** Something was thrown that should never be. */
  readonly onCrash: (peer: SimPeer, error: unknown) => void;
}

const ALWAYS = { isWanted: true };

export class SimPeer {
  readonly index: number;
  readonly keyPair: KeyPair;
  readonly publicKey: Blob;
  #image = new MemoryImage();
  /** The disk as it was when the present life began. */
  #backup = new MemoryImage();
  /** Number of times it has been started. */
  life = 0;
  /** Milliseconds by which its clock is ahead. */
  skewMs = 0;
  /** Sees what is sent, when somebody wants to. */
  onSend: ((payload: Uint8Array, to: number) => void) | null = null;
  readonly #options: SimPeerOptions;
  #running: NetworkedPeer | null = null;
  #disk: SimDisk | null = null;
  /** Until when it waits for its disk. */
  #busyUntil = 0;
  /** How long it has waited for its disk in what it is doing. */
  #spentMs = 0;
  #latestClockMs = 0;
  #isInside = false;

  constructor(options: SimPeerOptions) {
    this.#options = options;
    this.index = options.index;
    this.keyPair = options.keyPair;
    this.publicKey = Blob.of(options.keyPair.publicKey);
  }

  get isRunning(): boolean {
    return this.#running !== null;
  }

  isAlive(life: number): boolean {
    return this.#running !== null && life === this.life;
  }

  get running(): NetworkedPeer {
    if (this.#running === null) throw new Error(`peer ${this.index} does not run`);
    return this.#running;
  }

  /** Time by its own clock. */
  get clockMs(): number {
    return Math.floor(this.#options.timeline.now + this.#spentMs + this.skewMs);
  }

  /** The latest time that its clock has shown it, in any of its lives. */
  get latestClockMs(): number {
    return this.#latestClockMs;
  }

  start(): void {
    const { timeline, network, keyPair, genesis, chance, others, table, merge } = this.#options;
    const life = ++this.life;
    this.#busyUntil = timeline.now;
    if (this.#options.keepsBackup) this.#backup = this.#image.copy();
    this.#disk = this.#newDisk(life);
    const store = new CellStore(this.#disk, table);
    const clock = this.#clock(life);
    const onBusy = (ms: number) => {
      this.#spentMs += ms;
    };
    this.#enter(() => {
      const running = new NetworkedPeer({
        store,
        keyPair,
        genesis,
        table,
        ...(merge === undefined ? {} : { merge }),
        clock,
        executor: new SlowExecutor(clock, { ...this.#options.execution, onBusy }),
        random: chance,
        bans: new Bans(null),
        dial: (address) => network.dial(this, address),
        named: others.map((other) => ({ address: hostOf(other), isPermanent: true })),
        onFault: (error) => {
          if (!isPlanned(error)) this.#options.onCrash(this, error);
        },
      });
      this.#running = running;
      running.start();
    });
  }

  #newDisk(life: number): SimDisk {
    const { timeline } = this.#options;
    return new SimDisk(this.#image, {
      ...this.#options.disk(),
      onCut: () => this.#options.onCut(this),
      onBusy: (ms) => {
        this.#spentMs += ms;
      },
      wait: (ms) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.at(timeline.now + this.#spentMs + ms, life, resolve);
        return promise;
      },
    });
  }

  #clock(life: number): Clock {
    const { timeline } = this.#options;
    const timers: Pick<Clock, "soon" | "after"> = {
      soon: (task) => this.at(timeline.now + this.#spentMs, life, task),
      after: (delayMs, task) => {
        const wish = { isWanted: true };
        this.at(timeline.now + this.#spentMs + delayMs, life, task, wish);
        return () => {
          wish.isWanted = false;
        };
      },
    };
    return {
      ...timers,
      now: () => this.clockMs,
      // So far from the time of day that nobody who mixes the two gets through.
      steady: { ...timers, now: () => Math.floor(timeline.now + this.#spentMs) - START_MS },
    };
  }

  /** Ends it as a power cut does. */
  kill(): void {
    this.#running = null;
    this.#disk?.crash();
    this.life++;
    this.#options.network.vanish(this);
  }

  /** Puts the disk back to what it was when the life that has ended began. */
  restoreBackup(): void {
    this.#image = this.#backup.copy();
    this.#options.onRestored(this);
  }

  /**
   * Has something done by this peer at a moment, if it still lives the same life then, and wants
   * it.
   */
  at(moment: number, life: number, task: () => void, wish = ALWAYS): void {
    this.#options.timeline.at(moment, () => {
      if (life !== this.life || !wish.isWanted) return;
      if (this.#options.timeline.now < this.#busyUntil) this.at(this.#busyUntil, life, task, wish);
      else this.#enter(task);
    });
  }

  later(delayMs: number, life: number, task: () => void): void {
    this.at(this.#options.timeline.now + delayMs, life, task);
  }

  /** Has something done by this peer now. */
  act(task: () => void): void {
    this.at(this.#options.timeline.now, this.life, task);
  }

  /** Does something once the peer has waited for its disk: what it sends leaves then. */
  spent(task: () => void): void {
    if (this.#spentMs === 0) task();
    else this.later(this.#spentMs, this.life, task);
  }

  /**
   * Lets the checkers look at the peer: also in the middle of an event, since what it sends there
   * may be replaced at the end of the event.
   */
  show(): void {
    this.#latestClockMs = Math.max(this.#latestClockMs, this.clockMs);
    if (this.#running !== null) this.#options.onEvent(this);
  }

  #enter(task: () => void): void {
    if (this.#isInside) throw new Error("a peer does one thing at a time");
    this.#isInside = true;
    this.#spentMs = 0;
    try {
      task();
      // What awaits goes on now: nothing of a peer waits for the loop of the runtime.
      drainMicrotasks();
      this.show();
    } catch (error) {
      const isDeath = error instanceof CutError && this.#running === null;
      if (!isDeath) this.#options.onCrash(this, error);
    } finally {
      this.#isInside = false;
      this.#busyUntil = this.#options.timeline.now + this.#spentMs;
      this.#spentMs = 0;
    }
  }
}
