// The CVM's real functions (sheet 02 §15). The network runs fdlibm's exp and pow, which are not
// always the nearest double, and Math.exp and Math.pow of a JavaScript engine are others again:
// here are fdlibm 5.3's constants and its order of operations (see NOTICE), to the last bit.
// Every grouping of a sum or product below is significant.

/** Exact in IEEE 754, hence the same everywhere. */
export const sqrt: (x: number) => number = Math.sqrt;
export const floor: (x: number) => number = Math.floor;
export const ceil: (x: number) => number = Math.ceil;

// Double and its two words; every platform that Bun runs on is little-endian.
const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

/** Sign, exponent and upper 20 bits of the fraction, as a signed 32-bit integer. */
function highWord(x: number): number {
  double[0] = x;
  return words[1] as number;
}

/** The double with another high word. */
function withHighWord(x: number, high: number): number {
  double[0] = x;
  words[1] = high;
  return double[0];
}

/** The upper 21 significant bits of x: products of two such numbers are exact. */
function upperHalf(x: number): number {
  double[0] = x;
  words[0] = 0;
  return double[0];
}

/** x · 2^n by adding to the exponent; the result must be normal. */
function scale(x: number, n: number): number {
  return withHighWord(x, (highWord(x) + (n << 20)) | 0);
}

// Remes polynomial of t = r² for r - r(exp(r)+1)/(exp(r)-1) + 2, |r| ≤ ln(2)/2.
const P1 = 1.6666666666666602e-1;
const P2 = -2.7777777777015593e-3;
const P3 = 6.613756321437934e-5;
const P4 = -1.6533902205465252e-6;
const P5 = 4.1381367970572385e-8;

function remainderSeries(r: number): number {
  const t = r * r;
  return r - t * (P1 + t * (P2 + t * (P3 + t * (P4 + t * P5))));
}

const LN2_HIGH = 6.931471803691238e-1;
const LN2_LOW = 1.9082149292705877e-10;
const INVERSE_LN2 = Math.LOG2E;
const EXP_OVERFLOW = 7.09782712893384e2;
const EXP_UNDERFLOW = -7.451332191019411e2;
/** Smallest k for which 2^k · [½, 2) needs no gradual underflow. */
const LEAST_NORMAL_SCALE = -1021;

/** e^x as fdlibm computes it. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > EXP_OVERFLOW) return Number.POSITIVE_INFINITY;
  if (x < EXP_UNDERFLOW) return 0;
  const size = highWord(x) & 0x7fffffff;
  if (size < 0x3e300000) return 1 + x; // |x| < 2^-28
  if (size <= 0x3fd62e42) {
    // |x| ≤ ln(2)/2
    const c = remainderSeries(x);
    return 1 - ((x * c) / (c - 2) - x);
  }
  // x = k·ln(2) + (high - low)
  const negative = x < 0;
  let k: number;
  let high: number;
  let low: number;
  if (size < 0x3ff0a2b2) {
    // |x| < 1.5·ln(2)
    k = negative ? -1 : 1;
    high = x - (negative ? -LN2_HIGH : LN2_HIGH);
    low = negative ? -LN2_LOW : LN2_LOW;
  } else {
    k = Math.trunc(INVERSE_LN2 * x + (negative ? -0.5 : 0.5));
    high = x - k * LN2_HIGH;
    low = k * LN2_LOW;
  }
  const r = high - low;
  const c = remainderSeries(r);
  const y = 1 - (low - (r * c) / (2 - c) - high);
  if (k >= LEAST_NORMAL_SCALE) return scale(y, k);
  return scale(y, k + 1000) * 2 ** -1000;
}

/** x^y as fdlibm computes it. */
export function pow(x: number, y: number): number {
  const special = specialPower(x, y);
  if (special !== null) return special;
  const parity = parityOf(y);
  if (x < 0 && parity === "fraction") return Number.NaN;
  const sign = x < 0 && parity === "odd" ? -1 : 1;
  const base = Math.abs(x);
  const size = highWord(base);
  if ((highWord(y) & 0x7fffffff) > 0x41e00000) {
    // |y| > 2^31: only a base within 2^-20 of one can stay in range
    const grows = size >= 0x3ff00000;
    const out = grows === y > 0 ? Number.POSITIVE_INFINITY : 0;
    if (Math.abs(y) >= 2 ** 65 || size < 0x3fefffff || size > 0x3ff00000) return sign * out;
    return powerFromLog(sign, y, logNearOne(base));
  }
  return powerFromLog(sign, y, log2(base));
}

