// Beliefs from outside (sheet 04 §8.3), by who sent them: each Order in them is taken by itself
// (order-intake.ts), and cells that are missing are asked from the sender. Of each sender only the
// latest Belief counts, so that no queue fills.

import type { Cell } from "../../data/cell.ts";
import { hashKey } from "../../data/encode.ts";
import { Belief } from "../../state/belief.ts";
import type { CellProvider } from "../cells/cell-provider.ts";
import type { ReceivedCells } from "../cells/received-cells.ts";
import { steadyOf } from "../clock.ts";
import {
  FETCHES_PER_BELIEF_MAX,
  KEPT_BELIEF_BYTES,
  LOOK_AGAIN_MS,
  LOOK_AGAIN_PAUSES,
  LOOK_COUNTS_MAX_MS,
  MISSING_WAIT_MS,
} from "../network-bounds.ts";
import { aside } from "../store-guard.ts";
import { BeliefFetch } from "./belief-fetch.ts";
import { OrderIntake, type OrderIntakeOptions, type WantedValue } from "./order-intake.ts";
import { readOrders } from "./payload-orders.ts";

/** Who sends Beliefs. */
export interface BeliefSender extends CellProvider {
  /** Whether it has proved the key of a peer, so that missing cells are worth asking it for. */
  readonly isTrusted: boolean;
}

export interface IntakeOptions extends OrderIntakeOptions {
  readonly received: ReceivedCells;
  /**
   * Whom to ask for what a sender has not brought: a peer of the reference answers only on
   * connections that were opened to it. The sender itself when absent.
   */
  readonly providerOf?: (sender: BeliefSender) => CellProvider;
  /** Hears of each Belief in which there is nothing left to look at. */
  readonly onUnderstood?: (sender: BeliefSender) => void;
  /** Looking at a sender's Belief once more has taken so many ms. */
  readonly onSpent?: (sender: BeliefSender, ms: number) => void;
}

/** The latest Belief of a sender, while something in it is missing. */
interface Latest {
  payload: Cell;
  /** Whether it takes too much memory to be kept as it came. */
  isLong: boolean;
  /** Fetches for it that have brought what they asked for. */
  fetches: number;
  /** When something was first missing in what this sender sends, null before. */
  lacksSinceMs: number | null;
}

