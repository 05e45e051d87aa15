// An Order (sheet 04; tag d7): one peer's ordering of blocks, and its consensus points: how many
// blocks it accepts at each level. They are an open vector, since later releases may add levels; an
// absent one counts as 0.

import type { Integer, Slot, Value } from "../data/cell.ts";
import { BadStructureError } from "../data/errors.ts";
import { Keyword } from "../data/keyword.ts";
import { SlotRecord } from "../data/record.ts";
import { Vector } from "../data/vector.ts";
import { HostError } from "./host-error.ts";
import { longField } from "./record-reader.ts";

export const ORDER_TAG = 0xd7;
export const ORDER_FIELDS = 3;

/** Positions of the consensus points in their vector. */
export const CONSENSUS_LEVEL = {
  /** All blocks; the entry of the vector is not used, and 0. */
  BLOCK: 0,
  PROPOSAL: 1,
  CONSENSUS: 2,
  FINALITY: 3,
} as const;
export const CONSENSUS_LEVELS = 4;
/**
 * There may be more than the reference writes (T47); an Order with more than this stays generic.
 */
const MAX_POINTS = 1024;

const FIELD_NAMES = ["timestamp", "consensus", "blocks"].map(Keyword.of);

const TIMESTAMP = 0;
const CONSENSUS = 1;
/** Slot of the blocks, for code that must not load them. */
export const BLOCKS_SLOT = 2;

export class Order extends SlotRecord {
  /** No blocks, timestamp 0. */
  static readonly EMPTY = new Order([0, Vector.from([0, 0, 0, 0]), Vector.EMPTY]);

  /** Cache of consensus/points.ts, null at first: an Order takes part in many merges. */
  pointNumbers: readonly number[] | null = null;

  /** Use `of` or `fromFields`, which check the fields. */
  constructor(slots: Slot[]) {
    super(ORDER_TAG, slots);
  }

  /** @param timestamp milliseconds; @param blocks SignedData of Blocks */
  static of(timestamp: Integer, points: Vector, blocks: Vector): Order {
    return new Order([timestamp, points, blocks]);
  }

  static fromFields(fields: Vector): Order | null {
    if (longField(fields, TIMESTAMP) === null) return null;
    const points = fields.get(CONSENSUS);
    if (!(points instanceof Vector) || !areLongs(points)) return null;
    return new Order(fields.slots);
  }

  override get fieldNames(): readonly Keyword[] {
    return FIELD_NAMES;
  }
  /** Milliseconds since 1970, by the clock of the peer. */
  get timestamp(): Integer {
    return this.slots[TIMESTAMP] as Integer;
  }
  /** The consensus points, Longs. */
  get points(): Vector {
    return this.field(CONSENSUS) as Vector;
  }
  /** T41. @throws HostError for `:blocks` of the wrong type */
  override namedField(i: number): Value {
    const value = this.field(i);
    if (i !== BLOCKS_SLOT || value === null || value instanceof Vector) return value;
    throw new HostError("Order without blocks");
  }
  /** SignedData of Blocks, unchecked; empty when a decoded Order has no Vector there. */
  get blocks(): Vector {
    const blocks = this.field(BLOCKS_SLOT);
    return blocks instanceof Vector ? blocks : Vector.EMPTY;
  }
  get blockCount(): number {
    return this.blocks.count;
  }

  withTimestamp(timestamp: Integer): Order {
    return timestamp === this.timestamp ? this : this.#with(TIMESTAMP, timestamp);
  }
  withPoints(points: Vector): Order {
    return this.#with(CONSENSUS, points);
  }

  #with(i: number, value: Integer | Vector): Order {
    const slots = this.slots.slice();
    slots[i] = value;
    return new Order(slots);
  }
}

/** Whether a vector of up to MAX_POINTS elements holds Longs only. */
function areLongs(points: Vector): boolean {
  if (points.count > MAX_POINTS) return false;
  try {
    for (let i = 0; i < points.count; i++) if (longField(points, i) === null) return false;
    return true;
  } catch (error) {
    if (error instanceof BadStructureError) return false;
    throw error;
  }
}