/** The results that follow from IEEE 754 or need one operation; null when there is work to do. */
function specialPower(x: number, y: number): number | null {
  if (y === 0) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  const base = Math.abs(x);
  if (!Number.isFinite(y)) {
    if (base === 1) return Number.NaN;
    return base > 1 === y > 0 ? Number.POSITIVE_INFINITY : 0;
  }
  if (y === 1) return x;
  if (y === -1) return 1 / x;
  if (y === 2) return x * x;
  if (y === 0.5 && x >= 0 && !Object.is(x, -0)) return Math.sqrt(x);
  if (base !== 0 && base !== 1 && Number.isFinite(base)) return null;
  const parity = parityOf(y);
  if (x === -1 && parity === "fraction") return Number.NaN;
  const size = y < 0 ? 1 / base : base;
  const negative = x < 0 || Object.is(x, -0);
  return negative && parity === "odd" ? -size : size;
}

function parityOf(y: number): "fraction" | "odd" | "even" {
  if (!Number.isInteger(y)) return "fraction";
  return y % 2 === 0 ? "even" : "odd";
}

/** A number as the exact sum of a part with 21 significant bits and a rest. */
interface Split {
  readonly high: number;
  readonly low: number;
}

const INVERSE_LN2_HIGH = 1.4426950216293335;
const INVERSE_LN2_LOW = 1.9259629911266175e-8;

/** log2 of a number within 2^-20 of one, by three terms of the series. */
function logNearOne(base: number): Split {
  const t = base - 1;
  const w = t * t * (0.5 - t * (3.333333333333333e-1 - t * 0.25));
  const u = INVERSE_LN2_HIGH * t;
  const v = t * INVERSE_LN2_LOW - w * INVERSE_LN2;
  const high = upperHalf(u + v);
  return { high, low: v - (high - u) };
}

// Remes polynomial of s² for 1.5·(ln((1+s)/(1-s)) - 2s)/s³ - 1.
const L1 = 5.999999999999946e-1;
const L2 = 4.285714285785502e-1;
const L3 = 3.3333332981837743e-1;
const L4 = 2.72728123808534e-1;
const L5 = 2.3066074577556175e-1;
const L6 = 2.0697501780033842e-1;
/** 2/(3·ln 2), whole and in two parts. */
const CP = 9.617966939259756e-1;
const CP_HIGH = 9.617967009544373e-1;
const CP_LOW = -7.028461650952758e-9;
/** log2(1.5) in two parts. */
const LOG2_OF_1_5_HIGH = 5.849624872207642e-1;
const LOG2_OF_1_5_LOW = 1.350039202129749e-8;

