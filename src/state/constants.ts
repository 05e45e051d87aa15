// Constants of the state transition (sheet 03 §1), each under the name the reference gives it.
// Amounts are in copper, times in milliseconds, sizes in bytes unless the comment says otherwise.

/** One CVM coin; this and the next two are the coin units of CAD020. */
export const GOLD = 1_000_000_000;
export const DIAMOND = 1_000_000_000_000;
export const EMERALD = 1_000_000_000_000_000;
/** Largest valid amount, inclusive; beyond the safe integers. */
export const MAX_SUPPLY = 1_000_000_000_000_000_000n;
export const DECIMALS = 9;

/** 2024-12-24T16:00:00Z. */
export const INITIAL_TIMESTAMP = 1_735_056_000_000;
/** Copper a unit of juice; no rule of 0.8.5 changes it. */
export const INITIAL_JUICE_PRICE = 10;
export const INITIAL_MEMORY_POOL = 1_000_000;
/** Copper a byte. */
export const INITIAL_MEMORY_PRICE = 1_000_000;
/** Bytes added to the pool whenever the clock passes a multiple of the interval. */
export const MEMORY_POOL_GROWTH = 40_000;
export const MEMORY_POOL_GROWTH_INTERVAL = 3_600_000;
/** Juice that one transaction, Multi child, scheduled op or genesis step may use. */
export const MAX_TRANSACTION_JUICE = 10_000_000;
export const MAX_TRANSACTIONS_PER_BLOCK = 1024;
export const INITIAL_FEES = 0;

/** Own stake below which a peer's blocks are refused, and anybody may evict it. */
export const MINIMUM_EFFECTIVE_STAKE = 1000 * GOLD;
/** How far a block may lie behind the State's clock. */
export const MAX_BLOCK_BACKDATE = 900_000;
export const INITIAL_PEER_TIMESTAMP = -1;
export const INITIAL_ACCOUNT_ALLOWANCE = 10_000;
