// A Belief (sheet 04; tag d4): the signed Orders that a peer knows, by the key of their peer.

import { keyOf } from "../crypto/sha3.ts";
import type { Slot, Value } from "../data/cell.ts";
import { Index } from "../data/index-map.ts";
import { Keyword } from "../data/keyword.ts";
import { SlotRecord } from "../data/record.ts";
import { SignedData } from "../data/signed.ts";
import type { Vector } from "../data/vector.ts";
import { HostError } from "./host-error.ts";
import { Order } from "./order.ts";

export const BELIEF_TAG = 0xd4;
export const BELIEF_FIELDS = 1;

const FIELD_NAMES = [Keyword.of("orders")];

export class Belief extends SlotRecord {
  #entries: readonly [Value, Value][] | null = null;

  /** Use `of` or `fromFields`, which check the fields. */
  constructor(slots: Slot[]) {
    super(BELIEF_TAG, slots);
  }

  /** @param orders SignedData of Order by 32-byte public key */
  static of(orders: Index): Belief {
    return new Belief([orders]);
  }

  static fromFields(fields: Vector): Belief {
    return new Belief(fields.slots);
  }

  override get fieldNames(): readonly Keyword[] {
    return FIELD_NAMES;
  }
  /** T41. @throws HostError for `:orders` of the wrong type */
  override namedField(): Value {
    const orders = this.field(0);
    if (orders === null || orders instanceof Index) return orders;
    throw new HostError("Belief without orders");
  }
  /** SignedData of Order by public key; empty when a decoded Belief has no Index there. */
  get orders(): Index {
    const orders = this.field(0);
    return orders instanceof Index ? orders : Index.EMPTY;
  }
  /** The entries of `orders` in order of key. */
  get entries(): readonly [Value, Value][] {
    this.#entries ??= this.orders.entries();
    return this.#entries;
  }
  /** The Order under a peer's key of 32 bytes, null when there is none. */
  orderOf(publicKey: Uint8Array): Order | null {
    return orderIn(this.orders.lookup(keyOf(publicKey)));
  }
}

/** The Order in an entry of a Belief, null when the entry is something else. */
export function orderIn(entry: Value | undefined): Order | null {
  if (!(entry instanceof SignedData)) return null;
  const order = entry.value;
  return order instanceof Order ? order : null;
}
