// Ops as a transaction can bring them, made of the generic cells that they decode from: sound ones,
// and ones with anything in any place.

import { CORE_BY_NAME } from "../../../src/cvm/core/index.ts";
import { Address } from "../../../src/data/address.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { Value } from "../../../src/data/cell.ts";
import { CVMDouble } from "../../../src/data/double.ts";
import { ByteFlag, CodedValue, ExtensionValue } from "../../../src/data/generic-cells.ts";
import { Keyword } from "../../../src/data/keyword.ts";
import { List } from "../../../src/data/list.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { DenseRecord } from "../../../src/data/record.ts";
import { CVMSet } from "../../../src/data/set.ts";
import { CVMString } from "../../../src/data/string.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import { Syntax } from "../../../src/data/syntax.ts";
import { Vector } from "../../../src/data/vector.ts";
import { Invoke, Multi, Transfer } from "../../../src/state/transaction.ts";
import type { CaseRandom } from "../../fuzz/random.ts";
import type { Case } from "./case.ts";
import { CONTROLLER } from "./network.ts";

/** Tags of the cells that ops are (sheet 02 §3). */
const TAG = {
  coded: 0xc0,
  lookup: 0xc1,
  let: 0xc2,
  loop: 0xc3,
  def: 0xcd,
  do: 0xda,
  invoke: 0xdb,
} as const;
const MORE = { cond: 0xdc, fn: 0xdf, special: 0xe5, local: 0xe6 } as const;
const FLAG = { constant: 0xb0, true: 0xb1, try: 0xba, query: 0xbb, lambda: 0xbf } as const;

const flag = (tag: number): Value =>
  tag === FLAG.constant ? false : tag === FLAG.true ? true : ByteFlag.of(tag);
const coded = (tag: number, first: Value, second: Value): Value =>
  new CodedValue(tag, first, second);
const dense = (tag: number, fields: Vector): Value => new DenseRecord(tag, fields);
const extension = (tag: number, n: number): Value => new ExtensionValue(tag, n);

const SYMBOLS = "x y & _ inc count foo *balance* *address* if fn"
  .split(" ")
  .map((name) => CVMSymbol.of(name));
const FUNCTIONS = (
  "+ - * inc < = vector list conj assoc get count first nth map apply reduce recur return halt rollback fail reduced " +
  "tailcall* eval log str hash encoding type compile expand accept transfer deploy call* set-holding undef* lookup " +
  "set-memory schedule* fn? meta syntax unsyntax callable? slice concat"
)
  .split(" ")
  .map((name) => CORE_BY_NAME.get(name) ?? null);

/** Symbol, and a Syntax of it with metadata. */
function symbolOf(random: CaseRandom): Value {
  const symbol = random.pick(SYMBOLS);
  if (!random.oneIn(4)) return symbol;
  const meta = random.pick(["static", "callable", "private?", "expander", "doc"]);
  return Syntax.of(symbol, CVMMap.from([[Keyword.of(meta), true]]));
}

/** A Vector of these parts, or one of which something is not as it should be, with `more` parts. */
export type VectorMaker = (
  random: CaseRandom,
  parts: readonly Value[],
  more: () => Value,
) => Vector;

const soundVector: VectorMaker = (_random, parts) => Vector.from([...parts]);

class OpMaker {
  readonly #random: CaseRandom;
  readonly #vectorOf: VectorMaker;
  /** One in how many parts is anything at all. */
  readonly #odd: number;

  constructor(random: CaseRandom, vectorOf: VectorMaker) {
    this.#random = random;
    this.#vectorOf = vectorOf;
    this.#odd = random.pick([4, 12, 12, 1000]);
  }

  value(): Value {
    const random = this.#random;
    return random.pick<() => Value>([
      () => random.below(10) - 3,
      () => random.pick([2n ** 63n, 2n ** 63n - 1n, -(2n ** 63n), -1, 255]),
      () => random.pick(FUNCTIONS),
      () =>
        random.pick<Value>([
          null,
          true,
          false,
          CVMDouble.of(1.5),
          Keyword.of("k"),
          CVMString.of("s"),
        ]),
      () => Address.of(random.pick([8, 11, 12, 13, 999_999])),
      () =>
        random.pick<Value>([
          Vector.EMPTY,
          Vector.of(1, 2, 3),
          List.EMPTY,
          CVMMap.EMPTY,
          CVMSet.from([1]),
        ]),
      () => Blob.of(random.bytes(random.below(5))),
      () => symbolOf(random),
      () => ByteFlag.of(0xb2 + random.below(14)),
      () => extension(0xe0 + random.below(16), random.pick([0, 1, 2, 24, 25, 300])),
      () => dense(0xd0 + random.below(16), this.#values()),
      () => coded(0xc0 + random.below(16), this.#anything(), this.#anything()),
    ])();
  }

  #values(): Vector {
    return this.#vector(Array.from({ length: this.#random.below(5) }, () => this.value()));
  }

  #vector(parts: readonly Value[], more: () => Value = () => this.#leaf()): Vector {
    return this.#vectorOf(this.#random, parts, more);
  }

