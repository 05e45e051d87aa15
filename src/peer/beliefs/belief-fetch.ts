// Cells that a Belief names and its sender has not brought, asked from the sender (sheet 04 §14.3).
// The cells above Orders are kept in memory, as they soon change; what Orders consist of goes to
// the store. One fetch at a time for each sender, with pauses when it does not answer.

import { CVM_TABLE } from "../../cvm/cvm-table.ts";
import { MissingDataError } from "../../data/cell.ts";
import { isUnreadable } from "../../net/connection.ts";
import { NoReplyError } from "../../net/pending-requests.ts";
import { type Store, StoreError } from "../../store/store.ts";
import { Acquisition } from "../cells/acquisition.ts";
import { AcquisitionError } from "../cells/acquisition-error.ts";
import { type CellProvider, ProviderTrial } from "../cells/cell-provider.ts";
import type { ReceivedCells } from "../cells/received-cells.ts";
import type { Clock } from "../clock.ts";
import {
  FETCH_BYTES_MAX,
  FETCH_CELLS_MAX,
  FETCH_STALL_MS,
  FETCH_TERMS,
  FETCH_WAITING_MAX,
  NEGLIGIBLE_SHARE,
} from "../network-bounds.ts";
import { AuthorDebts } from "./author-debts.ts";
import type { WantedValue } from "./order-intake.ts";

/** What a Belief lacks. */
export interface MissingParts {
  /** Cells above Orders, by hash key. */
  readonly cells: readonly string[];
  /** Values that are wanted with all below them. */
  readonly values: readonly WantedValue[];
}

export class BeliefFetch {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #received: ReceivedCells;
  readonly #trials = new Map<CellProvider, ProviderTrial>();
  /** Bytes fetched for Orders, by who has signed them. */
  readonly #debts: AuthorDebts;

  constructor(store: Store, clock: Clock, received: ReceivedCells) {
    this.#store = store;
    this.#clock = clock;
    this.#received = received;
    this.#debts = new AuthorDebts(clock, FETCH_TERMS);
  }

  /**
   * What of it is worth waiting for: not what a peer of little weight signs that costs too much.
   */
  affordable(values: readonly WantedValue[]): WantedValue[] {
    return values.filter(({ author: { key, share } }) => {
      return share >= NEGLIGIBLE_SHARE || this.#debts.mayBegin(key, share);
    });
  }

  /** Whether a fetch from this sender can begin now. */
  isReady(sender: CellProvider): boolean {
    const trial = this.#trials.get(sender);
    if (trial === undefined) return true;
    return trial.inFlight === 0 && trial.restUntilMs <= this.#clock.now();
  }

  forget(sender: CellProvider): void {
    this.#trials.delete(sender);
  }

  /** Fetches what is missing; false when the sender did not bring it. */
  async fetch(sender: CellProvider, { cells, values }: MissingParts): Promise<boolean> {
    const trial = this.#trials.get(sender) ?? new ProviderTrial(sender);
    this.#trials.set(sender, trial);
    trial.inFlight++;
    try {
      if (cells.length > 0) await this.#fetchCells(sender, cells);
      for (const value of values) await this.#fetchValue(sender, value);
      trial.succeed();
      return true;
    } catch (error) {
      if (!isFetchFailure(error)) throw error;
      trial.fail(this.#clock.now());
      return false;
    } finally {
      trial.inFlight--;
    }
  }

  /** @throws MissingDataError when the sender lacks one of them */
  async #fetchCells(sender: CellProvider, keys: readonly string[]): Promise<void> {
    const asked = keys.slice(0, FETCH_CELLS_MAX);
    const found = await sender.cells(asked);
    for (const [key, bytes] of found) this.#received.add(key, bytes);
    const absent = asked.find((key) => !found.has(key));
    if (absent !== undefined) throw new MissingDataError(absent);
  }

  /** @throws AcquisitionError also when Orders of its author have cost too much */
  async #fetchValue(sender: CellProvider, { key, author }: WantedValue): Promise<void> {
    if (!this.#debts.mayBegin(author.key, author.share)) throw new AcquisitionError(COSTS_TOO_MUCH);
    const provider = receivedFirst(sender, this.#received, this.#clock);
    let charged = 0;
    const charge = () => {
      const { bytes } = acquisition.progress;
      this.#debts.add(author.key, author.share, bytes - charged);
      charged = bytes;
    };
    const acquisition = new Acquisition({
      store: this.#store,
      table: CVM_TABLE,
      clock: this.#clock,
      providers: () => [provider],
      bytesMax: FETCH_BYTES_MAX,
      waitingMax: FETCH_WAITING_MAX,
      stallMs: FETCH_STALL_MS,
      onProgress: () => {
        charge();
        // Several senders may bring Orders of one peer at the same time.
        const owed = this.#debts.amount(author.key, author.share);
        if (owed > FETCH_TERMS.burst + FETCH_BYTES_MAX) acquisition.cancel(COSTS_TOO_MUCH);
      },
    });
    await acquisition.acquire(key).finally(charge);
  }
}

const COSTS_TOO_MUCH = "the Orders of its peer have cost too much of late";

/**
 * The cells that a sender has sent already are not asked for again. Other events are let in all the
 * same before they are read: a long message can have brought megabytes.
 */
function receivedFirst(
  sender: CellProvider,
  received: ReceivedCells,
  clock: Pick<Clock, "soon">,
): CellProvider {
  return {
    get isOpen() {
      return sender.isOpen;
    },
    async cells(keys) {
      const found = new Map<string, Uint8Array>();
      for (const key of keys) {
        const bytes = received.encodingOf(key);
        if (bytes !== null) found.set(key, bytes.slice());
      }
      const rest = keys.filter((key) => !found.has(key));
      if (rest.length === 0) {
        await new Promise<void>((resolve) => clock.soon(resolve));
        return found;
      }
      for (const [key, bytes] of await sender.cells(rest)) found.set(key, bytes);
      return found;
    },
  };
}

function isFetchFailure(error: unknown): boolean {
  return (
    error instanceof AcquisitionError ||
    error instanceof NoReplyError ||
    error instanceof StoreError ||
    isUnreadable(error)
  );
}
