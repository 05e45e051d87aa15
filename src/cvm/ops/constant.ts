// hot: see test/bench. The op that gives a value: `c0 b0 R(value)`, 5 juice.

import type { Slot, Value } from "../../data/cell.ts";
import type { PrintSink } from "../../data/printable.ts";
import type { Context } from "../context.ts";
import type { Outcome } from "../exits.ts";
import { JUICE, MAX_DEPTH } from "../juice.ts";
import type { Code } from "./op.ts";
import { OP_TAG, PairOp } from "./op-cell.ts";

/** Small integers of which there is one Constant each: most numbers in forms are 0, 1 or 2. */
const SHARED_MIN = -16;
const SHARED_MAX = 255;

export class Constant extends PairOp {
  static readonly #shared: Constant[] = [];

  /** The Constant of a value. */
  static of(value: Value): Constant {
    if (typeof value !== "number" || value < SHARED_MIN || value > SHARED_MAX) {
      return new Constant(value);
    }
    const at = value - SHARED_MIN;
    let shared = Constant.#shared[at];
    if (shared === undefined) {
      shared = new Constant(value);
      Constant.#shared[at] = shared;
    }
    return shared;
  }

  constructor(value: Slot) {
    super(OP_TAG.CODED, false, value);
  }

  get value(): Value {
    return this.second;
  }

  override get isSimple(): boolean {
    return true;
  }

  protected override run(ctx: Context): Outcome {
    return ctx.withResult(JUICE.CONSTANT, this.value);
  }

  /** Without a closure, which would save nothing. */
  override executeOften(ctx: Context): Outcome {
    if (ctx.depth >= MAX_DEPTH) return ctx.depthError();
    return ctx.withResult(JUICE.CONSTANT, this.value);
  }

  protected override makeCode(): Code {
    // The value is read each time: it may be large, and not in memory until it is needed.
    return (ctx) => {
      if (ctx.depth >= MAX_DEPTH) return ctx.depthError();
      return ctx.withResult(JUICE.CONSTANT, this.value);
    };
  }

  override printTo(sink: PrintSink): boolean {
    return sink.value(this.value);
  }
}
