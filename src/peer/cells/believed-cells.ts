// Orders and blocks that this peer believes, or has lately believed, by hash. Its neighbours send
// it the same ones again and again: those held here are not decoded again, nor their signatures
// checked. Of Orders, which keep their blocks in memory, only the last two of each peer are held,
// and few block vectors; of blocks only their hash keys. A cell counts only if the store holds it
// with all it names, so that nothing below it is ever missing.

import { type Cell, Ref, type Value } from "../../data/cell.ts";
import { hashKey, slotHashKey } from "../../data/encode.ts";
import { SignedData } from "../../data/signed.ts";
import type { Vector } from "../../data/vector.ts";
import { CHUNK_SIZE } from "../../data/vector-shape.ts";
import { leafSlots } from "../../data/vector-tree.ts";
import type { Belief } from "../../state/belief.ts";
import { Order } from "../../state/order.ts";
import type { Store } from "../../store/store.ts";
import { BELIEVED_BLOCKS_MAX, BELIEVED_VECTORS_MAX } from "../network-bounds.ts";
import { keepNewest } from "../newest.ts";

type CellsOfStore = Pick<Store, "holdsCell" | "has" | "cell" | "memorySize" | "timesForgotten">;

/** The last two Orders of a peer. */
interface Believed {
  readonly now: SignedData;
  readonly before: SignedData | null;
}

export class BelievedCells {
  readonly #store: CellsOfStore;
  #timesForgotten: number;
  #entries: Belief["entries"] = [];
  readonly #peers = new Map<string, Believed>();
  readonly #orders = new Map<string, SignedData>();
  /** Block vectors of the latest Orders, oldest first: most Orders have the same. */
  readonly #vectors = new Map<string, Vector>();
  #recentBlocks = new Set<string>();
  #olderBlocks: ReadonlySet<string> = new Set();

  constructor(store: CellsOfStore) {
    this.#store = store;
    this.#timesForgotten = store.timesForgotten;
  }

  /** Takes note of what is new in a Belief that is written. */
  note({ entries }: Belief): void {
    const { timesForgotten } = this.#store;
    if (timesForgotten !== this.#timesForgotten) {
      // The peer has begun again from its store, to let go of what it had in memory.
      this.#timesForgotten = timesForgotten;
      this.#forgetAll();
    }
    const before = this.#entries;
    this.#entries = entries;
    for (let i = 0; i < entries.length; i++) {
      const signed = entries[i]?.[1];
      if (before[i]?.[1] !== signed && signed instanceof SignedData) this.#add(signed);
    }
    if (this.#peers.size > 2 * entries.length) this.#forgetAll();
  }

  #add(signed: SignedData): void {
    const order = signed.value;
    if (!(order instanceof Order)) return;
    const known = this.#peers.get(signed.signer) ?? null;
    if (known !== null && known.before !== null) this.#orders.delete(hashKey(known.before));
    this.#peers.set(signed.signer, { now: signed, before: known?.now ?? null });
    this.#orders.set(hashKey(signed), signed);
    this.#addBlocks(order.blocks);
  }

  #addBlocks(blocks: Vector): void {
    const key = hashKey(blocks);
    if (this.#vectors.has(key)) return;
    this.#vectors.set(key, blocks);
    keepNewest(this.#vectors, BELIEVED_VECTORS_MAX);
    this.#noteBlocks(blocks);
  }

  #forgetAll(): void {
    this.#entries = [];
    this.#peers.clear();
    this.#orders.clear();
    this.#vectors.clear();
  }

  /** The last blocks of an Order, back to the first that is known: all have been the last once. */
  #noteBlocks(blocks: Vector): void {
    const { count } = blocks;
    for (let i = count - 1; i >= 0 && i >= count - CHUNK_SIZE; i--) {
      const key = slotHashKey(leafSlots(blocks, i)[i % CHUNK_SIZE] as Value);
      if (this.#recentBlocks.has(key)) return;
      if (2 * this.#recentBlocks.size >= BELIEVED_BLOCKS_MAX) {
        this.#olderBlocks = this.#recentBlocks;
        this.#recentBlocks = new Set();
      }
      this.#recentBlocks.add(key);
    }
  }

  /** What is believed and stored under this hash, null when it is none of those. */
  held(key: string): Cell | Ref | null {
    const cell = this.#orders.get(key) ?? this.#vectors.get(key);
    if (cell !== undefined) return this.#store.holdsCell(cell) ? cell : null;
    if (!this.#recentBlocks.has(key) && !this.#olderBlocks.has(key)) return null;
    return this.#store.has(key) ? new Ref(key, this.#store) : null;
  }
}
