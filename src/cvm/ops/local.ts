// hot: see test/bench. The op that reads a local: `e6 VLQ(position)`, 15 juice, also when there is
// no such local.

import type { Integer, Value } from "../../data/cell.ts";
import type { PrintSink } from "../../data/printable.ts";
import type { Context } from "../context.ts";
import { CODE } from "../error-code.ts";
import { EXIT, type Outcome } from "../exits.ts";
import { JUICE, MAX_DEPTH } from "../juice.ts";
import { localAt } from "../locals.ts";
import type { Code } from "./op.ts";
import { ExtensionOp, OP_TAG } from "./op-cell.ts";

export class Local extends ExtensionOp {
  /** 0 … 2^63-1; decoded ops may name a local that does not exist. */
  readonly position: Integer;

  constructor(position: Integer) {
    super();
    this.position = position;
  }

  protected override run(ctx: Context): Outcome {
    const value = localAt(ctx, this.position);
    return value === undefined ? this.outOfRange(ctx) : ctx.withResult(JUICE.LOOKUP, value);
  }

  protected override makeCode(): Code {
    const position = Number(this.position);
    return (ctx) => {
      if (ctx.depth >= MAX_DEPTH) return ctx.depthError();
      const { locals } = ctx;
      if (position >= locals.length) return this.outOfRange(ctx);
      return ctx.withResult(JUICE.LOOKUP, locals[position] as Value);
    };
  }

  private outOfRange(ctx: Context): typeof EXIT {
    ctx.fail(CODE.BOUNDS, `Bad position for Local: ${this.position}`);
    ctx.charge(JUICE.LOOKUP);
    return EXIT;
  }

  override printTo(sink: PrintSink): boolean {
    return sink.text(`%${this.position}`);
  }

  override get tag(): number {
    return OP_TAG.LOCAL;
  }
  protected override get operand(): Integer {
    return this.position;
  }
}
