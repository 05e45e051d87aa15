// The memory pool (CAD006, sheet 03 §7.4): bytes against copper at a constant product. Shared by
// `set-memory` (which turns the error into :FUNDS) and by the end of a transaction (where it voids
// the block, sheet 02 T4).

import type { Integer } from "../data/cell.ts";
import { integer, LONG_MAX } from "../data/integer.ts";
import { HostError } from "./host-error.ts";

/** The pool cannot make this trade. */
export class MemoryTradeError extends HostError {}

/**
 * Price in copper of `bytes` from a pool of `poolBytes` and `poolCoins` copper. Negative bytes are
 * sold to the pool, for a price of at most 0.
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
  // Beyond 64 bits: no account can pay that. (A sale makes coinsAfter smaller, so never gets here.)
  if (coinsAfter > LONG_MAX) return LONG_MAX;
  return integer(coinsAfter - coins + 1n);
}
