// hot: see test/bench. Core functions: native functions with a code, encoded `ed VLQ(code)` and
// so of memory size 0 (sheet 02 §19). Their families are in core/.

import type { Slot, Value } from "../../data/cell.ts";
import type { PrintSink } from "../../data/printable.ts";
import { vlqLength, type Writer } from "../../data/writer.ts";
import type { Context } from "../context.ts";
import { ErrorExit, EXIT, type Outcome } from "../exits.ts";
import { JUICE } from "../juice.ts";
import { OP_TAG } from "../ops/op-cell.ts";
import { FunctionValue } from "./function-value.ts";

/** Numbers of arguments a core function takes; no `max`: any number from `min` up. */
export interface Arity {
  readonly min: number;
  readonly max?: number;
}

/** Body of a core function. The arity was checked before; `args` must not be changed or kept. */
export type CoreBody = (ctx: Context, args: Value[]) => Outcome;

/** Bodies for exactly one or two arguments, without an array of them; same results as the body. */
export interface FastBodies {
  readonly fn1?: (ctx: Context, a: Value) => Outcome;
  readonly fn2?: (ctx: Context, a: Value, b: Value) => Outcome;
}

export class CoreFn extends FunctionValue {
  readonly code: number;
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly body: CoreBody;
  readonly fn1: ((ctx: Context, a: Value) => Outcome) | null;
  readonly fn2: ((ctx: Context, a: Value, b: Value) => Outcome) | null;
  /** A predicate has its own arity message. */
  readonly isPredicate: boolean;

  constructor(
    code: number,
    name: string,
    arity: Arity,
    body: CoreBody,
    fast: FastBodies = {},
    isPredicate = false,
  ) {
    super();
    this.code = code;
    this.name = name;
    this.min = arity.min;
    this.max = arity.max ?? Number.POSITIVE_INFINITY;
    this.body = body;
    this.fn1 = fast.fn1 ?? null;
    this.fn2 = fast.fn2 ?? null;
    this.isPredicate = isPredicate;
  }

  override invoke(ctx: Context, args: Value[]): Outcome {
    const n = args.length;
    if (n < this.min || n > this.max) {
      ctx.arityError(this, n);
      return this.#traced(ctx);
    }
    const outcome = this.body(ctx, args);
    return outcome === EXIT ? this.#traced(ctx) : outcome;
  }

  override invoke1(ctx: Context, a: Value): Outcome {
    if (this.fn1 === null) return this.invoke(ctx, [a]);
    const outcome = this.fn1(ctx, a);
    return outcome === EXIT ? this.#traced(ctx) : outcome;
  }

  override invoke2(ctx: Context, a: Value, b: Value): Outcome {
    if (this.fn2 === null) return this.invoke(ctx, [a, b]);
    const outcome = this.fn2(ctx, a, b);
    return outcome === EXIT ? this.#traced(ctx) : outcome;
  }

  /** Line of an error trace. */
  text(): string {
    return `In core function: ${this.name}`;
  }

  #traced(ctx: Context): typeof EXIT {
    const { exit } = ctx;
    if (exit instanceof ErrorExit) exit.traceLines.push(this);
    return EXIT;
  }

  printTo(sink: PrintSink): boolean {
    return sink.text(this.name);
  }

  override get tag(): number {
    return OP_TAG.CORE;
  }
  override get slotCount(): number {
    return 0;
  }
  override slotAt(index: number): Slot {
    throw new RangeError(`a core function has no slot ${index}`);
  }
  override fillSlot(index: number): void {
    throw new RangeError(`a core function has no slot ${index}`);
  }
  override measure(): number {
    return 1 + vlqLength(this.code);
  }
  override writeTo(w: Writer): void {
    w.byte(OP_TAG.CORE);
    w.vlq(this.code);
  }
}

/** Declares a core function. */
export function coreFn(
  code: number,
  name: string,
  arity: Arity,
  body: CoreBody,
  fast?: FastBodies,
): CoreFn {
  return new CoreFn(code, name, arity, body, fast);
}

/**
 * Declares a predicate: one argument, a Boolean result, 20 juice.
 * @param note called with the argument first (T9, noteComputed)
 */
export function corePredicate(
  code: number,
  name: string,
  test: (value: Value) => boolean,
  note?: (ctx: Context, value: Value) => void,
): CoreFn {
  const fn1 = (ctx: Context, a: Value): Outcome => {
    note?.(ctx, a);
    return ctx.withResult(JUICE.SIMPLE_FN, test(a));
  };
  return new CoreFn(
    code,
    name,
    { min: 1, max: 1 },
    (ctx, args) => fn1(ctx, args[0] as Value),
    { fn1 },
    true,
  );
}
