// The memory pool (CAD006, sheet 03 §7.4): bytes against copper at a constant product. Shared by
// `set-memory` (which turns the error into :FUNDS) and by the end of a transaction (where it voids
// the block, sheet 02 T4).

import type { Integer } from "../data/cell.ts";
import { integer, LONG_MAX } from "../data/integer.ts";
import { HostError } from "./host-error.ts";

/** The pool cannot make this trade. */
export class MemoryTradeError extends HostError {}

/**
 * Copper to pay for `bytes` from a pool of `poolBytes` worth `poolCoins`; negative bytes are sold
 * and give a price that is at most zero.
 * @throws MemoryTradeError when the pool is empty, or would be
 */
export function swapPrice(bytes: Integer, poolBytes: Integer, poolCoins: Integer): Integer {
  const delta = BigInt(bytes);
  const pool = BigInt(poolBytes);
  const coins = BigInt(poolCoins);
  if (pool <= 0n || coins <= 0n) throw new MemoryTradeError("Pool has no liquidity!");
  if (delta >= pool) throw new MemoryTradeError("Trying to buy entire pool!");
  const bytesAfter = BigInt.asIntN(64, pool - delta);
  if (bytesAfter <= 0n) throw new MemoryTradeError("Pool would be emptied!");
  const coinsAfter = (pool * coins) / bytesAfter;
  // Beyond 64 bits no account can pay. Who sells leaves the pool with fewer coins than that.
  if (coinsAfter > LONG_MAX) return LONG_MAX;
  return integer(coinsAfter - coins + 1n);
}
