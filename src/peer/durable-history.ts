// The history of a peer and its copy on disk. What the outside sees is always the written one; the
// current one may be ahead of it by what a pass has just done.

import { orderOf } from "../consensus/merge.ts";
import { PeerHistory } from "../consensus/peer-history.ts";
import type { KeyPair } from "../crypto/ed25519.ts";
import { bytesOfKey } from "../crypto/sha3.ts";
import { hashKey } from "../data/encode.ts";
import type { State } from "../state/state.ts";
import { type Position, type Store, StoreError } from "../store/store.ts";
import { OrderGuard } from "./order-guard.ts";
import { firstBatch, loadRecord, recordBatch } from "./peer-record.ts";

export class DurableHistory {
  readonly guard: OrderGuard;
  readonly #store: Store;
  readonly #cacheBytes: number;
  #current: PeerHistory;
  #written: PeerHistory;

  /**
   * The history in a store, or a new one that begins with `genesis` and is written at once.
   * @throws StoreError when the store is another peer's or network's, is empty and there is no
   *   genesis State, or can't be written
   */
  constructor(store: Store, keyPair: KeyPair, genesis: State | null, cacheBytes: number) {
    this.#store = store;
    this.#cacheBytes = cacheBytes;
    const record = loadRecord(store, keyPair.publicKey);
    if (record !== null) {
      requireSameGenesis(record.genesis, genesis);
      this.guard = new OrderGuard(keyPair, orderOf(record.belief, keyPair.publicKey));
      this.#current = new PeerHistory(this.guard, record);
    } else {
      if (genesis === null) {
        throw new StoreError(
          "FOREIGN",
          "The store is empty: a genesis State is needed to begin with.",
        );
      }
      this.guard = new OrderGuard(keyPair, null);
      this.#current = PeerHistory.create(this.guard, genesis);
      store.write(firstBatch(this.#current.record, keyPair.publicKey));
    }
    this.#written = this.#current;
  }

  get current(): PeerHistory {
    return this.#current;
  }

  get written(): PeerHistory {
    return this.#written;
  }

  get isWritten(): boolean {
    return this.#current === this.#written;
  }

  /** Goes on in memory. */
  advance(next: PeerHistory): void {
    this.#current = next;
  }

  /**
   * Makes the current history durable, with the places of what it executed.
   * @throws StoreError when the disk is full, or fails; the written history is then as it was
   */
  write(positions: readonly (readonly [string, Position])[]): void {
    if (this.isWritten) return;
    this.#store.write(recordBatch(this.#current.record, this.guard.publicKey, positions));
    this.#written = this.#current;
  }

  /**
   * Begins again from cells that are loaded as they are touched, when those in memory have become
   * more than the cache may hold: memory then depends on what is used, and not on the State's size.
   */
  unpin(): void {
    if (!this.isWritten || this.#store.heldBytes <= this.#cacheBytes) return;
    this.#store.forget();
    const record = loadRecord(this.#store, this.guard.publicKey);
    if (record === null) throw new Error("the record of the peer has left its store");
    this.#current = new PeerHistory(this.guard, record);
    this.#written = this.#current;
    this.guard.reload(this.#current.order);
  }
}

function requireSameGenesis(own: State, given: State | null): void {
  if (given === null || hashKey(given) === hashKey(own)) return;
  throw new StoreError(
    "FOREIGN",
    `The store belongs to the network with genesis ${hex(own)}, not to that with ${hex(given)}. ` +
      "Use another data directory for another network.",
  );
}

function hex(state: State): string {
  return `0x${Buffer.from(bytesOfKey(hashKey(state))).toString("hex")}`;
}
