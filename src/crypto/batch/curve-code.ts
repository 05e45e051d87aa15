// Points of edwards25519 as WebAssembly (RFC 8032 §5.1; formulas of Hisil, Wong, Carter and Dawson
// 2008 for twisted Edwards curves with a = -1, which are complete). A point is X, Y, Z, T with x =
// X/Z, y = Y/Z, XY = ZT; one that is only added is y + x, y - x, 2dxy. Nothing secret is computed
// with: time may tell.

import {
  addField,
  copyField,
  defineField,
  FIELD_BYTES,
  type FieldFunctions,
  type Place,
  pushAddress,
  subField,
} from "./field-code.ts";
import { type Code, WasmModule } from "./wasm-code.ts";

export const POINT_BYTES = 4 * FIELD_BYTES;
export const ADDEND_BYTES = 3 * FIELD_BYTES;

/** Constants of the curve, and what is computed with, at the beginning of the memory. */
const FIXED = ["D", "2D", "ROOT", "ONE"] as const;
const WORK = 16;
export const FIXED_BYTES = (FIXED.length + WORK) * FIELD_BYTES;

/**
 * Address of a constant of Ed25519, as a field element: d, 2d, a square root of -1, or 1. The host
 * writes them.
 */
export function fixed(name: (typeof FIXED)[number]): number {
  return FIXED.indexOf(name) * FIELD_BYTES;
}

function work(index: number): Place {
  return { at: (FIXED.length + index) * FIELD_BYTES };
}

function field(pointer: number, index: number): Place {
  return { local: pointer, offset: index * FIELD_BYTES };
}

class CurveWriter {
  readonly #code: Code;
  readonly #field: FieldFunctions;

  constructor(code: Code, functions: FieldFunctions) {
    this.#code = code;
    this.#field = functions;
  }

