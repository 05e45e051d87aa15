// Asking neighbours for their status and Belief (sheet 04 §8.4, §15.1): those that send none by
// themselves, because they have not dialled this peer. Often while blocks wait for finality, else
// now and then.

import { MissingDataError } from "../data/cell.ts";
import { BadFormatError, BadStructureError } from "../data/errors.ts";
import { NoReplyError } from "../net/pending-requests.ts";
import type { BeliefIntake } from "./belief-intake.ts";
import type { Clock } from "./clock.ts";
import type { Neighbour, RemoteStatus } from "./neighbour.ts";
import {
  COMPARE_EVERY_MS,
  POLL_BUSY_MS,
  POLL_IDLE_MS,
  POLL_TIMEOUT,
  PUSHED_WITHIN_MS,
} from "./network-bounds.ts";

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
  #cancelTick: (() => void) | null = null;
  #tickAtMs = Number.POSITIVE_INFINITY;
  #isStopped = false;

  constructor(options: PollingOptions) {
    this.#options = options;
  }

  /** Makes the next appointment; sooner when there is something to wait for. */
  plan(): void {
    if (this.#isStopped) return;
    const { clock, isBusy } = this.#options;
    const delayMs = isBusy() ? POLL_BUSY_MS : POLL_IDLE_MS;
    const atMs = clock.now() + delayMs;
    if (this.#cancelTick !== null && this.#tickAtMs <= atMs) return;
    this.#cancelTick?.();
    this.#tickAtMs = atMs;
    this.#cancelTick = clock.after(delayMs, () => {
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
    const now = this.#options.clock.now();
    for (const neighbour of this.#options.neighbours()) {
      const isPushing = now - neighbour.pushedAtMs < PUSHED_WITHIN_MS;
      const dueMs = isPushing ? COMPARE_EVERY_MS : this.#options.isBusy() ? 0 : POLL_IDLE_MS / 2;
      if (neighbour.isPolled || now - neighbour.polledAtMs < dueMs) continue;
      void this.#poll(neighbour, isPushing);
    }
  }

  async #poll(neighbour: Neighbour, isPushing: boolean): Promise<void> {
    const { clock, intake, onStatus } = this.#options;
    neighbour.isPolled = true;
    neighbour.polledAtMs = clock.now();
    const before = neighbour.status?.belief;
    try {
      const status = await neighbour.askStatus(POLL_TIMEOUT);
      if (clock.now() - neighbour.timedAtMs >= COMPARE_EVERY_MS) {
        neighbour.timedAtMs = clock.now();
        await neighbour.askTime(clock);
      }
      if (status === null || this.#isStopped) return;
      onStatus(neighbour, status);
      if (!isPushing && (status.belief !== before || neighbour.isIncomplete)) {
        neighbour.isIncomplete = !(await intake.poll(neighbour, status.belief));
      }
    } catch (error) {
      if (!isFailure(error)) throw error;
    } finally {
      neighbour.isPolled = false;
    }
  }
}

function isFailure(error: unknown): boolean {
  return (
    error instanceof NoReplyError ||
    error instanceof BadFormatError ||
    error instanceof BadStructureError ||
    error instanceof MissingDataError
  );
}
