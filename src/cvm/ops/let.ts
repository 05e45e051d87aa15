// hot: see test/bench. The op of `let`, which binds locals for its body: `c2 R(vector of binding
// forms) R(vector of ops)`. The first ops give the values to bind, the rest is the body. 30 juice
// before.

import { Ref, type Slot, type Value } from "../../data/cell.ts";
import type { PrintSink } from "../../data/printable.ts";
import { CVMSymbol } from "../../data/symbol.ts";
import { Vector } from "../../data/vector.ts";
import { isSound } from "../../data/vector-sound.ts";
import { bind, IGNORED } from "../call/binding.ts";
import type { Context } from "../context.ts";
import { EXIT, HostError, type Outcome } from "../exits.ts";
import { refValue } from "../history/array-vectors.ts";
import { JUICE, MAX_DEPTH } from "../juice.ts";
import { restoreLocals, saveLocals, settleLocals } from "../locals.ts";
import { ELEMENT, noElement, printableVector, printOp } from "../text/unprintable.ts";
import { CHILD_CODES_MAX, runEach, strictChildCodes } from "./child-code.ts";
import { type Code, executeEach, executeStrictly } from "./op.ts";
import { OP_TAG, PairOp } from "./op-cell.ts";
import { vectorOperand } from "./operand.ts";

export class Let extends PairOp {
  constructor(forms: Slot, ops: Slot, tag: number = OP_TAG.LET) {
    super(tag, forms, ops);
  }

  protected override run(ctx: Context): Outcome {
    if (!ctx.charge(JUICE.LET)) return EXIT;
    const outer = saveLocals(ctx);
    const outcome = this.bindAll(ctx) ? this.body(ctx) : EXIT;
    restoreLocals(ctx, outer);
    return outcome;
  }

  /** The binding forms. @throws HostError when they are no Vector (T6) */
  get forms(): Vector {
    return vectorOperand(this.first);
  }

  /** The ops of the bindings and of the body. @throws HostError when they are no Vector (T6) */
  get ops(): Vector {
    return vectorOperand(this.second);
  }

  /**
   * Executes the ops of the bindings and binds their values, one after the other; false on an exit.
   * Before the first binding the array of locals is copied. After that it belongs to this op and is
   * added to in place: an op that changes locals (`set!`) makes a copy of its own.
   */
  protected bindAll(ctx: Context): boolean {
    const { forms, ops } = this;
    for (let i = 0; i < forms.count; i++) {
      if (i >= ops.count) throw new HostError("A binding without op");
      const op = ops.get(i);
      // Before the op is executed: in a hand-made vector there may be no such form (T47).
      const form = forms.get(i);
      const outcome = executeStrictly(ctx, op);
      if (outcome === EXIT) return false;
      if (i === 0) ctx.locals = ctx.locals.slice();
      if (!bind(ctx, form, outcome, ctx.locals)) return false;
      if (ctx.base !== null) settleLocals(ctx);
    }
    settleLocals(ctx);
    return true;
  }

  protected body(ctx: Context): Outcome {
    return executeEach(ctx, this.ops, this.forms.count, executeStrictly);
  }

  /** What a closure of this op needs; null when it can have none. */
  protected plan(): BindingPlan | null {
    const forms = this.slotAt(0);
    const ops = this.slotAt(1);
    if (forms instanceof Ref || ops instanceof Ref) return null;
    if (!(forms instanceof Vector && ops instanceof Vector)) return null;
    if (ops.count > CHILD_CODES_MAX || forms.count > ops.count || !isSound(forms)) return null;
    const patterns: (Value | undefined)[] = [];
    for (let i = 0; i < forms.count; i++) {
      const form = forms.get(i);
      patterns.push(isPlainSymbol(form) ? undefined : form);
    }
    return {
      values: strictChildCodes(ops, 0, forms.count),
      body: strictChildCodes(ops, forms.count),
      patterns: patterns.some((form) => form !== undefined) ? patterns : null,
    };
  }

