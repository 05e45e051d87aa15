// hot: see test/bench. Binding forms (sheet 02 §5): a Symbol binds a local, a Vector destructures a
// data structure. The same for parameters, `let` and `loop`. Every binding clears the result
// register.

import type { Value } from "../../data/cell.ts";
import { doWork } from "../../data/free-work.ts";
import { minus } from "../../data/integer.ts";
import { checkNesting } from "../../data/nesting.ts";
import { CVMSymbol } from "../../data/symbol.ts";
import { Vector } from "../../data/vector.ts";
import { print } from "../../lang/printer.ts";
import type { Context } from "../context.ts";
import { countOf } from "../core/countables.ts";
import {
  elementAt,
  isStructure,
  rangeOf,
  type Structure,
  structureCount,
} from "../core/structures.ts";
import { CODE } from "../error-code.ts";
import { markAsArray, refValue } from "../history/array-vectors.ts";
import { argumentsAsVector } from "../history/shared-arguments.ts";
import { typeName } from "../text/type-name.ts";

/** Name that binds nothing. */
export const IGNORED = "_";
/** Name before the form that binds all remaining arguments. */
const VARIADIC = "&";

/** What a vector of forms destructures: the arguments of a call, or a value. */
interface Source {
  readonly count: number;
  get(i: number): Value;
  /** The n-th element from the end; 1 is the last. */
  fromEnd(n: number): Value;
  /**
   * The elements from `start` on without the last `after`; null as `rangeOf` (core/structures.ts).
   */
  rest(start: number, after: number): Vector | null;
}

class ArgumentSource implements Source {
  readonly #args: readonly Value[];
  constructor(args: readonly Value[]) {
    this.#args = args;
  }
  get count(): number {
    return this.#args.length;
  }
  get(i: number): Value {
    return this.#args[i] as Value;
  }
  fromEnd(n: number): Value {
    return this.get(this.count - n);
  }
  rest(start: number, after: number): Vector {
    return markAsArray(argumentsAsVector(this.#args, start, this.count - after));
  }
}

class StructureSource implements Source {
  readonly #structure: Structure | null;
  readonly count: number;
  constructor(structure: Structure | null) {
    this.#structure = structure;
    this.count = structure === null ? 0 : structureCount(structure);
  }
  get(i: number): Value {
    return elementAt(this.#structure as Structure, i);
  }
  fromEnd(n: number): Value {
    const structure = this.#structure as Structure;
    return elementAt(structure, minus(countOf(structure), n));
  }
  rest(start: number, after: number): Vector | null {
    return this.#structure === null ? Vector.EMPTY : rangeOf(this.#structure, start, after);
  }
}

/**
 * Binds a value to a form, adding to `locals`; false on an error, which is in `ctx.exit`. A name
 * with metadata is no form to bind to, although it compiles (T19).
 * @param nesting how many forms this one is part of
 */
export function bind(
  ctx: Context,
  form: Value,
  value: Value,
  locals: Value[],
  nesting = 0,
): boolean {
  checkNesting(nesting);
  if (form instanceof CVMSymbol) {
    if (form.name !== IGNORED) locals.push(refValue(value));
    ctx.result = null;
    return true;
  }
  if (!(form instanceof Vector)) {
    ctx.fail(CODE.COMPILE, `Don't understand binding form of type: ${typeName(form)}`);
    return false;
  }
  if (value !== null && !isStructure(value)) {
    ctx.fail(CODE.CAST, "Trying to destructure an argument that is not a sequential collection");
    return false;
  }
  return bindElements(ctx, form, new StructureSource(value), locals, nesting + 1);
}

/** Binds arguments to the forms of a parameter vector; false on an error. */
export function bindEach(
  ctx: Context,
  forms: Vector,
  args: readonly Value[],
  locals: Value[],
): boolean {
  return bindElements(ctx, forms, new ArgumentSource(args), locals, 1);
}

/** Units of work (data/free-work.ts) of binding one form; juice is paid only for the first. */
const FORM_WORK = 60;

/** @param nesting of each of the forms, as in `bind` */
function bindElements(
  ctx: Context,
  forms: Vector,
  source: Source,
  locals: Value[],
  nesting: number,
): boolean {
  const n = forms.count;
  doWork(Math.min(n, source.count) * FORM_WORK);
  const { count } = source;
  let variadic = false;
  for (let i = 0; i < n; i++) {
    const form = forms.get(i);
    if (isVariadicMark(form)) {
      if (variadic) {
        ctx.fail(CODE.COMPILE, "Can't bind ampersand more than once in a single binding vector");
        return false;
      }
      if (!bindRest(ctx, forms, i, source, locals, nesting)) return false;
      variadic = true;
      i++;
      continue;
    }
    if (variadic ? n - i <= 0 : i >= count) {
      ctx.fail(
        CODE.ARITY,
        () => `Insufficient arguments (${count}) for binding form: ${print(forms)}`,
      );
      return false;
    }
    const value = variadic ? source.fromEnd(n - i) : source.get(i);
    if (!bind(ctx, form, value, locals, nesting)) return false;
  }
  if (!variadic && count !== n) {
    ctx.fail(
      CODE.ARITY,
      () => `Expected ${n} arguments but got ${count} for binding form: ${print(forms)}`,
    );
    return false;
  }
  ctx.result = null;
  return true;
}

/** Binds the form after the `&` at index i to what the forms behind that leave. */
function bindRest(
  ctx: Context,
  forms: Vector,
  i: number,
  source: Source,
  locals: Value[],
  nesting: number,
): boolean {
  const after = forms.count - i - 2;
  if (after < 0) {
    ctx.fail(CODE.COMPILE, "Can't bind ampersand at end of binding form");
    return false;
  }
  if (source.count - after < i) {
    ctx.fail(CODE.ARITY, "Insufficient arguments to allow variadic binding");
    return false;
  }
  return bind(ctx, forms.get(i + 1), source.rest(i, after), locals, nesting);
}

/** Whether a binding form is `&`: the form after it binds all that the others leave. */
export function isVariadicMark(form: Value): boolean {
  return form instanceof CVMSymbol && form.name === VARIADIC;
}
