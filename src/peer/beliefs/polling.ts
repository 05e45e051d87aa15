// Asking neighbours for their status and Belief (sheet 04 §8.4, §15.1): those that send none by
// themselves, because they have not dialled this peer. Often while blocks wait for finality, else
// now and then.

import { isUnreadable } from "../../net/connection.ts";
import { NoReplyError } from "../../net/pending-requests.ts";
import { type Clock, isOver, steadyOf } from "../clock.ts";
import type { Neighbour, RemoteStatus } from "../connections/neighbour.ts";
import {
  COMPARE_EVERY_MS,
  POLL_BUSY_MS,
  POLL_IDLE_MS,
  POLL_TIMEOUT,
  PUSHED_WITHIN_MS,
} from "../network-bounds.ts";
import { aside } from "../store-guard.ts";
import type { BeliefIntake } from "./belief-intake.ts";

export interface PollingOptions {
  readonly clock: Clock;
  readonly intake: BeliefIntake;
  /** Connections that this peer has opened. */
  readonly neighbours: () => Iterable<Neighbour>;
  /** Whether blocks wait for finality. */
  readonly isBusy: () => boolean;
  readonly onStatus: (neighbour: Neighbour, status: RemoteStatus) => void;
}

export class Polling {
  readonly #options: PollingOptions;
  /** For how long something is ago. */
  readonly #steady: Clock;
  #cancelTick: (() => void) | null = null;
  #tickAtMs = Number.POSITIVE_INFINITY;
  #isStopped = false;

  constructor(options: PollingOptions) {
    this.#options = options;
    this.#steady = steadyOf(options.clock);
  }

  /**
   * Makes the next appointment, for when the first neighbour is due; sooner when there is reason
   * to.
   */
  plan(): void {
    if (this.#isStopped) return;
    const { isBusy, neighbours } = this.#options;
    const pauseMs = isBusy() ? POLL_BUSY_MS : POLL_IDLE_MS;
    let atMs = Number.POSITIVE_INFINITY;
    const now = this.#steady.now();
    for (const neighbour of neighbours()) {
      if (!neighbour.isPolled) atMs = Math.min(atMs, dueAtMs(neighbour, pauseMs, now));
    }
    if (this.#cancelTick !== null && this.#tickAtMs <= atMs) return;
    this.#cancelTick?.();
    this.#cancelTick = null;
    if (atMs === Number.POSITIVE_INFINITY) return;
    this.#tickAtMs = atMs;
    this.#cancelTick = this.#steady.after(Math.max(0, atMs - now), () => {
      this.#cancelTick = null;
      this.#tick();
      this.plan();
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelTick?.();
    this.#cancelTick = null;
  }

  #tick(): void {
    const { isBusy, neighbours } = this.#options;
    const now = this.#steady.now();
    const pauseMs = isBusy() ? POLL_BUSY_MS : POLL_IDLE_MS;
    for (const neighbour of neighbours()) {
      if (neighbour.isPolled || dueAtMs(neighbour, pauseMs, now) > now) continue;
      const isPushing = !isOver(neighbour.pushedAtMs, PUSHED_WITHIN_MS, now);
      aside(this.#steady, this.#poll(neighbour, isPushing));
    }
  }

  async #poll(neighbour: Neighbour, isPushing: boolean): Promise<void> {
    const { clock, intake, onStatus } = this.#options;
    neighbour.isPolled = true;
    neighbour.polledAtMs = this.#steady.now();
    try {
      const status = await neighbour.askStatus(POLL_TIMEOUT);
      if (isOver(neighbour.timedAtMs, COMPARE_EVERY_MS, this.#steady.now())) {
        neighbour.timedAtMs = this.#steady.now();
        await neighbour.askTime(clock);
      }
      // Its farewell may have come with its answer.
      if (status === null || this.#isStopped || !neighbour.isOpen) return;
      onStatus(neighbour, status);
      const isNews = status.belief !== neighbour.polledBelief;
      if (!isPushing && (isNews || neighbour.isIncomplete)) {
        neighbour.polledBelief = status.belief;
        neighbour.isIncomplete = !(await intake.poll(neighbour, status.belief));
      }
    } catch (error) {
      if (!(error instanceof NoReplyError || isUnreadable(error))) throw error;
    } finally {
      neighbour.isPolled = false;
      this.plan();
    }
  }
}

/**
 * When a neighbour is to be asked next: again after a pause, unless it tells of itself, then now
 * and then; at once when the clock has been set back to before it was asked last.
 */
function dueAtMs({ pushedAtMs, polledAtMs }: Neighbour, pauseMs: number, now: number): number {
  if (polledAtMs > now) return now;
  const silentFromMs = pushedAtMs > now ? now : pushedAtMs + PUSHED_WITHIN_MS;
  return Math.min(polledAtMs + COMPARE_EVERY_MS, Math.max(silentFromMs, polledAtMs + pauseMs));
}
