// The forms that the compiler knows by the symbol at their head (sheet 02 §8). Each gets the whole
// list, head included. Locals never shadow them.

import { Address } from "../../data/address.ts";
import type { Value } from "../../data/cell.ts";
import { Keyword } from "../../data/keyword.ts";
import type { List } from "../../data/list.ts";
import { CVMMap } from "../../data/map.ts";
import { CVMString } from "../../data/string.ts";
import { CVMSymbol } from "../../data/symbol.ts";
import { Syntax } from "../../data/syntax.ts";
import { Vector } from "../../data/vector.ts";
import { CORE_CODE } from "../call/core-code.ts";
import type { Context } from "../context.ts";
import { coreFunction } from "../core/index.ts";
import { CODE } from "../error-code.ts";
import { EXIT, type Outcome } from "../exits.ts";
import { returnTo } from "../history/context-identity.ts";
import { JUICE } from "../juice.ts";
import { Cond } from "../ops/cond.ts";
import { Constant } from "../ops/constant.ts";
import { Def } from "../ops/def.ts";
import { Do } from "../ops/do.ts";
import { InvokeOp } from "../ops/invoke-op.ts";
import { Let } from "../ops/let.ts";
import { Lookup } from "../ops/lookup.ts";
import { Loop } from "../ops/loop.ts";
import { Query } from "../ops/query.ts";
import { SetLocal } from "../ops/set-local.ts";
import { Special } from "../ops/special.ts";
import { Try } from "../ops/try.ts";
import { compileBinding, compileFunction, oneOp } from "./compile-function.ts";
import {
  compile,
  compileConstant,
  compileEach,
  expandCompile,
  expandCompileHere,
  formsFrom,
  staticConstant,
} from "./compiler.ts";
import { CompilerState } from "./compiler-state.ts";
import { mergedMeta, requireAllParts, unwrap } from "./form-metadata.ts";

type SpecialForm = (ctx: Context, list: List) => Outcome;

export const SPECIAL_FORMS: ReadonlyMap<string, SpecialForm> = new Map<string, SpecialForm>([
  ["do", compileDo],
  ["let", (ctx, list) => compileLet(ctx, "let", list, (names, ops) => new Let(names, ops))],
  ["loop", (ctx, list) => compileLet(ctx, "loop", list, (names, ops) => new Loop(names, ops))],
  ["lookup", compileLookup],
  ["cond", compileCond],
  ["def", compileDef],
  ["fn", compileFunction],
  ["quote", compileQuote],
  ["quasiquote", failQuasiquote],
  ["unquote", compileUnquote],
  ["try", compileTry],
  ["query", compileQuery],
  ["set!", compileSet],
]);

/** Compiles the forms after the head, and makes one op of theirs. */
function compileOps(ctx: Context, list: List, build: (ops: Value[]) => Value): Outcome {
  const ops = compileEach(ctx, formsFrom(list, 1));
  return ops === null ? EXIT : ctx.withResult(JUICE.COMPILE_NODE, build(ops));
}

function compileDo(ctx: Context, list: List): Outcome {
  return compileOps(ctx, list, (ops) => oneOp(ops, (all) => new Do(all)));
}

function compileTry(ctx: Context, list: List): Outcome {
  return compileOps(ctx, list, (ops) => oneOp(ops, (all) => new Try(all)));
}

function compileCond(ctx: Context, list: List): Outcome {
  return compileOps(ctx, list, (ops) => new Cond(Vector.from(ops)));
}

function compileQuery(ctx: Context, list: List): Outcome {
  return compileOps(ctx, list, (ops) => new Query(Vector.from(ops)));
}

/** Values and body are expanded once more before they are compiled. */
function compileLet(
  ctx: Context,
  form: "let" | "loop",
  list: List,
  build: (names: Vector, ops: Vector) => Value,
): Outcome {
  const bindings = list.count > 1 ? list.get(1) : null;
  if (!(bindings instanceof Vector)) {
    // The reference names what is there in a message, and a hand-made String may have no text
    // (T46).
    if (bindings instanceof CVMString && !bindings.blob.isSound) bindings.toBytes();
    return ctx.fail(CODE.SYNTAX, `${form} requires a vector of binding forms`);
  }
  if (bindings.count % 2 !== 0) {
    const message = `${form} requires an even number of forms in its binding vector`;
    return ctx.fail(CODE.SYNTAX, message);
  }
  const names: Value[] = [];
  const ops: Value[] = [];
  for (let i = 0; i < bindings.count; i += 2) {
    const op = expandCompile(ctx, bindings.get(i + 1));
    if (op === EXIT) return EXIT;
    ops.push(op);
    const name = bindings.get(i);
    if (!compileBinding(ctx, name)) return EXIT;
    names.push(name);
  }
  for (let i = 2; i < list.count; i++) {
    const op = expandCompile(ctx, list.get(i));
    if (op === EXIT) return EXIT;
    ops.push(op);
  }
  return ctx.withResult(JUICE.COMPILE_NODE, build(Vector.from(names), Vector.from(ops)));
}

