// The op of `query`, which executes ops and then puts State and locals back: `c0 bb R(vector of
// ops)`, 10 juice before. The outcome and the log stay (T21).

import type { Slot } from "../../data/cell.ts";
import { ByteFlag } from "../../data/generic-cells.ts";
import type { PrintSink } from "../../data/printable.ts";
import type { Context } from "../context.ts";
import { EXIT, type Outcome } from "../exits.ts";
import { JUICE } from "../juice.ts";
import { restoreLocals, saveLocals } from "../locals.ts";
import { printableVector } from "../text/unprintable.ts";
import { executeEach, executeOp } from "./op.ts";
import { OP_CODE, OP_TAG, PairOp, printForm } from "./op-cell.ts";
import { vectorOperand } from "./operand.ts";

export class Query extends PairOp {
  constructor(ops: Slot) {
    super(OP_TAG.CODED, ByteFlag.of(OP_CODE.QUERY), ops);
  }

  protected override run(ctx: Context): Outcome {
    if (!ctx.charge(JUICE.QUERY)) return EXIT;
    const { state } = ctx;
    const locals = saveLocals(ctx);
    const outcome = executeEach(ctx, vectorOperand(this.second), 0, executeOp);
    // If the origin has fewer coins again than in the query, its limit is looked at anew (T22).
    ctx.setState(state);
    restoreLocals(ctx, locals);
    return outcome;
  }

  override printTo(sink: PrintSink): boolean {
    return printForm(sink, "query", printableVector(this.second, "ops"));
  }
}
