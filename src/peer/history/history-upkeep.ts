// The steps of a collection that a running peer does itself: it forgets what its window no longer
// covers; another process builds the copy; and between two passes the peer goes on with that copy.

import type { Adopted, StoreBytes, StoreUpkeep } from "../../store/store-upkeep.ts";
import type { WriteTimes } from "../../store/write-times.ts";
import { PREVIOUS_FILE_MS } from "../bounds.ts";
import type { Clock } from "../clock.ts";
import type { DurableHistory } from "./durable-history.ts";
import { firstInWindow, forgottenCount } from "./history-window.ts";

export interface UpkeepParts {
  readonly clock: Clock;
  readonly history: DurableHistory;
  readonly upkeep: StoreUpkeep;
  /** How long States and Results are kept, in ms; null for ever. */
  readonly historyMs: number | null;
  /** Does something between two passes. @throws NotAtRestError when it can't */
  readonly atRest: <T>(task: () => T) => Promise<T>;
}

/** The window of the history at the beginning of a collection. */
export interface KeptHistory {
  readonly blocks: number;
  /** Position of the first block whose State and Results are kept. */
  readonly keptFrom: number;
}

export class HistoryUpkeep {
  readonly #parts: UpkeepParts;
  #last: (Adopted & { readonly atMs: number }) | null = null;
  #collections = 0;
  #cancelEnd: (() => void) | null = null;

  constructor(parts: UpkeepParts) {
    this.#parts = parts;
  }

  get bytes(): StoreBytes {
    return this.#parts.upkeep.bytes;
  }

  /** Why nothing can be written, before anything was tried; null while there is room. */
  get lackOfRoom(): string | null {
    return this.#parts.upkeep.lackOfRoom;
  }

  /** How long the writes since the start have taken. */
  get writes(): WriteTimes {
    return this.#parts.upkeep.writes;
  }

  /** The last collection since the start, null before the first. */
  get last(): (Adopted & { readonly atMs: number }) | null {
    return this.#last;
  }

  /** Number of collections since the start. */
  get collections(): number {
    return this.#collections;
  }

  /**
   * Forgets what the window no longer covers.
   * @throws StoreError when that can't be written, NotAtRestError
   */
  begin(): Promise<KeptHistory> {
    const { atRest, clock, history, historyMs } = this.#parts;
    return atRest(() => {
      const { results } = history.current.record;
      if (historyMs !== null) {
        history.forgetResults(firstInWindow(results, historyMs, clock.now()));
      }
      const kept = history.current.record.results;
      return { blocks: kept.count, keptFrom: forgottenCount(kept) };
    });
  }

  /** Notes what is written from now on. @returns what the copy has to bear */
  noteRecent(): string {
    return this.#parts.upkeep.noteRecent();
  }

  /** Goes on with the copy. @throws StoreError as StoreUpkeep.adopt, NotAtRestError */
  adopt(): Promise<Adopted> {
    const { atRest, clock, history, upkeep } = this.#parts;
    return atRest(() => {
      this.#end();
      const adopted = upkeep.adopt();
      history.reload();
      this.#last = { ...adopted, atMs: clock.now() };
      this.#collections++;
      // Until then, queries under way can still load cells that were collected.
      this.#cancelEnd = clock.after(PREVIOUS_FILE_MS, () => this.#end());
      return adopted;
    });
  }

  /** Leaves the file that was replaced to the store, which removes it when it is closed. */
  close(): void {
    this.#cancelEnd?.();
    this.#cancelEnd = null;
  }

  #end(): void {
    this.close();
    this.#parts.upkeep.endPrevious();
  }
}
