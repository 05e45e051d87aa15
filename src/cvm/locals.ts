// Locals by position (sheet 02 §3.1). Nearly always they are an array, which whoever adds to it
// copies first. But a hand-made function can have an environment of any length, and code can bind
// as many names as it pays for. Copying that many would take longer than the juice is worth, so
// those beyond ARRAY_LOCALS_MAX are in `ctx.base`, a Vector of the locals before those of the
// array. While there is one, ops run by their definitions: closures only know the array.

import type { Integer, Value } from "../data/cell.ts";
import { minus } from "../data/integer.ts";
import { MAX_COPY_COUNT, Vector } from "../data/vector.ts";
import { isSound } from "../data/vector-sound.ts";
import type { Context } from "./context.ts";
import { refValue } from "./history/array-vectors.ts";

/** Most locals that a frame begins with in an array. */
export const ARRAY_LOCALS_MAX = 1024;

/** The array of a frame without locals; shared, since whoever adds to it copies it first. */
export const NO_LOCALS: Value[] = [];

/** Locals that are to be put back later. */
export interface SavedLocals {
  readonly locals: Value[];
  readonly base: Vector | null;
}

/** The current locals, not copied: whoever changes a local replaces the array or base. */
export function saveLocals(ctx: Context): SavedLocals {
  return { locals: ctx.locals, base: ctx.base };
}

/** Puts saved locals back, which also undoes what `set!` has changed since. */
export function restoreLocals(ctx: Context, saved: SavedLocals): void {
  ctx.locals = saved.locals;
  ctx.base = saved.base;
}

/** Begins a frame: `base` is an environment that is too long for an array, or null. */
export function enterLocals(ctx: Context, base: Vector | null, locals: Value[]): void {
  ctx.base = base;
  ctx.locals = locals;
  settleLocals(ctx);
}

/**
 * Moves the locals of the array into the base when they are too many. Behind a hand-made base it
 * moves all of them: the cells of such a Vector decide where an element is found again (T47).
 */
export function settleLocals(ctx: Context): void {
  const { base, locals } = ctx;
  const isShort = locals.length <= ARRAY_LOCALS_MAX;
  if (isShort && (base === null || locals.length === 0 || isSound(base))) return;
  ctx.base = allLocals(ctx);
  ctx.locals = [];
}

/** All locals as a Vector, which later changes of locals do not touch. */
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
 * Replaces an existing local, in a copy of the array or base: whoever saved them has the old ones.
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
