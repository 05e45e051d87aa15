// Locals by position (sheet 02 §3.1). Almost always they are an array, copied by whoever adds to
// it. A hand-made function can come with an environment of any length, and code can bind as many
// names as it pays for; then copying would cost more than the juice does, so that what exceeds
// ARRAY_LOCALS_MAX is kept in `ctx.base`, a Vector of the locals before those of the array. While
// there is one, ops run by their definition: closures only know the array.

import type { Integer, Value } from "../data/cell.ts";
import { minus } from "../data/integer.ts";
import { MAX_COPY_COUNT, Vector } from "../data/vector.ts";
import { isSound } from "../data/vector-sound.ts";
import type { Context } from "./context.ts";
import { refValue } from "./history/array-vectors.ts";

/** Most locals that a frame begins with in an array. */
export const ARRAY_LOCALS_MAX = 1024;

/** The array of a frame without locals; whoever adds to locals copies first. */
export const NO_LOCALS: Value[] = [];

/** Locals that are put back later. */
export interface SavedLocals {
  readonly locals: Value[];
  readonly base: Vector | null;
}

/** Costs no copy: whoever changes a local replaces array or base. */
export function saveLocals(ctx: Context): SavedLocals {
  return { locals: ctx.locals, base: ctx.base };
}

/** Also puts back what `set!` has changed since they were saved. */
export function restoreLocals(ctx: Context, saved: SavedLocals): void {
  ctx.locals = saved.locals;
  ctx.base = saved.base;
}

/** Begins a frame: an environment that is too long for the array, if any, and the rest. */
export function enterLocals(ctx: Context, base: Vector | null, locals: Value[]): void {
  ctx.base = base;
  ctx.locals = locals;
  settleLocals(ctx);
}

/**
 * Moves what makes the array too long to copy into the base, and whatever is put behind a base that
 * a hand made: its cells decide where it is found again (T47).
 */
export function settleLocals(ctx: Context): void {
  const { base, locals } = ctx;
  const isShort = locals.length <= ARRAY_LOCALS_MAX;
  if (isShort && (base === null || locals.length === 0 || isSound(base))) return;
  ctx.base = allLocals(ctx);
  ctx.locals = [];
}

/** All locals as a Vector, which shares nothing that changes. */
export function allLocals(ctx: Context): Vector {
  const { base, locals } = ctx;
  if (base === null) return Vector.from(locals.slice());
  const isShort = base.count <= MAX_COPY_COUNT - locals.length;
  if (isShort && isSound(base)) return base.concat(Vector.from(locals));
  let all = base;
  for (const value of locals) all = all.append(value);
  return all;
}

/** Value of a local, undefined when there is none at that position. */
export function localAt(ctx: Context, position: Integer): Value | undefined {
  const { base } = ctx;
  if (base === null) return ctx.locals[Number(position)];
  if (position < base.countInteger) return base.get(position);
  return ctx.locals[Number(minus(position, base.countInteger))];
}

/**
 * Whether there is a local at that position; false for negative ones, which hand-made ops may have.
 */
export function hasLocal({ base, locals }: Context, position: Integer): boolean {
  const own = base === null ? position : minus(position, base.countInteger);
  return position >= 0 && own < locals.length;
}

/**
 * Replaces a local that is there. Array and base are copies, so that whoever saved them has the
 * old.
 */
export function setLocal(ctx: Context, position: Integer, value: Value): void {
  const { base } = ctx;
  if (base !== null && position < base.countInteger) {
    ctx.base = base.assoc(position, refValue(value));
    return;
  }
  const locals = ctx.locals.slice();
  const at = base === null ? position : minus(position, base.countInteger);
  locals[Number(at)] = refValue(value);
  ctx.locals = locals;
}
