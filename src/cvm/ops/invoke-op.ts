// hot: see test/bench. The op that calls a function: `db` and a vector body [fn-op arg-op …]. It
// costs nothing itself; the function is checked before the arguments are evaluated.

import type { Value } from "../../data/cell.ts";
import { BadStructureError, UnprintableError } from "../../data/errors.ts";
import { doWork } from "../../data/free-work.ts";
import { List } from "../../data/list.ts";
import type { PrintSink } from "../../data/printable.ts";
import type { Vector } from "../../data/vector.ts";
import { PRINT_LIMIT } from "../../lang/print-buffer.ts";
import { printBytes } from "../../lang/printer.ts";
import { PRINT_EXCEEDED_MESSAGE } from "../../lang/str-text.ts";
import { utf8Text } from "../../lang/utf8.ts";
import { invokeTwo } from "../call/function-call.ts";
import { isCallee } from "../call/function-value.ts";
import { invokeCode } from "../call/invoke-code.ts";
import type { Context } from "../context.ts";
import { ErrorExit, EXIT, HostError, type Outcome, type TraceLine } from "../exits.ts";
import type { ContextIdentity } from "../history/context-identity.ts";
import { JUICE } from "../juice.ts";
import { mayLackText } from "../text/text-check.ts";
import { CHILD_CODES_MAX } from "./child-code.ts";
import { type Code, executeOp } from "./op.ts";
import { OP_TAG, printForm, VectorOp } from "./op-cell.ts";

/** Units of work of printing an expression: 20 a byte of the longest text. */
const TEXT_WORK = 20 * PRINT_LIMIT;

export class InvokeOp extends VectorOp implements TraceLine {
  constructor(ops: Vector) {
    super(OP_TAG.INVOKE, ops);
  }

  protected override run(ctx: Context): Outcome {
    const { ops } = this;
    if (ops.count === 0) return ctx.withResult(JUICE.BUILD_DATA, List.EMPTY);
    const { identity } = ctx;
    const fn = executeOp(ctx, ops.get(0));
    if (fn === EXIT) return EXIT;
    if (!isCallee(fn)) return this.notCallable(ctx, fn, identity);
    if (ops.count === 3) return this.#runTwo(ctx, fn);
    const args: Value[] = [];
    for (let i = 1; i < ops.count; i++) {
      const arg = executeOp(ctx, ops.get(i));
      if (arg === EXIT) return EXIT;
      args.push(arg);
    }
    const outcome = ctx.invoke(fn, args);
    return outcome === EXIT ? this.traced(ctx) : outcome;
  }

  /** The commonest number of arguments needs no array. */
  #runTwo(ctx: Context, fn: Value): Outcome {
    const a = executeOp(ctx, this.ops.get(1));
    if (a === EXIT) return EXIT;
    const b = executeOp(ctx, this.ops.get(2));
    if (b === EXIT) return EXIT;
    const outcome = invokeTwo(ctx, fn, a, b);
    return outcome === EXIT ? this.traced(ctx) : outcome;
  }

  /**
   * Raises the error that the value in function position is no function.
   * @param identity of the context before that was evaluated
   * @throws HostError when a `try` has copied the context meanwhile (T30), or this expression can't
   *   be printed
   */
  notCallable(ctx: Context, value: Value, identity: ContextIdentity): typeof EXIT {
    if (ctx.identity !== identity) throw new HostError("No error in the context that was left");
    this.#requireText();
    ctx.castValueError(value, "Function");
    if (ctx.exit instanceof ErrorExit) ctx.exit.traceLines.push(new CalleeLine(this));
    return EXIT;
  }

  /** Prints this expression if that might fail, since the reference prints it for the trace. */
  #requireText(): void {
    if (!mayLackText(this)) return;
    doWork(TEXT_WORK);
    try {
      printBytes(this);
    } catch (error) {
      if (error instanceof UnprintableError) throw new HostError(error.message);
      throw error;
    }
  }

  /** Adds this expression to the trace of an error. */
  traced(ctx: Context): typeof EXIT {
    if (ctx.exit instanceof ErrorExit) ctx.exit.traceLines.push(this);
    return EXIT;
  }

  /** Line of an error trace; a part that cannot be printed is no error here. */
  text(): string {
    return traceText("In expression", this, PRINT_EXCEEDED_MESSAGE);
  }

  protected override makeCode(): Code {
    const { count } = this.ops;
    if (count === 0 || count > CHILD_CODES_MAX) return super.makeCode();
    return invokeCode(this);
  }

  override printTo(sink: PrintSink): boolean {
    return printForm(sink, "", this.ops);
  }
}

/** Line of an error trace for an expression that has no function in function position. */
class CalleeLine implements TraceLine {
  readonly #op: InvokeOp;
  constructor(op: InvokeOp) {
    this.#op = op;
  }
  text(): string {
    return traceText("Trying to get function for expression", this.#op, "null");
  }
}

/** @param beyond stands for an expression that is longer than the print limit */
function traceText(what: string, op: InvokeOp, beyond: string): string {
  try {
    const { bytes, complete } = printBytes(op, PRINT_LIMIT, { beyondMax: 0 });
    return `${what}: ${complete ? utf8Text(bytes) : beyond}`;
  } catch (error) {
    if (error instanceof BadStructureError) return "TRACE FAILED";
    throw error;
  }
}