function compileLookup(ctx: Context, list: List): Outcome {
  const n = list.count;
  if (n !== 2 && n !== 3) return ctx.fail(CODE.ARITY, "lookup requires one or two arguments");
  const addressOp = n === 3 ? compile(ctx, list.get(1)) : null;
  if (addressOp === EXIT) return EXIT;
  const symbol = list.get(n - 1);
  if (!(symbol instanceof CVMSymbol)) {
    return ctx.fail(CODE.COMPILE, "lookup requires a Symbol as last argument");
  }
  if (addressOp instanceof Constant) {
    const address = addressOp.value;
    if (!(address instanceof Address)) return ctx.castValueError(address, "Address");
    const constant = staticConstant(ctx, symbol, address);
    if (constant !== null) return ctx.withResult(JUICE.COMPILE_LOOKUP, constant);
  }
  return ctx.withResult(JUICE.COMPILE_NODE, new Lookup(addressOp, symbol));
}

function compileDef(ctx: Context, list: List): Outcome {
  const n = list.count;
  if (n !== 2 && n !== 3) return ctx.fail(CODE.COMPILE, "def requires a symbol and a value");
  const target = list.get(1);
  const symbol = unwrap(target);
  if (!(symbol instanceof CVMSymbol)) {
    requireAllParts(symbol);
    return ctx.fail(CODE.COMPILE, "def requires a Symbol as first argument");
  }
  let meta = target instanceof Syntax ? target.meta : null;
  let op: Outcome = null;
  if (n === 3) {
    const value = list.get(2);
    if (value instanceof Syntax) meta = mergedMeta(meta ?? CVMMap.EMPTY, value.meta);
    op = compile(ctx, unwrap(value));
    if (op === EXIT) return EXIT;
  }
  const key = meta === null ? symbol : Syntax.of(symbol, meta);
  return ctx.withResult(JUICE.COMPILE_NODE, new Def(key, op));
}

function compileQuote(ctx: Context, list: List): Outcome {
  if (list.count !== 2) return ctx.fail(CODE.ARITY, "quote requires one argument.");
  return compileConstant(ctx, list.get(1));
}

function failQuasiquote(ctx: Context): Outcome {
  return ctx.fail(CODE.COMPILE, "quasiquote must be expanded before it is compiled");
}

/** Executes its argument now, and compiles the resulting form. */
function compileUnquote(ctx: Context, list: List): Outcome {
  if (list.count !== 2) return ctx.fail(CODE.ARITY, "unquote requires one argument.");
  const op = expandCompile(ctx, list.get(1));
  if (op === EXIT) return EXIT;
  const { identity } = ctx;
  const value = ctx.execute(op);
  if (value === EXIT) return EXIT;
  returnTo(ctx, identity);
  const form = value instanceof Syntax ? value : Syntax.of(value, CVMMap.EMPTY);
  return expandCompileHere(ctx, form);
}

/** Juice of a `set!` that becomes a `def` if the symbol is declared when it runs: three ops. */
const SET_DYNAMIC = 3 * JUICE.COMPILE_NODE;

function compileSet(ctx: Context, list: List): Outcome {
  if (list.count !== 3) {
    return ctx.fail(CODE.ARITY, "set! requires two arguments, a symbol and an expression");
  }
  const symbol = list.get(1);
  if (!(symbol instanceof CVMSymbol)) {
    return ctx.fail(CODE.SYNTAX, "set! requires a symbol as first argument");
  }
  const op = compile(ctx, list.get(2));
  if (op === EXIT) return EXIT;
  const position = (ctx.compiler ?? CompilerState.EMPTY).position(symbol);
  if (position >= 0) return ctx.withResult(JUICE.COMPILE_NODE, new SetLocal(position, op));
  const def = new Def(symbol, op);
  if (ctx.account().definition(symbol) !== undefined) {
    return ctx.withResult(JUICE.COMPILE_NODE, def);
  }
  return ctx.withResult(SET_DYNAMIC, defineIfDeclared(symbol, def));
}

/** `(cond (lookup-meta *address* 'symbol) (def symbol …) (fail :UNDECLARED 'symbol))` */
function defineIfDeclared(symbol: CVMSymbol, def: Def): Cond {
  const isDefined = new InvokeOp(
    Vector.of(
      new Constant(coreFunction(CORE_CODE.LOOKUP_META)),
      Special.ofName("*address*"),
      new Constant(symbol),
    ),
  );
  const fail = new InvokeOp(
    Vector.of(
      new Constant(coreFunction(CORE_CODE.FAIL)),
      new Constant(Keyword.of("UNDECLARED")),
      new Constant(symbol),
    ),
  );
  return new Cond(Vector.of(isDefined, def, fail));
}
