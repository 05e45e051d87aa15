// The op of `do`, which executes ops one after the other: `da` and a vector body. 5 juice before;
// nil without ops.

import type { PrintSink } from "../../data/printable.ts";
import type { Vector } from "../../data/vector.ts";
import type { Context } from "../context.ts";
import { EXIT, type Outcome } from "../exits.ts";
import { JUICE, MAX_DEPTH } from "../juice.ts";
import { CHILD_CODES_MAX, childCodes, runEach } from "./child-code.ts";
import { type Code, executeEach, executeOp } from "./op.ts";
import { OP_TAG, printForm, VectorOp } from "./op-cell.ts";

export class Do extends VectorOp {
  constructor(ops: Vector) {
    super(OP_TAG.DO, ops);
  }

  protected override run(ctx: Context): Outcome {
    if (!ctx.charge(JUICE.DO)) return EXIT;
    return executeEach(ctx, this.ops, 0, executeOp);
  }

  protected override makeCode(): Code {
    if (this.ops.count > CHILD_CODES_MAX) return super.makeCode();
    const codes = childCodes(this.ops, 0);
    return (ctx) => {
      const { depth } = ctx;
      if (depth >= MAX_DEPTH) return ctx.depthError();
      if (!ctx.charge(JUICE.DO)) return EXIT;
      ctx.depth = depth + 1;
      const outcome = runEach(ctx, codes);
      ctx.depth = depth;
      return outcome;
    };
  }

  override printTo(sink: PrintSink): boolean {
    return printForm(sink, "do", this.ops);
  }
}