  #anything(): Value {
    return this.#random.oneIn(3) ? this.op(1) : this.value();
  }

  #part(make: () => Value): Value {
    return this.#random.oneIn(this.#odd) ? this.value() : make();
  }

  op(depth: number): Value {
    const random = this.#random;
    if (random.oneIn(this.#odd)) return this.value();
    if (depth <= 0) return this.#leaf();
    const inner = (): Value => this.op(depth - 1);
    const ops = (most: number): Value[] => Array.from({ length: random.below(most + 1) }, inner);
    const record = (tag: number, parts: readonly Value[]): Value => dense(tag, this.#vector(parts));
    const vector = (most: number): Value => this.#part(() => this.#vector(ops(most)));
    const forms = (): Value => this.#part(() => this.#forms());
    return random.pick<() => Value>([
      () => this.#leaf(),
      () => this.#leaf(),
      () => record(TAG.invoke, [coded(TAG.coded, false, random.pick(FUNCTIONS)), ...ops(3)]),
      () => record(TAG.invoke, [coded(TAG.coded, false, random.pick(FUNCTIONS)), ...ops(2)]),
      () => record(TAG.invoke, [this.#lambda(depth), ...ops(3)]),
      () => record(TAG.invoke, ops(3)),
      () => record(TAG.do, ops(4)),
      () => record(MORE.cond, ops(5)),
      () => coded(TAG.let, forms(), vector(4)),
      () => coded(TAG.loop, forms(), vector(4)),
      () =>
        coded(
          TAG.def,
          this.#part(() => symbolOf(random)),
          this.#part(inner),
        ),
      () =>
        coded(
          TAG.lookup,
          this.#part(inner),
          this.#part(() => symbolOf(random)),
        ),
      () => coded(TAG.coded, flag(FLAG.try), vector(3)),
      () => coded(TAG.coded, flag(FLAG.query), vector(3)),
      () =>
        coded(
          TAG.coded,
          this.#part(() => random.below(5) - 1),
          inner(),
        ),
      () => this.#lambda(depth),
    ])();
  }

  #leaf(): Value {
    const random = this.#random;
    return random.pick<() => Value>([
      () => coded(TAG.coded, false, this.value()),
      () => coded(TAG.coded, false, random.below(9)),
      () => extension(MORE.local, random.pick([0, 0, 1, 1, 2, 3, 7, 5000])),
      () => extension(MORE.special, random.below(27)),
      () => coded(TAG.lookup, null, random.pick(SYMBOLS)),
      () =>
        coded(
          TAG.lookup,
          coded(TAG.coded, false, Address.of(random.pick([8, 11, 12, 9999]))),
          random.pick(SYMBOLS),
        ),
    ])();
  }

  #forms(): Value {
    const random = this.#random;
    const form = (): Value => {
      if (random.oneIn(this.#odd)) return this.value();
      return random.oneIn(4)
        ? Vector.from([random.pick(SYMBOLS), random.pick(SYMBOLS)])
        : random.pick(SYMBOLS.slice(0, 2));
    };
    return this.#vector(Array.from({ length: random.below(4) }, form), form);
  }

  #fn(depth: number): Value {
    const environment = this.#random.oneIn(2) ? null : this.#part(() => this.#values());
    return dense(
      MORE.fn,
      Vector.of(
        false,
        this.#part(() => this.#forms()),
        environment,
        this.op(depth - 1),
      ),
    );
  }

  #lambda(depth: number): Value {
    const functions = Array.from({ length: 1 + this.#random.below(3) }, () =>
      this.#part(() => this.#fn(depth)),
    );
    const isMulti = this.#random.oneIn(3);
    const template = isMulti
      ? dense(
          MORE.fn,
          this.#vector(functions, () => this.#fn(depth)),
        )
      : this.#part(() => this.#fn(depth));
    // A function can also stand there as a constant, with what it has captured.
    return coded(TAG.coded, this.#random.oneIn(3) ? false : flag(FLAG.lambda), template);
  }
}

/** An Invoke of one op, or a Multi of several and of transfers, in any mode. */
export function opTransaction(random: CaseRandom): Case {
  return opCase(random, soundVector);
}

/** The same with Vectors that a VectorMaker makes in all places. */
/** An op of up to four levels. */
export function opOf(random: CaseRandom, vectorOf: VectorMaker): Value {
  return new OpMaker(random, vectorOf).op(1 + random.below(4));
}

export function opCase(random: CaseRandom, vectorOf: VectorMaker): Case {
  const origin = Address.of(CONTROLLER);
  const command = (): Value => {
    const op = opOf(random, vectorOf);
    // What looks at the result of an op, and at an op as a value.
    const seen = random.pick(["str", "hash", "vector", "count"]);
    if (random.oneIn(8))
      return dense(
        TAG.invoke,
        Vector.of(coded(TAG.coded, false, CORE_BY_NAME.get(seen) ?? null), op),
      );
    return op;
  };
  if (!random.oneIn(6)) {
    return { kind: "transaction", message: encodeMultiCell(Invoke.of(origin, 1, command())) };
  }
  const child = (): Value => {
    if (random.oneIn(4))
      return Transfer.of(
        origin,
        random.below(3),
        Address.of(random.pick([11, 13, 9999])),
        random.pick([0, 5, -1, 10 ** 15]),
      );
    if (random.oneIn(8))
      return Multi.of(origin, 0, random.below(4), Vector.of(Invoke.of(origin, 0, command())));
    return random.oneIn(12)
      ? command()
      : Invoke.of(random.oneIn(8) ? Address.of(13) : origin, random.below(2), command());
  };
  const children = vectorOf(random, Array.from({ length: random.below(5) }, child), child);
  return {
    kind: "transaction",
    message: encodeMultiCell(Multi.of(origin, 1, random.below(5), children)),
  };
}
