// Arithmetic modulo p = 2^255 - 19 as WebAssembly: five limbs of 51 bits in words of 64, as in the
// 64-bit code of curve25519-donna. What multiplication gives has limbs below 2^51 + 2^13; sums and
// differences of two such are below 2^53 and may be added or taken away once more (below 2^54),
// which is the most that multiplication takes.

import type { Code, WasmModule } from "./wasm-code.ts";

export const LIMBS = 5;
/** Bytes of a field element. */
export const FIELD_BYTES = 8 * LIMBS;
const LIMB_BITS = 51;
const MASK = (1n << 51n) - 1n;
/** 2p by limbs: what is taken away stays below it. */
const TWO_P = [(1n << 52n) - 38n, ...Array<bigint>(4).fill((1n << 52n) - 2n)];

/** A place in memory: an address that is known, or one in a local with an offset. */
export type Place = { readonly at: number } | { readonly local: number; readonly offset: number };

export interface FieldFunctions {
  readonly mul: number;
  readonly square: number;
  readonly squareTimes: number;
  readonly freeze: number;
}

function loadLimb(code: Code, place: Place, limb: number): Code {
  if ("at" in place) return code.int(place.at).load(8 * limb);
  return code.get(place.local).load(place.offset + 8 * limb);
}

function storeLimb(code: Code, place: Place, limb: number, value: () => void): void {
  if ("at" in place) code.int(place.at);
  else code.get(place.local);
  value();
  code.store(("at" in place ? 0 : place.offset) + 8 * limb);
}

/** Pushes an address. */
export function pushAddress(code: Code, place: Place): void {
  if ("at" in place) code.int(place.at);
  else code.get(place.local).int(place.offset).addInt();
}

/** Copies an element limb by limb: places may be equal, but not overlap otherwise. */
export function copyField(code: Code, to: Place, from: Place): void {
  for (let i = 0; i < LIMBS; i++) storeLimb(code, to, i, () => loadLimb(code, from, i));
}

/** a + b, limb by limb and without carrying: bounds of limbs add up. `to` may be `a` or `b`. */
export function addField(code: Code, to: Place, a: Place, b: Place): void {
  for (let i = 0; i < LIMBS; i++) {
    storeLimb(code, to, i, () => {
      loadLimb(code, a, i);
      loadLimb(code, b, i).add();
    });
  }
}

/** a - b, with limbs of b below those of 2p. */
export function subField(code: Code, to: Place, a: Place, b: Place): void {
  for (let i = 0; i < LIMBS; i++) {
    storeLimb(code, to, i, () => {
      loadLimb(code, a, i)
        .long(TWO_P[i] as bigint)
        .add();
      loadLimb(code, b, i).sub();
    });
  }
}

/** Defines the functions; each takes addresses, the result's first. */
export function defineField(module: WasmModule): FieldFunctions {
  const mul = module.define("mul", 3, writeMul);
  const square = module.define("square", 2, writeSquare);
  const squareTimes = module.define("squareTimes", 3, (code) => {
    code.get(0).get(1).call(square);
    // The number of squarings counts down in its parameter.
    code.get(2).int(1).subInt().set(2);
    code.get(2).ifNotZero(() => {
      code.loopWhile(() => {
        code.get(0).get(0).call(square);
        code.get(2).int(1).subInt().set(2);
        code.get(2);
      });
    });
  });
  const freeze = module.define("freeze", 2, writeFreeze);
  return { mul, square, squareTimes, freeze };
}

function loadLimbs(code: Code, pointer: number): number[] {
  return Array.from({ length: LIMBS }, (_, i) => {
    const local = code.local();
    code
      .get(pointer)
      .load(8 * i)
      .set(local);
    return local;
  });
}

/** Locals times a small number. */
function scaled(code: Code, limbs: readonly number[], factor: bigint): number[] {
  return limbs.map((limb) => {
    const local = code.local();
    code.get(limb).long(factor).mul().set(local);
    return local;
  });
}

