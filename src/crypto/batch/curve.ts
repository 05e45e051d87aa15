// The curve's WebAssembly at work: made on first use, where the runtime knows wide arithmetic.

import { ADDEND_BYTES, curveModule, FIXED_BYTES, fixed, POINT_BYTES } from "./curve-code.ts";
import { FIELD_BYTES, LIMBS } from "./field-code.ts";

const PRIME = 2n ** 255n - 19n;
const PAGE_BYTES = 65_536;
/** Memory for signatures in a batch, their keys, and sums: 1,024 each at most. */
const PAGES = 8;

/** Functions of addresses; results are written to the first. */
interface CurveFunctions {
  readonly memory: WebAssembly.Memory;
  addAddend(point: number, addend: number): void;
  subAddend(point: number, addend: number): void;
  addPoint(point: number, other: number): void;
  double(point: number): void;
  /** 1 when the bytes are a point; y has to be below p. */
  decode(addend: number, bytes: number): number;
  /** 1 for the neutral element. */
  isNeutral(point: number): number;
  addDigest(sum: number, coefficient: number, digest: number): void;
  addScalar(sum: number, coefficient: number, scalar: number): void;
}

export class Curve {
  readonly functions: CurveFunctions;
  readonly bytes: Uint8Array;
  readonly #words: BigUint64Array;
  #end = FIXED_BYTES;

  private constructor(functions: CurveFunctions) {
    this.functions = functions;
    this.bytes = new Uint8Array(functions.memory.buffer);
    this.#words = new BigUint64Array(functions.memory.buffer);
    const d = mod(-121_665n * power(121_666n, PRIME - 2n));
    this.#putField(fixed("D"), d);
    this.#putField(fixed("2D"), mod(2n * d));
    this.#putField(fixed("ROOT"), power(2n, (PRIME - 1n) / 4n));
    this.#putField(fixed("ONE"), 1n);
  }

  static #instance: Curve | null | undefined;

  /** Null where the runtime lacks wide arithmetic. */
  static get instance(): Curve | null {
    if (Curve.#instance === undefined) Curve.#instance = Curve.#make();
    return Curve.#instance;
  }

  static #make(): Curve | null {
    const code = curveModule(PAGES);
    if (!WebAssembly.validate(code)) return null;
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code));
    return new Curve(exports as unknown as CurveFunctions);
  }

  /** Address of so many bytes, for good. @throws RangeError when there is no room */
  allocate(length: number): number {
    const at = this.#end;
    this.#end += length;
    if (this.#end > PAGES * PAGE_BYTES) throw new RangeError("no room for a curve's numbers");
    return at;
  }

  allocatePoints(count: number): number {
    return this.allocate(count * POINT_BYTES);
  }
  allocateAddends(count: number): number {
    return this.allocate(count * ADDEND_BYTES);
  }

  /** Makes a point the neutral element. */
  clearPoint(point: number): void {
    this.bytes.fill(0, point, point + POINT_BYTES);
    this.bytes[point + FIELD_BYTES] = 1;
    this.bytes[point + 2 * FIELD_BYTES] = 1;
  }

  /** The integer of so many words at an address. */
  integer(at: number, words: number): bigint {
    let value = 0n;
    for (let i = words - 1; i >= 0; i--) {
      value = (value << 64n) | (this.#words[at / 8 + i] as bigint);
    }
    return value;
  }

  #putField(at: number, value: bigint): void {
    for (let i = 0; i < LIMBS; i++) {
      this.#words[at / 8 + i] = (value >> BigInt(51 * i)) & ((1n << 51n) - 1n);
    }
  }
}

function mod(value: bigint): bigint {
  const rest = value % PRIME;
  return rest < 0n ? rest + PRIME : rest;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = mod(base);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = mod(result * square);
    square = mod(square * square);
  }
  return result;
}
