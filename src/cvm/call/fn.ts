// hot: see test/bench. Closures: `df 04 b0 R(params) R(environment or nil) R(body op)`
// (sheet 02 §3, §5).

import { resolveSlot, type Slot, type Value } from "../../data/cell.ts";
import { slotLength, writeSlot } from "../../data/encode.ts";
import type { PrintSink } from "../../data/printable.ts";
import { CVMSymbol } from "../../data/symbol.ts";
import { TAG } from "../../data/tag.ts";
import { Vector } from "../../data/vector.ts";
import { isSound } from "../../data/vector-sound.ts";
import type { Writer } from "../../data/writer.ts";
import type { Context } from "../context.ts";
import { CODE } from "../error-code.ts";
import { EXIT, HostError, type Outcome } from "../exits.ts";
import { refValue, refValues } from "../history/array-vectors.ts";
import { ARRAY_LOCALS_MAX, enterLocals, restoreLocals, saveLocals } from "../locals.ts";
import { type Code, executeStrictly, Op, strictOp } from "../ops/op.ts";
import { OP_TAG } from "../ops/op-cell.ts";
import { missing, printOp } from "../text/unprintable.ts";
import { bindEach, IGNORED, isVariadicMark } from "./binding.ts";
import { FunctionValue } from "./function-value.ts";

const FIELDS = 4;
const PARAMS = 0;
const ENVIRONMENT = 1;
const BODY = 2;
/** How the reference gets the body that it prints, in the text of its exception (T6). */
const BODY_ORIGIN = 'the return value of "convex.core.lang.impl.Fn.getBody()"';

/** Most parameters of a function that is used. Any number decodes, and looking at them is free. */
export const PARAMS_MAX = 2 ** 24;
/** Most parameters of a function whose arguments are bound without looking at each form. */
const PLAIN_PARAMS_MAX = 64;

/** How many arguments a function takes: exactly `min`, or from `min` up. */
export interface FnArity {
  readonly min: number;
  readonly isVariadic: boolean;
}

/** What is found out once for a function and all closures made of it. */
interface Plan {
  /** Number of parameters if each is a plain symbol that binds one argument, else -1. */
  readonly plainCount: number;
  arity: FnArity | null;
  code: Code | null;
}

export class Fn extends FunctionValue {
  readonly #slots: Slot[];
  #plan: Plan | null;
  /** Captured locals; null until needed. */
  #captured: Value[] | null = null;
  /** Captured locals when they are too many for an array, or in a hand-made Vector (T47). */
  #base: Vector | null = null;

  constructor(params: Slot, environment: Slot, body: Slot, plan: Plan | null = null) {
    super();
    this.#slots = [params, environment, body];
    this.#plan = plan;
  }

  /** A Vector of binding forms; a hand-made function may have anything here. */
  get params(): Value {
    return this.#at(PARAMS);
  }
  get body(): Value {
    return this.#at(BODY);
  }

  /**
   * The closure of this function over some locals; the same object when it has none before and
   * after.
   */
  withEnvironment(locals: Vector, _depth?: number): Fn {
    const own = this.#at(ENVIRONMENT);
    if (locals.isEmpty && !(own instanceof Vector && !own.isEmpty)) return this;
    const [params, , body] = this.#slots as [Slot, Slot, Slot];
    return new Fn(params, locals, body, this.#planned());
  }

  override invoke(ctx: Context, args: Value[]): Outcome {
    const captured = this.#captured ?? this.#capture();
    const plan = this.#plan ?? this.#planned();
    if (args.length !== plan.plainCount || this.#base !== null) {
      return this.#invokeBinding(ctx, args, captured);
    }
    ctx.result = null;
    const bound = refValues(args);
    return this.#run(ctx, plan, captured.length === 0 ? bound : captured.concat(bound));
  }

  override invoke1(ctx: Context, a: Value): Outcome {
    const captured = this.#captured ?? this.#capture();
    const plan = this.#plan ?? this.#planned();
    if (plan.plainCount !== 1 || this.#base !== null) {
      return this.#invokeBinding(ctx, [a], captured);
    }
    ctx.result = null;
    return this.#run(ctx, plan, captured.length === 0 ? [refValue(a)] : [...captured, refValue(a)]);
  }

  /** Invokes where parameters are not plain symbols, or the number of arguments is wrong. */
  #invokeBinding(ctx: Context, args: Value[], captured: readonly Value[]): Outcome {
    const { params } = this;
    const locals = captured.slice();
    // The reference casts it, and takes whatever is no Vector for nil.
    if (!(params instanceof Vector)) {
      return ctx.fail(CODE.COMPILE, "Don't understand binding form of type: Nil");
    }
    if (!bindEach(ctx, params, args, locals)) return EXIT;
    if (this.#base === null && locals.length <= ARRAY_LOCALS_MAX) {
      return this.#run(ctx, this.#planned(), locals);
    }
    const outer = saveLocals(ctx);
    enterLocals(ctx, this.#base, locals);
    const outcome = executeStrictly(ctx, this.body);
    restoreLocals(ctx, outer);
    return outcome;
  }

  #run(ctx: Context, plan: Plan, locals: Value[]): Outcome {
    const { locals: outer, base } = ctx;
    ctx.locals = locals;
    if (base !== null) ctx.base = null;
    let outcome: Outcome;
    if (ctx.runsDefinitions) {
      outcome = strictOp(this.body).execute(ctx);
    } else {
      if (plan.code === null) plan.code = strictOp(this.body).code;
      outcome = plan.code(ctx);
    }
    ctx.locals = outer;
    if (base !== null) ctx.base = base;
    return outcome;
  }

