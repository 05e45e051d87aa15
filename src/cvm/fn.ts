// hot: see test/bench. Closures: `df 04 b0 R(params) R(environment or nil) R(body op)`
// (sheet 02 §3, §5).

import { resolveSlot, type Slot, type Value } from "../data/cell.ts";
import { slotLength, writeSlot } from "../data/encode.ts";
import type { PrintSink } from "../data/printable.ts";
import { CVMSymbol } from "../data/symbol.ts";
import { TAG } from "../data/tag.ts";
import { Vector } from "../data/vector.ts";
import type { Writer } from "../data/writer.ts";
import { bind, bindEach, IGNORED, isVariadicMark } from "./binding.ts";
import type { Context } from "./context.ts";
import { EXIT, HostError, type Outcome } from "./exits.ts";
import { FunctionValue } from "./function-value.ts";
import { type Code, strictOp } from "./ops/op.ts";
import { OP_TAG } from "./ops/op-cell.ts";

const FIELDS = 4;
const PARAMS = 0;
const ENVIRONMENT = 1;
const BODY = 2;

/** What is worked out once for a function and all closures made of it. */
interface Plan {
  /** Number of parameters when each of them simply takes one argument, else -1. */
  readonly plainCount: number;
  code: Code | null;
}

export class Fn extends FunctionValue {
  readonly #slots: Slot[];
  #plan: Plan | null;
  #captured: Value[] | null = null;

  constructor(params: Slot, environment: Slot, body: Slot, plan: Plan | null = null) {
    super();
    this.#slots = [params, environment, body];
    this.#plan = plan;
  }

  /** A Vector of binding forms; hand-made functions may have anything. */
  get params(): Value {
    return this.#at(PARAMS);
  }
  get body(): Value {
    return this.#at(BODY);
  }

  /** This function with the locals it can see; null when there are none. */
  withEnvironment(environment: Vector | null): Fn {
    const [params, , body] = this.#slots as [Slot, Slot, Slot];
    return new Fn(params, environment, body, this.#planned());
  }

  override invoke(ctx: Context, args: Value[]): Outcome {
    const captured = this.#captured ?? this.#capture();
    const plan = this.#plan ?? this.#planned();
    if (args.length !== plan.plainCount) return this.#invokeBinding(ctx, args, captured);
    ctx.result = null;
    return this.#run(ctx, plan, captured.length === 0 ? args : captured.concat(args));
  }

  override invoke1(ctx: Context, a: Value): Outcome {
    const captured = this.#captured ?? this.#capture();
    const plan = this.#plan ?? this.#planned();
    if (plan.plainCount !== 1) return this.#invokeBinding(ctx, [a], captured);
    ctx.result = null;
    return this.#run(ctx, plan, captured.length === 0 ? [a] : [...captured, a]);
  }

  /** Binds parameters that are not just one symbol for each argument, or finds them wrong. */
  #invokeBinding(ctx: Context, args: Value[], captured: readonly Value[]): Outcome {
    const { params } = this;
    const locals = captured.slice();
    const bound =
      params instanceof Vector
        ? bindEach(ctx, params, args, locals)
        : bind(ctx, params, Vector.from(args), locals);
    return bound ? this.#run(ctx, this.#planned(), locals) : EXIT;
  }

  #run(ctx: Context, plan: Plan, locals: Value[]): Outcome {
    const outer = ctx.locals;
    ctx.locals = locals;
    let outcome: Outcome;
    if (ctx.isPlain) {
      outcome = strictOp(this.body).execute(ctx);
    } else {
      if (plan.code === null) plan.code = strictOp(this.body).code;
      outcome = plan.code(ctx);
    }
    ctx.locals = outer;
    return outcome;
  }

  /** @throws HostError when the parameters are no Vector */
  override hasArity(count: number): boolean {
    const { params } = this;
    if (!(params instanceof Vector)) throw new HostError("A function without parameters");
    const n = params.count;
    for (let i = 0; i < n - 1; i++) {
      if (isVariadicMark(params.get(i))) return count >= n - 2;
    }
    return count === n;
  }

  #at(i: number): Value {
    return resolveSlot(this, i + 1);
  }

  #capture(): Value[] {
    const environment = this.#at(ENVIRONMENT);
    this.#captured = environment instanceof Vector ? environment.toArray() : [];
    return this.#captured;
  }

  #planned(): Plan {
    if (this.#plan === null) this.#plan = { plainCount: plainCount(this.params), code: null };
    return this.#plan;
  }

  override get tag(): number {
    return OP_TAG.FUNCTION;
  }
  /** The flag that marks a function counts as a child. */
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

  printTo(sink: PrintSink): boolean {
    return sink.text("(fn ") && this.printArity(sink) && sink.text(")");
  }

  /** Parameters and body. */
  printArity(sink: PrintSink): boolean {
    return sink.value(this.params) && sink.text(" ") && sink.value(this.body);
  }
}

function plainCount(params: Value): number {
  if (!(params instanceof Vector) || params.count > PLAIN_PARAMS_MAX) return -1;
  for (let i = 0; i < params.count; i++) {
    const form = params.get(i);
    if (!(form instanceof CVMSymbol) || form.name === IGNORED || isVariadicMark(form)) return -1;
  }
  return params.count;
}

/** Most parameters that are looked at in advance; any number decodes. */
const PLAIN_PARAMS_MAX = 64;
