// The op of `try`, which executes branches until one does not fail: `c0 ba R(vector of ops)`, 50
// juice before each. Only errors are caught, not juice failures and other exits, and none of the
// last branch.

import type { Slot, Value } from "../../data/cell.ts";
import { ByteFlag } from "../../data/generic-cells.ts";
import type { PrintSink } from "../../data/printable.ts";
import type { Context } from "../context.ts";
import { ErrorExit, EXIT, type Outcome } from "../exits.ts";
import { ContextIdentity, registersOf, restoreRegisters } from "../history/context-identity.ts";
import { JUICE } from "../juice.ts";
import { ELEMENT, printableVector, printOp } from "../text/unprintable.ts";
import { executeStrictly } from "./op.ts";
import { OP_CODE, OP_TAG, PairOp, printForm } from "./op-cell.ts";
import { vectorOperand } from "./operand.ts";

function printBranch(sink: PrintSink, op: Value): boolean {
  return printOp(sink, op, ELEMENT);
}

export class Try extends PairOp {
  constructor(ops: Slot) {
    super(OP_TAG.CODED, ByteFlag.of(OP_CODE.TRY), ops);
  }

  protected override run(ctx: Context): Outcome {
    const branches = vectorOperand(this.second);
    const last = branches.count - 1;
    if (last < 0) return ctx.withResult(JUICE.TRY, null);
    const { identity } = ctx;
    for (let i = 0; ; i++) {
      if (!ctx.charge(JUICE.TRY)) return EXIT;
      const registers = registersOf(ctx);
      ctx.identity = new ContextIdentity();
      const outcome = executeStrictly(ctx, branches.get(i));
      const { exit } = ctx;
      if (outcome !== EXIT || i === last || !(exit instanceof ErrorExit)) {
        identity.left = registers;
        return outcome;
      }
      // Of the failed branch only the juice used stays (T21), and its error code as `*result*`.
      restoreRegisters(ctx, registers);
      ctx.identity = identity;
      ctx.result = exit.code;
    }
  }

  override printTo(sink: PrintSink): boolean {
    return printForm(sink, "try", printableVector(this.second, "ops"), printBranch);
  }
}