/** log2 of a positive finite number: it is 2^n · m, and m is near 1 or 1.5. */
function log2(positive: number): Split {
  const subnormal = positive < 2 ** -1022;
  const base = subnormal ? positive * 2 ** 53 : positive;
  const high = highWord(base);
  let n = (high >> 20) - 0x3ff - (subnormal ? 53 : 0);
  const fraction = high & 0x000fffff;
  let mantissa = fraction | 0x3ff00000;
  // below √1.5 compare with 1, below √3 with 1.5, else with 2
  const nearer = fraction > 0x3988e && fraction < 0xbb67a;
  if (fraction >= 0xbb67a) {
    n++;
    mantissa -= 0x00100000;
  }
  const m = withHighWord(base, mantissa);
  const pivot = nearer ? 1.5 : 1;

  // s = (m - pivot)/(m + pivot) in two parts
  const u = m - pivot;
  const v = 1 / (m + pivot);
  const s = u * v;
  const sHigh = upperHalf(s);
  const sumWord = ((mantissa >> 1) | 0x20000000) + 0x00080000 + (nearer ? 1 << 18 : 0);
  const sumHigh = withHighWord(0, sumWord);
  const sumLow = m - (sumHigh - pivot);
  const sLow = v * (u - sHigh * sumHigh - sHigh * sumLow);

  // ln(m/pivot)
  const s2 = s * s;
  let r = s2 * s2 * (L1 + s2 * (L2 + s2 * (L3 + s2 * (L4 + s2 * (L5 + s2 * L6)))));
  r += sLow * (sHigh + s);
  const square = sHigh * sHigh;
  const tHigh = upperHalf(3 + square + r);
  const tLow = r - (tHigh - 3 - square);
  const p = sHigh * tHigh;
  const q = sLow * tHigh + tLow * s;
  const pHigh = upperHalf(p + q);
  const pLow = q - (pHigh - p);

  // n + log2(pivot) + ln(m/pivot)/ln 2
  const pivotHigh = nearer ? LOG2_OF_1_5_HIGH : 0;
  const pivotLow = nearer ? LOG2_OF_1_5_LOW : 0;
  const zHigh = CP_HIGH * pHigh;
  const zLow = CP_LOW * pHigh + pLow * CP + pivotLow;
  const logHigh = upperHalf(zHigh + zLow + pivotHigh + n);
  return { high: logHigh, low: zLow - (logHigh - n - pivotHigh - zHigh) };
}

const LN2 = Math.LN2;
const POW_LN2_HIGH = 6.931471824645996e-1;
const POW_LN2_LOW = -1.904654299957768e-9;
/** -(1024 - log2(largest double + half a unit in its last place)). */
const OVERFLOW_TAIL = 8.008566259537294e-17;

/** sign · 2^(y · log). */
function powerFromLog(sign: number, y: number, log: Split): number {
  const yHigh = upperHalf(y);
  const pLow = (y - yHigh) * log.high + y * log.low;
  let pHigh = yHigh * log.high;
  const exponent = pLow + pHigh;
  if (exponent > 1024 || (exponent === 1024 && pLow + OVERFLOW_TAIL > exponent - pHigh)) {
    return sign * Number.POSITIVE_INFINITY;
  }
  if (exponent < -1075 || (exponent === -1075 && pLow <= exponent - pHigh)) return sign * 0;

  // exponent = n + remainder, the remainder within a half
  let n = 0;
  const high = highWord(exponent);
  const size = high & 0x7fffffff;
  if (size > 0x3fe00000) {
    const rounded = (high + (0x00100000 >> ((size >> 20) - 0x3ff + 1))) | 0;
    const bits = ((rounded & 0x7fffffff) >> 20) - 0x3ff;
    pHigh -= withHighWord(0, rounded & ~(0x000fffff >> bits));
    n = ((rounded & 0x000fffff) | 0x00100000) >> (20 - bits);
    if (high < 0) n = -n;
  }
  const t = upperHalf(pLow + pHigh);
  const u = t * POW_LN2_HIGH;
  const v = (pLow - (t - pHigh)) * LN2 + t * POW_LN2_LOW;
  const z = u + v;
  const w = v - (z - u);
  const c = remainderSeries(z);
  const r = (z * c) / (c - 2) - (w + z * w);
  const power = 1 - (r - z);
  if ((highWord(power) + (n << 20)) >> 20 > 0) return sign * scale(power, n);
  return sign * (scale(power, n + 54) * 2 ** -54);
}
