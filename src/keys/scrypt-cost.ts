// What a file may ask of scrypt, so that a planted one can't exhaust the machine. Bounds on each
// number alone would not do: all at their most they took 4 GB, and minutes.

/** RFC 7914 §2; scrypt takes 128·r·(n + p) bytes of memory, and time by n·r·p. */
export interface ScryptCost {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

const BYTES_PER_R = 128;
/** Bytes, with what is worked on: n = 2^20 and r = 8 take 1 GiB. */
const MEMORY_MAX = 2 ** 30 + 2 ** 20;
const R_MAX = 32;
/** Most n·r·p: 32 times what our own key files ask for, some 15 s. */
const WORK_MAX = 2 ** 25;
/** n has fewer than this many bits for each r (RFC 7914 §6: n < 2^(128·r/8)). */
const BITS_PER_R = 16;

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) > 0;

/** Three numbers as a cost, null when they are none, or one that no file may ask for. */
export function scryptCost(n: unknown, r: unknown, p: unknown): ScryptCost | null {
  if (!isCount(n) || !isCount(r) || !isCount(p) || r > R_MAX) return null;
  const exponent = Math.log2(n);
  if (!Number.isInteger(exponent) || exponent < 1 || exponent >= BITS_PER_R * r) return null;
  return memoryOf({ n, r, p }) <= MEMORY_MAX && n * r * p <= WORK_MAX ? { n, r, p } : null;
}

/** Bytes, with the two blocks that are worked on. */
function memoryOf({ n, r, p }: ScryptCost): number {
  return BYTES_PER_R * r * (n + p + 2);
}

/** Options of the runtime's scrypt, which are allowed what they need. */
export function scryptOptions(cost: ScryptCost) {
  return { N: cost.n, r: cost.r, p: cost.p, maxmem: 2 * memoryOf(cost) };
}
