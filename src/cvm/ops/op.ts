// hot: see test/bench. What every op is: a cell that can be executed (sheet 02 §3). `run` is the
// readable definition and the oracle of the tests; `code` is a closure made from the op when it is
// first executed, and what normally runs. Both give the same outcome, juice, registers and State.

import { Cell, type Value } from "../../data/cell.ts";
import type { PrintSink } from "../../data/printable.ts";
import type { Context } from "../context.ts";
import { EXIT, HostError, type Outcome } from "../exits.ts";
import { JUICE, MAX_DEPTH } from "../juice.ts";

/** An op in executable form: counts its own depth and charges its own juice. */
export type Code = (ctx: Context) => Outcome;

export abstract class Op extends Cell {
  #code: Code | null = null;
  #wasRun = false;

  /** The closure of this op, made once. */
  get code(): Code {
    if (this.#code === null) this.#code = this.makeCode();
    return this.#code;
  }

  get hasCode(): boolean {
    return this.#code !== null;
  }

  /**
   * Executes the definition the first time, and the closure from the second time on: most ops of a
   * transaction run once, and then a closure costs more than it saves (apply-form +7 %).
   */
  executeOften(ctx: Context): Outcome {
    if (this.#code !== null) return this.#code(ctx);
    if (this.#wasRun) return this.code(ctx);
    this.#wasRun = true;
    return this.execute(ctx);
  }

  /** Whether the op has no child ops, so that its closure can be made at once. */
  get isSimple(): boolean {
    return false;
  }

  /** What the op does; `ctx.depth` counts its own level already. */
  protected abstract run(ctx: Context): Outcome;

  /**
   * Makes the closure, without loading children. By default it executes the definition; the
   * children still run as closures.
   */
  protected makeCode(): Code {
    return (ctx) => this.execute(ctx);
  }

  abstract printTo(sink: PrintSink): boolean;

  /** Executes the definition, one level deeper. */
  execute(ctx: Context): Outcome {
    const { depth } = ctx;
    if (depth >= MAX_DEPTH) return ctx.depthError();
    ctx.depth = depth + 1;
    const outcome = this.run(ctx);
    ctx.depth = depth;
    return outcome;
  }
}

/** Executes an op one level deeper; a value that is no op is a constant (T6). */
export function executeOp(ctx: Context, op: Value): Outcome {
  if (!(op instanceof Op)) return executeConstant(ctx, op);
  return ctx.runsDefinitions || ctx.base !== null ? op.execute(ctx) : op.executeOften(ctx);
}

/** Executes a value in an op's place: as a Constant, for 5 juice. Raises :DEPTH. */
export function executeConstant(ctx: Context, value: Value): Outcome {
  if (ctx.depth >= MAX_DEPTH) return ctx.depthError();
  return ctx.withResult(JUICE.CONSTANT, value);
}

/**
 * Executes a child that has to be an op.
 * @throws HostError when it is not (T6)
 */
export function executeStrictly(ctx: Context, op: Value): Outcome {
  return executeOp(ctx, strictOp(op));
}

/** @throws HostError when the value is not an op (T6) */
export function strictOp(op: Value): Op {
  if (op instanceof Op) return op;
  throw new HostError("Not an op where only an op can be executed");
}

/** Executes the ops from index `from` on, until one exits. The last outcome; nil without ops. */
export function executeEach(
  ctx: Context,
  ops: { readonly count: number; get(i: number): Value },
  from: number,
  execute: (ctx: Context, op: Value) => Outcome,
): Outcome {
  if (from >= ops.count) {
    ctx.result = null;
    return null;
  }
  let outcome: Outcome = null;
  for (let i = from; i < ops.count; i++) {
    outcome = execute(ctx, ops.get(i));
    if (outcome === EXIT) return EXIT;
  }
  return outcome;
}
