// T30, T31, numbered on from sheet 02: the reference runs each branch of `try` in a copy of its
// context, and goes on with the copy. Two places in it still use the context that they had before:
// a call of what is no function finds no error there and throws, and `unquote` compiles its result
// as if nothing had happened since the copy was made. Here there is one Context. Its identity says
// for which of the reference's objects it stands, and an identity that was left keeps the registers
// of that time.
//
// ((try 5 2)) calls 5: without the `try` that is a CAST error, with it the Block is void. In (eval
// '(unquote (try (do (def x 1) 5) 2))) the 5 is compiled, and x is not defined.

import type { Integer, Value } from "../../data/cell.ts";
import type { Vector } from "../../data/vector.ts";
import type { State } from "../../state/state.ts";
import type { CompilerState } from "../compile/compiler-state.ts";
import type { Context } from "../context.ts";
import { restoreLocals, type SavedLocals, saveLocals } from "../locals.ts";

/** All registers that a copy of a context has of its own. */
export interface Registers {
  readonly state: State;
  readonly locals: SavedLocals;
  readonly log: Vector;
  readonly juice: number;
  readonly juiceLimit: number;
  readonly offer: Integer;
  readonly result: Value;
  readonly depth: number;
  readonly compiler: CompilerState | null;
}

/** Stands for one context object of the reference. */
export class ContextIdentity {
  /** Registers when the last copy was made, if the code went on with that copy. */
  left: Registers | null = null;
}

/** The current registers. Nothing in them is changed in place later on. */
export function registersOf(ctx: Context): Registers {
  const { state, log, juice, juiceLimit, offer, result, depth, compiler } = ctx;
  const locals = saveLocals(ctx);
  return { state, locals, log, juice, juiceLimit, offer, result, depth, compiler };
}

/** Puts all registers back but the juice used. */
export function restoreRegisters(ctx: Context, registers: Registers): void {
  ctx.enterState(registers.state);
  restoreLocals(ctx, registers.locals);
  ctx.log = registers.log;
  ctx.juiceLimit = registers.juiceLimit;
  ctx.offer = registers.offer;
  ctx.result = registers.result;
  ctx.depth = registers.depth;
  ctx.compiler = registers.compiler;
}

/** Goes on with a context that copies may have replaced, as if those had never run. */
export function returnTo(ctx: Context, identity: ContextIdentity): void {
  const { left } = identity;
  if (ctx.identity === identity || left === null) return;
  restoreRegisters(ctx, left);
  ctx.juice = left.juice;
  ctx.identity = identity;
  identity.left = null;
}