  /** @throws HostError when the parameters are no Vector, or above PARAMS_MAX of them */
  get arity(): FnArity {
    const plan = this.#plan ?? this.#planned();
    plan.arity ??= arityOf(this.params);
    return plan.arity;
  }

  #at(i: number): Value {
    return resolveSlot(this, i + 1);
  }

  #capture(): Value[] {
    const environment = this.#at(ENVIRONMENT);
    const vector = environment instanceof Vector ? environment : Vector.EMPTY;
    if (vector.count > ARRAY_LOCALS_MAX || !isSound(vector)) this.#base = vector;
    this.#captured = this.#base === null ? vector.toArray() : [];
    return this.#captured;
  }

  #planned(): Plan {
    this.#plan ??= { plainCount: plainCount(this.params), arity: null, code: null };
    return this.#plan;
  }

  override get tag(): number {
    return OP_TAG.FUNCTION;
  }
  /** The first child is the flag that marks a Fn. */
  override get slotCount(): number {
    return FIELDS;
  }
  override slotAt(index: number): Slot {
    return index === 0 ? false : (this.#slots[index - 1] as Slot);
  }
  override fillSlot(index: number, value: Value): void {
    this.#slots[index - 1] = value;
  }
  override measure(): number {
    let length = 3;
    for (const slot of this.#slots) length += slotLength(slot);
    return length;
  }
  override writeTo(w: Writer): void {
    w.byte(OP_TAG.FUNCTION);
    w.byte(FIELDS);
    w.byte(TAG.FALSE);
    for (const slot of this.#slots) writeSlot(w, slot);
  }

  /** Prints the closing bracket even after what the limit has cut off (T39). */
  printTo(sink: PrintSink): boolean {
    sink.text("(fn ");
    this.printArity(sink);
    return sink.text(")");
  }

  /** Prints parameters and body, as they stand in a function of several arities. */
  printArity(sink: PrintSink): boolean {
    const { params } = this;
    if (!(params instanceof Vector)) {
      throw missing("convex.core.data.AVector.count()", '"params"');
    }
    sink.text("[");
    let isFirst = true;
    for (const form of params) {
      if (!isFirst) sink.text(" ");
      isFirst = false;
      if (!sink.value(form)) return false;
    }
    return sink.text("] ") && this.#printBody(sink);
  }

  /** The reference takes a body that is no op for nil. */
  #printBody(sink: PrintSink): boolean {
    const { body } = this;
    return printOp(sink, body instanceof Op ? body : null, BODY_ORIGIN);
  }
}

function plainCount(params: Value): number {
  if (!(params instanceof Vector) || params.count > PLAIN_PARAMS_MAX) return -1;
  if (!isSound(params)) return -1;
  for (let i = 0; i < params.count; i++) {
    const form = params.get(i);
    if (!(form instanceof CVMSymbol) || form.name === IGNORED || isVariadicMark(form)) return -1;
  }
  return params.count;
}

/** Parameters with a `&` take any number of arguments, unless it stands last. */
function arityOf(params: Value): FnArity {
  if (!(params instanceof Vector)) throw new HostError("A function without parameters");
  const n = params.count;
  if (n > PARAMS_MAX) throw new HostError(`A function of ${n} parameters`);
  for (let i = 0; i < n - 1; i++) {
    if (isVariadicMark(params.get(i))) return { min: n - 2, isVariadic: true };
  }
  return { min: n, isVariadic: false };
}
