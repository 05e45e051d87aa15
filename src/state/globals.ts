// The globals vector (sheet 03 §2.1). It is open: 0.8.5 has six entries, later releases append
// (sheet 06 §1.1), and whatever length a State has is kept. An entry of the six is always an
// Integer; a State in which it is not makes the reference throw when the entry is read.

import type { Integer, Value } from "../data/cell.ts";
import { isLong } from "../data/integer.ts";
import { Vector } from "../data/vector.ts";
import {
  INITIAL_FEES,
  INITIAL_JUICE_PRICE,
  INITIAL_MEMORY_POOL,
  INITIAL_MEMORY_PRICE,
  INITIAL_TIMESTAMP,
} from "./constants.ts";
import { HostError } from "./host-error.ts";

/** Position of each global in the vector. */
export const GLOBAL = {
  /** Milliseconds since 1970. */
  TIMESTAMP: 0,
  /** Copper; always 0 in 0.8.5. */
  FEES: 1,
  /** Copper a unit of juice. */
  JUICE_PRICE: 2,
  /** Bytes in the memory pool. */
  MEMORY: 3,
  /** Copper in the memory pool. */
  MEMORY_VALUE: 4,
  /** Number of the last valid block; -1 before the first. */
  BLOCK: 5,
  /** Number of upgrades applied; absent means 0 (sheet 06 §1.1). */
  PROTOCOL: 6,
  /** Activation times of upgrades; absent means none. */
  UPGRADES: 7,
} as const;

/** Globals of a genesis State. */
export function initialGlobals(): Vector {
  return Vector.from([
    INITIAL_TIMESTAMP,
    INITIAL_FEES,
    INITIAL_JUICE_PRICE,
    INITIAL_MEMORY_POOL,
    INITIAL_MEMORY_POOL * INITIAL_MEMORY_PRICE,
    -1,
  ]);
}

/** @throws HostError when the entry is absent or not a 64-bit Integer */
export function globalLong(globals: Vector, position: number): Integer {
  const value: Value = position < globals.count ? globals.get(position) : null;
  if (typeof value === "number") return value;
  if (!isLong(value)) throw new HostError(`Global ${position} is not a Long`);
  return value as bigint;
}

/** Number of upgrades that a State has seen. */
export function protocolVersion(globals: Vector): Integer {
  return globals.count > GLOBAL.PROTOCOL ? globalLong(globals, GLOBAL.PROTOCOL) : 0;
}