/** Sums of products by limb, as pairs of locals to multiply. */
type Products = readonly (readonly (readonly [number, number])[])[];

function writeMul(code: Code): void {
  const a = loadLimbs(code, 1);
  const b = loadLimbs(code, 2);
  const a19 = scaled(code, a, 19n);
  const products = b.map((_, k) =>
    a.map((limb, i) => {
      const j = (k - i + LIMBS) % LIMBS;
      return [i + j === k ? limb : (a19[i] as number), b[j] as number] as const;
    }),
  );
  writeProducts(code, products);
}

function writeSquare(code: Code): void {
  const a = loadLimbs(code, 1);
  const [a0, a1, a2, a3, a4] = a as [number, number, number, number, number];
  const [d0, d1, d2] = scaled(code, [a0, a1, a2], 2n) as [number, number, number];
  const [a3x19, a4x19] = scaled(code, [a3, a4], 19n) as [number, number];
  const [d3x19] = scaled(code, [a3x19], 2n) as [number];
  writeProducts(code, [
    [
      [a0, a0],
      [d1, a4x19],
      [d2, a3x19],
    ],
    [
      [d0, a1],
      [d2, a4x19],
      [a3, a3x19],
    ],
    [
      [d0, a2],
      [a1, a1],
      [d3x19, a4],
    ],
    [
      [d0, a3],
      [d1, a2],
      [a4, a4x19],
    ],
    [
      [d0, a4],
      [d1, a3],
      [a2, a2],
    ],
  ]);
}

/**
 * The sums, each reduced to 51 bits with what is above it carried on; the result goes to parameter
 * 0.
 */
function writeProducts(code: Code, products: Products): void {
  const high = code.local();
  const low = code.local();
  const carry = code.local();
  const limbs = products.map((pairs, k) => {
    pairs.forEach(([x, y], i) => {
      code.get(x).get(y).mulWide();
      if (i > 0) code.addWide();
    });
    if (k > 0) code.get(carry).long(0n).addWide();
    code.set(high).set(low);
    code
      .get(low)
      .shr(LIMB_BITS)
      .get(high)
      .shl(64 - LIMB_BITS)
      .or()
      .set(carry);
    const limb = code.local();
    code.get(low).long(MASK).and().set(limb);
    return limb;
  });
  const [first, second] = limbs as [number, number];
  code.get(first).get(carry).long(19n).mul().add().set(first);
  code.get(second).get(first).shr(LIMB_BITS).add().set(second);
  code.get(first).long(MASK).and().set(first);
  limbs.forEach((limb, i) => {
    code
      .get(0)
      .get(limb)
      .store(8 * i);
  });
}

/** The one representative below p, with limbs below 2^51. */
function writeFreeze(code: Code): void {
  const limbs = loadLimbs(code, 1);
  const carry = code.local();
  const carryOn = (wrapsTo: bigint) => {
    limbs.forEach((limb, i) => {
      if (i > 0) code.get(limb).get(carry).add().set(limb);
      code.get(limb).shr(LIMB_BITS).set(carry);
      code.get(limb).long(MASK).and().set(limb);
    });
    const first = limbs[0] as number;
    code.get(first).get(carry).long(wrapsTo).mul().add().set(first);
  };
  // Twice, after which only the first limb may be a little too long; then whether p fits in once
  // more.
  carryOn(19n);
  carryOn(19n);
  carryOn(19n);
  const first = limbs[0] as number;
  code.get(first).long(19n).add().shr(LIMB_BITS).set(carry);
  for (const limb of limbs.slice(1)) code.get(limb).get(carry).add().shr(LIMB_BITS).set(carry);
  code.get(first).get(carry).long(19n).mul().add().set(first);
  carryOn(0n);
  limbs.forEach((limb, i) => {
    code
      .get(0)
      .get(limb)
      .store(8 * i);
  });
}
