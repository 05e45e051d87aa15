// hot: see test/bench. The op of `cond`: pairs of test and value; an odd last op is the default,
// which is nil without one. Encoded `dc` and a vector body. 20 juice before.

import type { PrintSink } from "../../data/printable.ts";
import type { Vector } from "../../data/vector.ts";
import type { Context } from "../context.ts";
import { isTruthy } from "../core/truth.ts";
import { EXIT, type Outcome } from "../exits.ts";
import { JUICE, MAX_DEPTH } from "../juice.ts";
import { CHILD_CODES_MAX, childCodes } from "./child-code.ts";
import { type Code, executeOp } from "./op.ts";
import { OP_TAG, printForm, VectorOp } from "./op-cell.ts";

/** Ops of a Cond that is an `if` with both branches. */
const IF_COUNT = 3;

export class Cond extends VectorOp {
  constructor(ops: Vector) {
    super(OP_TAG.COND, ops);
  }

  protected override run(ctx: Context): Outcome {
    if (!ctx.charge(JUICE.COND_OP)) return EXIT;
    const { ops } = this;
    const n = ops.count;
    for (let i = 0; i + 1 < n; i += 2) {
      const test = executeOp(ctx, ops.get(i));
      if (test === EXIT) return EXIT;
      if (isTruthy(test)) return executeOp(ctx, ops.get(i + 1));
    }
    if (n % 2 === 1) return executeOp(ctx, ops.get(n - 1));
    return ctx.complete(null);
  }

  protected override makeCode(): Code {
    if (this.ops.count > CHILD_CODES_MAX) return super.makeCode();
    const codes = childCodes(this.ops, 0);
    return codes.length === IF_COUNT ? ifCode(codes) : condCode(codes);
  }

  override printTo(sink: PrintSink): boolean {
    return printForm(sink, "cond", this.ops);
  }
}

function ifCode(codes: Code[]): Code {
  return (ctx) => {
    const { depth } = ctx;
    if (depth >= MAX_DEPTH) return ctx.depthError();
    if (!ctx.charge(JUICE.COND_OP)) return EXIT;
    ctx.depth = depth + 1;
    let outcome = (codes[0] as Code)(ctx);
    if (outcome !== EXIT) outcome = (codes[isTruthy(outcome) ? 1 : 2] as Code)(ctx);
    ctx.depth = depth;
    return outcome;
  };
}

function condCode(codes: Code[]): Code {
  const n = codes.length;
  const choose: Code = (ctx) => {
    for (let i = 0; i + 1 < n; i += 2) {
      const test = (codes[i] as Code)(ctx);
      if (test === EXIT) return EXIT;
      if (isTruthy(test)) return (codes[i + 1] as Code)(ctx);
    }
    if (n % 2 === 1) return (codes[n - 1] as Code)(ctx);
    return ctx.complete(null);
  };
  return (ctx) => {
    const { depth } = ctx;
    if (depth >= MAX_DEPTH) return ctx.depthError();
    if (!ctx.charge(JUICE.COND_OP)) return EXIT;
    ctx.depth = depth + 1;
    const outcome = choose(ctx);
    ctx.depth = depth;
    return outcome;
  };
}