  #call(index: number, ...places: Place[]): void {
    for (const place of places) pushAddress(this.#code, place);
    this.#code.call(index);
  }
  mul(to: Place, a: Place, b: Place): void {
    this.#call(this.#field.mul, to, a, b);
  }
  square(to: Place, a: Place): void {
    this.#call(this.#field.square, to, a);
  }
  squareTimes(to: Place, a: Place, times: number): void {
    for (const place of [to, a]) pushAddress(this.#code, place);
    this.#code.int(times).call(this.#field.squareTimes);
  }
  freeze(to: Place, a: Place): void {
    this.#call(this.#field.freeze, to, a);
  }
  add(to: Place, a: Place, b: Place): void {
    addField(this.#code, to, a, b);
  }
  sub(to: Place, a: Place, b: Place): void {
    subField(this.#code, to, a, b);
  }
  copy(to: Place, a: Place): void {
    copyField(this.#code, to, a);
  }

  /** From E, F, G, H the point X = EF, Y = GH, Z = FG, T = EH. */
  finish(pointer: number, e: Place, f: Place, g: Place, h: Place): void {
    this.mul(field(pointer, 0), e, f);
    this.mul(field(pointer, 1), g, h);
    this.mul(field(pointer, 2), f, g);
    this.mul(field(pointer, 3), e, h);
  }

  /** Pushes 1 when a reduced element is 0, else 0. */
  pushIsZero(a: Place): void {
    const code = this.#code;
    for (let i = 0; i < FIELD_BYTES; i += 8) {
      pushAddress(code, a);
      code.load(i);
      if (i > 0) code.or();
    }
    code.isZero();
  }
}

const [A, B, C, D, E, F, G, H] = Array.from({ length: 8 }, (_, i) => work(i)) as [
  Place,
  Place,
  Place,
  Place,
  Place,
  Place,
  Place,
  Place,
];

/** Adds an addend to a point in place, or takes it away. */
function writeAddend(w: CurveWriter, isAdded: boolean): void {
  const [x, y, z, t] = [0, 1, 2, 3].map((i) => field(0, i)) as [Place, Place, Place, Place];
  w.sub(A, y, x);
  w.add(B, y, x);
  w.mul(A, A, field(1, isAdded ? 1 : 0));
  w.mul(B, B, field(1, isAdded ? 0 : 1));
  w.mul(C, t, field(1, 2));
  w.add(D, z, z);
  w.sub(E, B, A);
  w.add(H, B, A);
  w.sub(isAdded ? F : G, D, C);
  w.add(isAdded ? G : F, D, C);
  w.finish(0, E, F, G, H);
}

/** Adds a point to another in place. */
function writeAddPoint(w: CurveWriter): void {
  const p = [0, 1, 2, 3].map((i) => field(0, i)) as [Place, Place, Place, Place];
  const q = [0, 1, 2, 3].map((i) => field(1, i)) as [Place, Place, Place, Place];
  w.sub(A, p[1], p[0]);
  w.sub(B, q[1], q[0]);
  w.mul(A, A, B);
  w.add(B, p[1], p[0]);
  w.add(C, q[1], q[0]);
  w.mul(B, B, C);
  w.mul(C, p[3], q[3]);
  w.mul(C, C, { at: fixed("2D") });
  w.mul(D, p[2], q[2]);
  w.add(D, D, D);
  w.sub(E, B, A);
  w.sub(F, D, C);
  w.add(G, D, C);
  w.add(H, B, A);
  w.finish(0, E, F, G, H);
}

function writeDouble(w: CurveWriter): void {
  const [x, y, z] = [0, 1, 2].map((i) => field(0, i)) as [Place, Place, Place];
  w.square(A, x);
  w.square(B, y);
  w.square(C, z);
  w.add(C, C, C);
  w.add(D, x, y);
  w.square(D, D);
  w.add(H, A, B);
  w.sub(E, H, D);
  w.sub(G, A, B);
  w.add(F, C, G);
  w.finish(0, E, F, G, H);
}

/** The fields of a place of 32 bytes: y without the bit of the sign above it. */
function writeY(code: Code, to: Place): void {
  const words = Array.from({ length: 4 }, (_, i) => {
    const local = code.local();
    code
      .get(1)
      .load(8 * i)
      .set(local);
    return local;
  }) as [number, number, number, number];
  const mask = (1n << 51n) - 1n;
  const limb = (i: number, push: () => void) => {
    pushAddress(code, to);
    push();
    code
      .long(mask)
      .and()
      .store(8 * i);
  };
  limb(0, () => code.get(words[0]));
  for (let i = 1; i < 4; i++) {
    const [low, high] = [words[i - 1] as number, words[i] as number];
    limb(i, () =>
      code
        .get(low)
        .shr(64 - 13 * i)
        .get(high)
        .shl(13 * i)
        .or(),
    );
  }
  limb(4, () => code.get(words[3]).shr(12));
}

/** a^((p-5)/8) = a^(2^252-3): the chain of RFC 8032's reference implementations. */
function writePower(w: CurveWriter, to: Place, a: Place): void {
  const [t0, t1, t2] = [work(10), work(11), work(12)];
  const run = (out: Place, from: Place, times: number, by: Place) => {
    w.squareTimes(t2, from, times);
    w.mul(out, t2, by);
  };
  w.square(t0, a);
  w.squareTimes(t1, t0, 2);
  w.mul(t1, t1, a); // 9
  w.mul(t0, t0, t1); // 11
  w.square(t0, t0); // 22
  w.mul(t0, t0, t1); // 2^5-1
  run(t0, t0, 5, t0); // 2^10-1
  w.copy(t1, t0);
  run(t1, t0, 10, t0); // 2^20-1
  w.copy(work(13), t1);
  run(t1, t1, 20, work(13)); // 2^40-1
  run(t0, t1, 10, t0); // 2^50-1
  w.copy(t1, t0);
  run(t1, t0, 50, t0); // 2^100-1
  w.copy(work(13), t1);
  run(t1, t1, 100, work(13)); // 2^200-1
  run(t0, t1, 50, t0); // 2^250-1
  w.squareTimes(t0, t0, 2);
  w.mul(to, t0, a);
}

/**
 * From 32 bytes (parameter 1) with y below p the addend at parameter 0; 0 when they are no point,
 * or x = 0 is said to be negative.
 */
function writeDecode(code: Code, w: CurveWriter): void {
  const [y, u, v, x, power, check] = [A, B, C, D, E, F];
  const one: Place = { at: fixed("ONE") };
  writeY(code, y);
  w.square(G, y);
  w.sub(u, G, one);
  w.mul(v, G, { at: fixed("D") });
  w.add(v, v, one);
  // x = u v^3 (u v^7)^((p-5)/8)
  w.square(G, v);
  w.mul(G, G, v);
  w.mul(x, G, u);
  w.square(H, G);
  w.mul(H, H, v);
  w.mul(H, H, u);
  writePower(w, power, H);
  w.mul(x, x, power);
  w.square(check, x);
  w.mul(check, check, v);
  // Of v x^2 = -u the root of -1 makes a v x^2 = u.
  w.add(G, check, u);
  w.freeze(G, G);
  w.pushIsZero(G);
  code.ifNotZero(() => {
    w.mul(x, x, { at: fixed("ROOT") });
    w.square(check, x);
    w.mul(check, check, v);
  });
  w.freeze(G, check);
  w.freeze(H, u);
  w.sub(G, G, H);
  w.freeze(G, G);
  w.freeze(H, x);
  const sign = code.local();
  code.get(1).load(24).shr(63).set(sign);
  // Another parity than is said: the other root, which is 0 for 0, and then still another.
  const pushDiffers = () => {
    pushAddress(code, H);
    code.load().get(sign).add().long(1n).and().wrap();
  };
  pushDiffers();
  code.ifNotZero(() => {
    w.sub(x, { at: ZERO }, H);
    w.freeze(H, x);
    w.copy(x, H);
  });
  w.add(field(0, 0), y, x);
  w.sub(field(0, 1), y, x);
  w.mul(field(0, 2), x, y);
  w.mul(field(0, 2), field(0, 2), { at: fixed("2D") });
  w.pushIsZero(G);
  pushDiffers();
  code.notInt().andInt();
}

/** An element of work that is never written. */
const ZERO = (FIXED.length + WORK - 1) * FIELD_BYTES;

/**
 * Adds the product of two words at parameter 1 and so many at 2 (parameter 3) to those at 0,
 * without end.
 */
function writeAccumulate(code: Code, zWords: number, hWords: number, sumWords: number): void {
  const [carry, low, high] = [code.local(), code.local(), code.local()];
  for (let j = 0; j < zWords; j++) {
    code.long(0n).set(carry);
    for (let i = 0; i + j < sumWords; i++) {
      if (i < hWords) {
        code
          .get(1)
          .load(8 * j)
          .get(2)
          .load(8 * i)
          .mulWide();
        code
          .get(0)
          .load(8 * (i + j))
          .long(0n)
          .addWide();
      } else {
        code
          .get(0)
          .load(8 * (i + j))
          .long(0n);
      }
      code.get(carry).long(0n).addWide();
      code.set(high).set(low);
      code
        .get(0)
        .get(low)
        .store(8 * (i + j));
      code.get(high).set(carry);
    }
  }
}

/** Words of a coefficient, of a digest, of a scalar, and of a sum of 2^10 products of those. */
export const WORDS = { COEFFICIENT: 2, DIGEST: 8, SCALAR: 4, SUM: 11 } as const;

/** The module's bytes; addresses of results are first among parameters. */
export function curveModule(pages: number): Uint8Array<ArrayBuffer> {
  const module = new WasmModule(pages);
  const functions = defineField(module);
  const define = (name: string, parameters: number, write: (w: CurveWriter) => void) =>
    module.define(name, parameters, (code) => write(new CurveWriter(code, functions)));
  define("addAddend", 2, (w) => writeAddend(w, true));
  define("subAddend", 2, (w) => writeAddend(w, false));
  define("addPoint", 2, writeAddPoint);
  define("double", 1, writeDouble);
  const write = (code: Code) => writeDecode(code, new CurveWriter(code, functions));
  module.define("decode", 2, write, true);
  const isNeutral = (code: Code) => {
    const w = new CurveWriter(code, functions);
    w.freeze(A, field(0, 0));
    w.freeze(B, field(0, 1));
    w.freeze(C, field(0, 2));
    w.sub(B, B, C);
    w.freeze(B, B);
    w.pushIsZero(A);
    w.pushIsZero(B);
    code.andInt();
  };
  module.define("isNeutral", 1, isNeutral, true);
  const { COEFFICIENT, DIGEST, SCALAR, SUM } = WORDS;
  module.define("addDigest", 3, (code) => writeAccumulate(code, COEFFICIENT, DIGEST, SUM));
  module.define("addScalar", 3, (code) => writeAccumulate(code, COEFFICIENT, SCALAR, SUM));
  return module.bytes;
}
