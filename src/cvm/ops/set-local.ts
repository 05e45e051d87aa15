// The op of `set!`, which changes a local: `c0 R(Long position) R(op)`, 20 juice after.

import type { Integer, Slot } from "../../data/cell.ts";
import type { PrintSink } from "../../data/printable.ts";
import type { Context } from "../context.ts";
import { CODE } from "../error-code.ts";
import { EXIT, type Outcome } from "../exits.ts";
import { JUICE } from "../juice.ts";
import { hasLocal, restoreLocals, saveLocals, setLocal } from "../locals.ts";
import { executeOp } from "./op.ts";
import { OP_TAG, PairOp } from "./op-cell.ts";

export class SetLocal extends PairOp {
  /** @param position any Long; one that is no local is a :BOUNDS error */
  constructor(position: Integer, op: Slot) {
    super(OP_TAG.CODED, position, op);
  }

  get position(): Integer {
    return this.first as Integer;
  }

  protected override run(ctx: Context): Outcome {
    const { position } = this;
    if (!hasLocal(ctx, position)) {
      return ctx.fail(CODE.BOUNDS, `Bad position for set!: ${position}`);
    }
    // T32: what the value op has set is lost.
    const before = saveLocals(ctx);
    const outcome = executeOp(ctx, this.second);
    if (outcome === EXIT) return EXIT;
    restoreLocals(ctx, before);
    setLocal(ctx, position, outcome);
    return ctx.withResult(JUICE.SET_BANG, outcome);
  }

  override printTo(sink: PrintSink): boolean {
    return sink.text(`(set! %${this.position} `) && sink.value(this.second) && sink.text(")");
  }
}