export class BeliefIntake {
  readonly #options: IntakeOptions;
  readonly #orders: OrderIntake;
  readonly #fetch: BeliefFetch;
  readonly #senders = new Map<BeliefSender, Latest>();
  /** Before this time, Beliefs that wait are not looked at again when another one comes. */
  #lookAgainAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#orders = new OrderIntake(options);
    this.#fetch = new BeliefFetch(options.store, steadyOf(options.clock), options.received);
  }

  /**
   * Takes in a Belief, or a signed Order; nothing in it has been checked.
   * @param bytes length of its message
   * @returns whether nothing was missing in it
   */
  take(sender: BeliefSender, payload: Cell, bytes = 0): boolean {
    const isLong = bytes > KEPT_BELIEF_BYTES;
    // Strangers may not push out what others have sent.
    if (sender.isTrusted) this.#options.received.keep(payload);
    this.#keepLatest(sender, payload, isLong);
    const isUnderstood = this.#process(sender);
    // Strangers are not asked for what is missing, nor those who have gone since they have sent
    // this, and what they send is not kept for it.
    if (!sender.isTrusted || !sender.isOpen) this.#senders.delete(sender);
    if (isUnderstood) this.#lookAgain(sender);
    return isUnderstood;
  }

  /** One that comes again keeps the number of fetches that there have been for it. */
  #keepLatest(sender: BeliefSender, payload: Cell, isLong: boolean): void {
    const latest = this.#senders.get(sender);
    if (latest === undefined) {
      this.#senders.set(sender, { payload, isLong, fetches: 0, lacksSinceMs: null });
    } else if (latest.fetches === 0 || hashKey(latest.payload) !== hashKey(payload)) {
      latest.payload = payload;
      latest.isLong = isLong;
      latest.fetches = 0;
    }
  }

  /**
   * Looks again at the Beliefs of others in which something was missing: it may have come with this
   * one. Anybody can have a long Belief wait on each of many connections, so those that have waited
   * longest are looked at first, and only so many at a time.
   */
  #lookAgain(sender: BeliefSender): void {
    const steady = steadyOf(this.#options.clock);
    const beganAt = steady.now();
    if (beganAt < this.#lookAgainAtMs) return;
    const waiting = [...this.#senders].filter(([, { lacksSinceMs }]) => lacksSinceMs !== null);
    for (const [other, latest] of waiting) {
      if (other === sender) continue;
      this.#senders.delete(other);
      this.#senders.set(other, latest);
      this.#processAgain(other);
      const now = steady.now();
      const tookMs = Math.min(now - beganAt, LOOK_COUNTS_MAX_MS);
      if (tookMs < LOOK_AGAIN_MS) continue;
      this.#lookAgainAtMs = now + LOOK_AGAIN_PAUSES * tookMs;
      return;
    }
  }

  /**
   * Fetches the Belief that a sender says it has, and takes it in; false when it lacks something
   * yet.
   */
  async poll(sender: BeliefSender, beliefKey: string): Promise<boolean> {
    const { received } = this.#options;
    const isThere = received.encodingOf(beliefKey) !== null;
    if (!isThere && !(await this.fetchCell(sender, beliefKey))) return false;
    const belief = received.cell(beliefKey);
    return belief instanceof Belief && this.take(sender, belief);
  }

  /** Fetches a cell without which a Belief can't even be read; false when it can't be had. */
  async fetchCell(sender: BeliefSender, key: string): Promise<boolean> {
    const provider = this.#providerOf(sender);
    if (!this.#fetch.isReady(provider)) return false;
    return this.#fetch.fetch(provider, { cells: [key], values: [] });
  }

  /** The sender has gone. */
  forget(sender: BeliefSender): void {
    this.#senders.delete(sender);
    this.#fetch.forget(sender);
  }

  close(): void {
    this.#orders.close();
    this.#senders.clear();
  }

  /** Looks for the way back when the peer has parted from the others. */
  reconsider(): void {
    this.#orders.reconsider();
  }

  #providerOf(sender: BeliefSender): CellProvider {
    return this.#options.providerOf?.(sender) ?? sender;
  }

  /** Looks at the latest Belief of a sender once more, at its cost. */
  #processAgain(sender: BeliefSender): void {
    const steady = steadyOf(this.#options.clock);
    const beganAt = steady.now();
    this.#process(sender);
    this.#options.onSpent?.(sender, steady.now() - beganAt);
  }

  /** Whether nothing was missing in the latest Belief of a sender. */
  #process(sender: BeliefSender): boolean {
    const latest = this.#senders.get(sender);
    if (latest === undefined) return false;
    const { orders, missing } = readOrders(latest.payload);
    const values = this.#fetch.affordable(this.#orders.take(orders, sender.isTrusted));
    const isIncomplete = missing.length + values.length > 0;
    const isUnderstood = !isIncomplete && !this.#orders.isOwnUnderWay;
    if (isUnderstood) this.#options.onUnderstood?.(sender);
    if (!isIncomplete) this.#senders.delete(sender);
    else if (latest.isLong) latest.payload = this.#options.received.withoutChildren(latest.payload);
    if (isIncomplete && sender.isTrusted) {
      const steady = steadyOf(this.#options.clock);
      if (latest.lacksSinceMs === null) this.#awaitMissing(sender, latest);
      else if (steady.now() - latest.lacksSinceMs >= MISSING_WAIT_MS) {
        aside(this.#options.clock, this.#complete(sender, latest, missing, values));
      }
    }
    return isUnderstood;
  }

  /**
   * Waits a moment for what is missing before it is fetched: peers leave a block to the peer that
   * has made it, which may send it a little later.
   */
  #awaitMissing(sender: BeliefSender, latest: Latest): void {
    const steady = steadyOf(this.#options.clock);
    latest.lacksSinceMs = steady.now();
    steady.after(MISSING_WAIT_MS, () => {
      if (this.#senders.get(sender) === latest) this.#processAgain(sender);
    });
  }

  /** Has what is missing fetched, then looks at the sender's latest Belief again. */
  async #complete(
    sender: BeliefSender,
    latest: Latest,
    cells: readonly string[],
    values: readonly WantedValue[],
  ): Promise<void> {
    const provider = this.#providerOf(sender);
    if (latest.fetches >= FETCHES_PER_BELIEF_MAX || !this.#fetch.isReady(provider)) return;
    // Those without an answer don't count: they come ever more rarely, and one may come at last.
    if (!(await this.#fetch.fetch(provider, { cells, values }))) return;
    latest.fetches++;
    this.#processAgain(sender);
  }
}
