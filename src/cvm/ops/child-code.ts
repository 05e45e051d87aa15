// hot: see test/bench. Closures of child ops. Each is made when the child is first executed, so an
// op that never runs is neither compiled nor loaded, and code nested deeper than it can run needs
// no stack.

import { Ref, type Slot, type Value } from "../../data/cell.ts";
import type { Vector } from "../../data/vector.ts";
import { CHUNK_SIZE } from "../../data/vector-shape.ts";
import type { Context } from "../context.ts";
import { EXIT, type Outcome } from "../exits.ts";
import { type Code, executeConstant, Op, strictOp } from "./op.ts";

/** Most children of an op that gets a closure of its own; a decoded one can have any number. */
export const CHILD_CODES_MAX = 64;

/** Puts the closure of a child in the place of the one that stands for it in the parent. */
type Patch = (code: Code) => void;

/** Closure of a value that is no op: a constant (T6). */
function constantCode(value: Value): Code {
  return (ctx) => executeConstant(ctx, value);
}

/**
 * Closure of a child. If that was not made yet: one that makes and patches it when first called.
 */
function childCode(op: Value, patch: Patch): Code {
  if (!(op instanceof Op)) return constantCode(op);
  if (op.hasCode || op.isSimple) return op.code;
  return (ctx) => {
    const { code } = op;
    patch(code);
    return code(ctx);
  };
}

/** Closures of the ops from index `from` on. */
export function childCodes(ops: Vector, from: number): Code[] {
  const codes: Code[] = [];
  for (let i = from; i < ops.count; i++) codes.push(elementCode(ops, i, codes, codes.length));
  return codes;
}

/** As childCodes, for places where only an op can be executed (T6). */
export function strictChildCodes(ops: Vector, from: number, until = ops.count): Code[] {
  const codes: Code[] = [];
  for (let i = from; i < until; i++) codes.push(strictElementCode(ops, i, codes, codes.length));
  return codes;
}

/** Element i if it is in memory; undefined when it has to be loaded. */
export function loadedElement(ops: Vector, i: number): Value | undefined {
  if (ops.count > CHUNK_SIZE) return undefined;
  const slot: Slot = ops.slotAt(i);
  return slot instanceof Ref ? undefined : slot;
}

function elementCode(ops: Vector, i: number, codes: Code[], at: number): Code {
  const patch = (code: Code) => {
    codes[at] = code;
  };
  const op = loadedElement(ops, i);
  if (op !== undefined) return childCode(op, patch);
  return (ctx) => {
    const code = codeOf(ops.get(i));
    patch(code);
    return code(ctx);
  };
}

function strictElementCode(ops: Vector, i: number, codes: Code[], at: number): Code {
  const op = loadedElement(ops, i);
  if (op instanceof Op) return elementCode(ops, i, codes, at);
  return (ctx) => {
    const { code } = strictOp(ops.get(i));
    codes[at] = code;
    return code(ctx);
  };
}

function codeOf(op: Value): Code {
  return op instanceof Op ? op.code : constantCode(op);
}

/** Runs closures one after the other, until one exits. The last outcome; nil without closures. */
export function runEach(ctx: Context, codes: readonly Code[]): Outcome {
  const n = codes.length;
  let outcome: Outcome = null;
  for (let i = 0; i < n; i++) {
    outcome = (codes[i] as Code)(ctx);
    if (outcome === EXIT) return EXIT;
  }
  if (n === 0) ctx.result = null;
  return outcome;
}