  protected override makeCode(): Code {
    const plan = this.plan();
    if (plan === null) return super.makeCode();
    const { patterns } = plan;
    if (patterns !== null) return this.#patternCode(plan, patterns);
    return (ctx) => {
      const { depth, locals } = ctx;
      if (depth >= MAX_DEPTH) return ctx.depthError();
      if (!ctx.charge(JUICE.LET)) return EXIT;
      ctx.depth = depth + 1;
      const outcome = bindValues(ctx, plan.values) ? runEach(ctx, plan.body) : EXIT;
      ctx.depth = depth;
      ctx.locals = locals;
      return outcome;
    };
  }

  /** The closure when forms destructure values, which may bind any number of locals. */
  #patternCode(plan: BindingPlan, patterns: readonly (Value | undefined)[]): Code {
    return (ctx) => {
      const { depth, locals } = ctx;
      if (depth >= MAX_DEPTH) return ctx.depthError();
      if (!ctx.charge(JUICE.LET)) return EXIT;
      ctx.depth = depth + 1;
      let outcome: Outcome = EXIT;
      if (bindPatterns(ctx, plan.values, patterns)) {
        settleLocals(ctx);
        // Closures only know the locals of the array.
        outcome = ctx.base === null ? runEach(ctx, plan.body) : this.body(ctx);
        ctx.base = null;
      }
      ctx.depth = depth;
      ctx.locals = locals;
      return outcome;
    };
  }

  /** Name of the form when printed. */
  protected get formName(): string {
    return "let";
  }

  override printTo(sink: PrintSink): boolean {
    // The reference casts both before it calls either.
    if (this.second !== null) printableVector(this.second, "ops");
    const forms = printableVector(this.first, "symbols");
    const ops = printableVector(this.second, "ops");
    if (!sink.text(`(${this.formName} [`)) return false;
    for (let i = 0; i < forms.count; i++) {
      if (i > 0 && !sink.text(" ")) return false;
      if (!sink.value(forms.get(i)) || !sink.text(" ")) return false;
      if (i >= ops.count) throw noElement(i);
      if (!printOp(sink, ops.get(i), ELEMENT) || !sink.text(" ")) return false;
    }
    if (!sink.text("] ")) return false;
    for (let i = forms.count; i < ops.count; i++) {
      if (!sink.text(" ") || !printOp(sink, ops.get(i), ELEMENT)) return false;
    }
    return sink.text(")");
  }
}

/** The closures of a Let or Loop. */
export interface BindingPlan {
  readonly values: Code[];
  readonly body: Code[];
  /** For each value its binding form, undefined if that is a plain symbol; null when all are. */
  readonly patterns: readonly (Value | undefined)[] | null;
}

function isPlainSymbol(form: Value): boolean {
  return form instanceof CVMSymbol && form.name !== IGNORED;
}

/** `bindValues` for forms that are not all plain symbols. */
function bindPatterns(
  ctx: Context,
  values: readonly Code[],
  patterns: readonly (Value | undefined)[],
): boolean {
  for (let i = 0; i < values.length; i++) {
    const outcome = (values[i] as Code)(ctx);
    if (outcome === EXIT) return false;
    if (i === 0) ctx.locals = ctx.locals.slice();
    const form = patterns[i];
    if (form !== undefined) {
      if (!bind(ctx, form, outcome, ctx.locals)) return false;
    } else {
      ctx.locals.push(refValue(outcome));
      ctx.result = null;
    }
  }
  return true;
}

/** `bindAll` by closures, for plain symbols; false on an exit. */
export function bindValues(ctx: Context, values: readonly Code[]): boolean {
  for (let i = 0; i < values.length; i++) {
    const outcome = (values[i] as Code)(ctx);
    if (outcome === EXIT) return false;
    if (i === 0) {
      const locals = ctx.locals.slice();
      locals.push(refValue(outcome));
      ctx.locals = locals;
    } else {
      ctx.locals.push(refValue(outcome));
    }
    ctx.result = null;
  }
  return true;
}
