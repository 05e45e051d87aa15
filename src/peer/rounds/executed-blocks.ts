// Tells of blocks once they are executed and on disk, in order: for the feed of events and for
// counting. What was executed before the first listener came is no news.

import { MissingDataError } from "../../data/cell.ts";
import type { SignedData } from "../../data/signed.ts";
import type { BlockResult } from "../../state/block-result.ts";
import { StoreError } from "../../store/store.ts";
import type { PeerApi } from "../peer-api.ts";

export interface ExecutedBlock {
  readonly position: number;
  readonly signed: SignedData;
  readonly result: BlockResult;
}

type Listener = (block: ExecutedBlock) => void;

/**
 * A block that can't be read is passed over; after a fork, positions come once more with other
 * blocks.
 */
export class ExecutedBlocks {
  readonly #peer: PeerApi;
  readonly #listeners = new Set<Listener>();
  #next: number;

  constructor(peer: PeerApi) {
    this.#peer = peer;
    this.#next = peer.position;
    peer.whenPassed(() => this.#look());
  }

  /** Calls with each block from now on, until the answer is called. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #look(): void {
    const { position } = this.#peer;
    // After a fork blocks are taken back, and others stand in their place.
    if (position < this.#next) this.#next = position;
    while (this.#next < position) {
      const block = this.#blockAt(this.#next++);
      if (block !== null) for (const listener of this.#listeners) listener(block);
    }
  }

  #blockAt(position: number): ExecutedBlock | null {
    try {
      const signed = this.#peer.block(position);
      const result = this.#peer.blockResult(position);
      return signed === null || result === null ? null : { position, signed, result };
    } catch (error) {
      // A store that can't be read is met by the peer itself, and said by it.
      if (error instanceof MissingDataError || error instanceof StoreError) return null;
      throw error;
    }
  }
}
