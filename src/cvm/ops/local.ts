// hot: see test/bench. The op that reads a local: `e6 VLQ(position)`, 15 juice, also when there is
// no such local.

import type { Integer, Slot, Value } from "../../data/cell.ts";
import type { PrintSink } from "../../data/printable.ts";
import { vlqLength, type Writer } from "../../data/writer.ts";
import type { Context } from "../context.ts";
import { CODE } from "../error-code.ts";
import { EXIT, type Outcome } from "../exits.ts";
import { JUICE, MAX_DEPTH } from "../juice.ts";
import { localAt } from "../locals.ts";
import { type Code, Op } from "./op.ts";
import { OP_TAG } from "./op-cell.ts";

export class Local extends Op {
  /** 0 … 2^63-1; decoded ops may name a local that does not exist. */
  readonly position: Integer;

  constructor(position: Integer) {
    super();
    this.position = position;
  }

  override get isSimple(): boolean {
    return true;
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
  override get slotCount(): number {
    return 0;
  }
  override slotAt(index: number): Slot {
    throw new RangeError(`a local has no slot ${index}`);
  }
  override fillSlot(index: number): void {
    throw new RangeError(`a local has no slot ${index}`);
  }
  override measure(): number {
    return 1 + vlqLength(this.position);
  }
  override writeTo(w: Writer): void {
    w.byte(OP_TAG.LOCAL);
    w.vlq(this.position);
  }
}
