// hot: see test/bench. The op of `loop`, encoded as a Let under `c3`: a `recur` from the body binds
// its arguments to the same forms and runs the body again. 30 juice once; a round costs what its
// ops do.

import type { Slot, Value } from "../../data/cell.ts";
import { bindEach, isVariadicMark } from "../call/binding.ts";
import type { Context } from "../context.ts";
import { CODE } from "../error-code.ts";
import { EXIT, type Outcome, RecurExit } from "../exits.ts";
import { refValues } from "../history/array-vectors.ts";
import { JUICE, MAX_DEPTH } from "../juice.ts";
import { enterLocals, restoreLocals, type SavedLocals, saveLocals } from "../locals.ts";
import { runEach } from "./child-code.ts";
import { bindValues, Let } from "./let.ts";
import type { Code } from "./op.ts";
import { OP_TAG } from "./op-cell.ts";

export class Loop extends Let {
  constructor(forms: Slot, ops: Slot) {
    super(forms, ops, OP_TAG.LOOP);
  }

  /** By the closure at once: a single loop may have as many rounds as juice pays for. */
  override executeOften(ctx: Context): Outcome {
    return this.code(ctx);
  }

  protected override run(ctx: Context): Outcome {
    if (!ctx.charge(JUICE.LET)) return EXIT;
    const outer = saveLocals(ctx);
    let outcome: Outcome = EXIT;
    if (this.bindAll(ctx)) {
      outcome = this.body(ctx);
      while (outcome === EXIT && ctx.exit instanceof RecurExit) {
        outcome = this.#rebind(ctx, outer, ctx.exit.args) ? this.body(ctx) : EXIT;
      }
    }
    restoreLocals(ctx, outer);
    return outcome;
  }

  /** Binds the arguments of a recur after the locals around the loop; false on an error. */
  #rebind(ctx: Context, outer: SavedLocals, args: Value[]): boolean {
    const { forms } = this;
    if (args.length !== forms.count) {
      recurArityError(ctx, forms.count, args.length);
      return false;
    }
    const locals = outer.locals.slice();
    if (!bindEach(ctx, forms, args, locals)) return false;
    enterLocals(ctx, outer.base, locals);
    return true;
  }

  protected override makeCode(): Code {
    const plan = this.plan();
    if (plan === null || plan.patterns !== null || this.forms.toArray().some(isVariadicMark)) {
      return (ctx) => this.execute(ctx);
    }
    const { values, body } = plan;
    const n = values.length;
    const runBody: Code =
      body.length === 1 ? (ctx) => (body[0] as Code)(ctx) : (ctx) => runEach(ctx, body);
    return (ctx) => {
      const { depth, locals } = ctx;
      if (depth >= MAX_DEPTH) return ctx.depthError();
      if (!ctx.charge(JUICE.LET)) return EXIT;
      ctx.depth = depth + 1;
      let outcome: Outcome = EXIT;
      if (bindValues(ctx, values)) {
        outcome = runBody(ctx);
        while (outcome === EXIT && ctx.exit instanceof RecurExit) {
          const args = refValues(ctx.exit.args);
          if (args.length !== n) {
            recurArityError(ctx, n, args.length);
            break;
          }
          // No copy: nothing of the last round can use the array of arguments again.
          ctx.locals = locals.length === 0 ? args : locals.concat(args);
          ctx.result = null;
          outcome = runBody(ctx);
        }
      }
      ctx.depth = depth;
      ctx.locals = locals;
      return outcome;
    };
  }

  protected override get formName(): string {
    return "loop";
  }
}

function recurArityError(ctx: Context, wanted: number, got: number): void {
  ctx.fail(CODE.ARITY, `Expected ${wanted} value(s) for recur but got: ${got}`);
}
