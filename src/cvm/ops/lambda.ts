// The op of `fn`, which makes a closure: `c0 bf R(function)`, 100 juice. Its environment is all
// current locals.

import type { Slot } from "../../data/cell.ts";
import { ByteFlag } from "../../data/generic-cells.ts";
import type { PrintSink } from "../../data/printable.ts";
import { Fn } from "../call/fn.ts";
import { MultiFn } from "../call/multi-fn.ts";
import type { Context } from "../context.ts";
import { HostError, type Outcome } from "../exits.ts";
import { JUICE } from "../juice.ts";
import { allLocals } from "../locals.ts";
import { ACLOSURE, missing, PART, PRINT, wrongClass } from "../text/unprintable.ts";
import { OP_CODE, OP_TAG, PairOp } from "./op-cell.ts";

export class Lambda extends PairOp {
  /** @param template Fn or MultiFn with nil environment */
  constructor(template: Slot) {
    super(OP_TAG.CODED, ByteFlag.of(OP_CODE.LAMBDA), template);
  }

  protected override run(ctx: Context): Outcome {
    const template = this.#template();
    return ctx.withResult(JUICE.LAMBDA, template.withEnvironment(allLocals(ctx)));
  }

  /** @throws HostError when the operand is no Fn or MultiFn (T6) */
  #template(): Fn | MultiFn {
    const template = this.second;
    if (template instanceof Fn || template instanceof MultiFn) return template;
    throw new HostError("Lambda of what is not a closure");
  }

  override printTo(sink: PrintSink): boolean {
    const template = this.second;
    if (template instanceof Fn || template instanceof MultiFn) return sink.value(template);
    throw template === null
      ? missing(`${ACLOSURE}.${PRINT}`, PART)
      : wrongClass(template, ACLOSURE);
  }
}
