// Compiling `fn` and binding forms (sheet 02 §8).

import type { Value } from "../../data/cell.ts";
import { doWork } from "../../data/free-work.ts";
import { List } from "../../data/list.ts";
import { checkNesting } from "../../data/nesting.ts";
import { CVMSymbol } from "../../data/symbol.ts";
import { Vector } from "../../data/vector.ts";
import { IGNORED, isVariadicMark } from "../call/binding.ts";
import { Fn } from "../call/fn.ts";
import { MultiFn } from "../call/multi-fn.ts";
import type { Context } from "../context.ts";
import { CODE } from "../error-code.ts";
import { EXIT, HostError, type Outcome } from "../exits.ts";
import { JUICE } from "../juice.ts";
import { Constant } from "../ops/constant.ts";
import { Do } from "../ops/do.ts";
import { Lambda } from "../ops/lambda.ts";
import { compileEach, formsFrom } from "./compiler.ts";
import { CompilerState } from "./compiler-state.ts";
import { unwrap } from "./form-metadata.ts";

/** Most elements of a binding form; compiling them costs no juice. */
const BINDINGS_MAX = 2 ** 24;
/** Units of work (data/free-work.ts) of compiling one. */
const BINDING_WORK = 1000;

/**
 * Extends the lexical scope by what a binding form binds; false on an error.
 * @param nesting how many forms this one is part of
 * @throws NestingError, WorkLimitError: code can make a form of few Vectors that has any number
 */
export function compileBinding(ctx: Context, form: Value, nesting = 0): boolean {
  checkNesting(nesting);
  doWork(BINDING_WORK);
  const binding = unwrap(form);
  if (binding instanceof CVMSymbol) {
    if (binding.name === IGNORED) return true;
    ctx.compiler = (ctx.compiler ?? CompilerState.EMPTY).define(binding);
    return true;
  }
  if (binding instanceof Vector) return compileBindings(ctx, binding, nesting + 1);
  ctx.fail(CODE.COMPILE, "Bad binding form");
  return false;
}

/**
 * The same for the forms of a vector. There may be one `&`, before the form that binds the
 * remaining arguments; that form may be the symbol `&` again.
 */
function compileBindings(ctx: Context, forms: Vector, nesting: number): boolean {
  if (forms.count > BINDINGS_MAX) throw new HostError("A binding form of too many elements");
  let isMarked = false;
  for (let i = 0; i < forms.count; i++) {
    if (isVariadicMark(forms.get(i))) {
      i++;
      if (isMarked || i === forms.count) {
        ctx.fail(CODE.COMPILE, "Bad binding form");
        return false;
      }
      isMarked = true;
    }
    if (!compileBinding(ctx, forms.get(i), nesting)) return false;
  }
  return true;
}

/** `(fn [params] body…)` or `(fn ([params] body…) …)`. */
export function compileFunction(ctx: Context, list: List): Outcome {
  if (list.count < 2) {
    return ctx.fail(CODE.ARITY, "fn requires a vector of parameters");
  }
  const params = unwrap(list.get(1));
  if (params instanceof Vector) {
    const fn = compileInstance(ctx, params, list, 2);
    return fn === EXIT ? EXIT : ctx.withResult(JUICE.COMPILE_NODE, new Lambda(fn));
  }
  return compileArities(ctx, list);
}

/** A function of several arities: each costs as much as a function, and the whole once more. */
function compileArities(ctx: Context, list: List): Outcome {
  const members: Fn[] = [];
  for (let i = 1; i < list.count; i++) {
    const arity = unwrap(list.get(i));
    if (arity instanceof List && arity.count === 0) {
      return ctx.fail(CODE.ARITY, "fn requires a vector of parameters, found ()");
    }
    const params = arity instanceof List ? unwrap(arity.get(0)) : null;
    if (!(arity instanceof List) || !(params instanceof Vector)) {
      return ctx.fail(CODE.SYNTAX, "fn requires a list of function instances with params vectors");
    }
    const fn = compileInstance(ctx, params, arity, 1);
    if (fn === EXIT || !ctx.charge(JUICE.COMPILE_NODE)) return EXIT;
    members.push(fn);
  }
  return ctx.withResult(JUICE.COMPILE_NODE, new Lambda(new MultiFn(Vector.from(members))));
}

/**
 * Compiles the forms of a list from index `from` on as the body of a function with these
 * parameters.
 */
function compileInstance(ctx: Context, params: Vector, list: List, from: number): Fn | typeof EXIT {
  const scope = ctx.compiler;
  const ops = compileBinding(ctx, params) ? compileEach(ctx, formsFrom(list, from)) : null;
  ctx.compiler = scope;
  return ops === null
    ? EXIT
    : new Fn(
        params,
        null,
        oneOp(ops, (all) => new Do(all)),
      );
}

/** One op for several: a Constant nil for none, the op itself for one, else what `build` makes. */
export function oneOp(ops: Value[], build: (ops: Vector) => Value): Value {
  if (ops.length === 0) return new Constant(null);
  return ops.length === 1 ? (ops[0] as Value) : build(Vector.from(ops));
}
