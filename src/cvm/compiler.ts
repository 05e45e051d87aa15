// The compiler (sheet 02 §8): expanded forms to ops. Juice, scope and the order of everything are
// consensus.

import type { Address } from "../data/address.ts";
import type { Value } from "../data/cell.ts";
import { Keyword } from "../data/keyword.ts";
import { List } from "../data/list.ts";
import { CVMMap } from "../data/map.ts";
import { CVMSet } from "../data/set.ts";
import { CVMSymbol } from "../data/symbol.ts";
import { Syntax } from "../data/syntax.ts";
import { Vector } from "../data/vector.ts";
import { print } from "../lang/printer.ts";
import type { Context } from "./context.ts";
import { CORE, CORE_BY_NAME } from "./core/index.ts";
import { CORE_CODE } from "./core-code.ts";
import { ErrorExit, EXIT, type Outcome, type TraceLine } from "./exits.ts";
import { unwrap } from "./expander.ts";
import { JUICE, MAX_DEPTH } from "./juice.ts";
import { definingAddress } from "./lookup.ts";
import { Constant } from "./ops/constant.ts";
import { InvokeOp } from "./ops/invoke.ts";
import { Local } from "./ops/local.ts";
import { Lookup } from "./ops/lookup.ts";
import { Op } from "./ops/op.ts";
import { Special } from "./ops/special.ts";
import { SPECIAL_FORMS } from "./special-forms.ts";

const STATIC = Keyword.of("static");
const HASH_MAP = CVMSymbol.of("hash-map");
const HASH_SET = CVMSymbol.of("hash-set");
/** Start of a symbol that names a native core definition. */
const NATIVE_PREFIX = "#%";
/** Text of a form that is too long to print. */
const TOO_LONG = "<<Print limit exceeded>>";

/** Expands and compiles, one level deeper; the compilation another one. */
export function expandCompile(ctx: Context, form: Value): Outcome {
  const { depth } = ctx;
  if (depth >= MAX_DEPTH) return ctx.depthError();
  ctx.depth = depth + 1;
  let outcome = ctx.invoke(coreFunction(CORE_CODE.INITIAL_EXPANDER), [
    form,
    coreFunction(CORE_CODE.INITIAL_EXPANDER),
  ]);
  if (outcome !== EXIT) outcome = compile(ctx, outcome);
  ctx.depth = depth;
  return outcome;
}

/** Compiles an expanded form, one level deeper. What it binds is forgotten afterwards. */
export function compile(ctx: Context, form: Value): Outcome {
  const { depth, compiler } = ctx;
  if (depth >= MAX_DEPTH) return ctx.depthError();
  ctx.depth = depth + 1;
  const outcome = compileForm(ctx, form);
  ctx.depth = depth;
  ctx.compiler = compiler;
  if (outcome === EXIT && ctx.exit instanceof ErrorExit) {
    ctx.exit.traceLines.push(new CompileLine(form));
  }
  return outcome;
}

/** A native core function; they are part of the machine. */
export function coreFunction(code: number): Value {
  return CORE.get(code) ?? null;
}

/** A Constant op, for the juice of a compiled constant. */
export function compileConstant(ctx: Context, value: Value): Outcome {
  return ctx.withResult(JUICE.COMPILE_CONSTANT, new Constant(value));
}

/** Compiles forms in turn; null on an exit. */
export function compileEach(ctx: Context, forms: readonly Value[], from: number): Value[] | null {
  const ops: Value[] = [];
  for (let i = from; i < forms.length; i++) {
    const op = compile(ctx, forms[i] as Value);
    if (op === EXIT) return null;
    ops.push(op);
  }
  return ops;
}

function compileForm(ctx: Context, wrapped: Value): Outcome {
  let form = wrapped;
  while (form instanceof Syntax) form = form.datum;
  if (form instanceof CVMSymbol) return compileSymbol(ctx, form);
  if (form instanceof List && form.count > 0) return compileList(ctx, form.toArray());
  if (form instanceof Vector && form.count > 0) return compileVector(ctx, form);
  if (form instanceof CVMMap && form.count > 0) {
    return compileList(ctx, [HASH_MAP, ...form.entries().flat()]);
  }
  if (form instanceof CVMSet && form.count > 0) {
    return compileList(ctx, [HASH_SET, ...form.toArray().reverse()]);
  }
  if (form instanceof Op) return ctx.withResult(JUICE.COMPILE_CONSTANT, form);
  return compileConstant(ctx, form);
}

function compileVector(ctx: Context, form: Vector): Outcome {
  const ops = compileEach(ctx, form.toArray(), 0);
  if (ops === null) return EXIT;
  const op = new InvokeOp(Vector.from([new Constant(coreFunction(CORE_CODE.VECTOR)), ...ops]));
  return ctx.withResult(JUICE.COMPILE_NODE, op);
}

function compileList(ctx: Context, forms: readonly Value[]): Outcome {
  const head = unwrap(forms[0] as Value);
  const special = head instanceof CVMSymbol ? SPECIAL_FORMS.get(head.name) : undefined;
  if (special !== undefined) return special(ctx, forms);
  const ops = compileEach(ctx, forms, 0);
  if (ops === null) return EXIT;
  return ctx.withResult(JUICE.COMPILE_NODE, new InvokeOp(Vector.from(ops)));
}

function compileSymbol(ctx: Context, symbol: CVMSymbol): Outcome {
  const position = ctx.compiler === null ? -1 : ctx.compiler.position(symbol);
  if (position >= 0) return ctx.withResult(JUICE.COMPILE_LOOKUP, new Local(position));
  const { name } = symbol;
  if (name.startsWith("*")) {
    const special = Special.ofName(name);
    if (special !== null) return ctx.withResult(0, special);
  }
  if (name.startsWith(NATIVE_PREFIX)) {
    const native = CORE_BY_NAME.get(name.slice(NATIVE_PREFIX.length));
    if (native !== undefined) return compileConstant(ctx, native);
  }
  const address = definingAddress(ctx, symbol, ctx.address) ?? ctx.address;
  return compileGlobal(ctx, symbol, ctx.address, new Constant(address));
}

/** A Constant where the definition is `:static`, else null. */
export function compileStatic(ctx: Context, symbol: CVMSymbol, address: Address): Constant | null {
  const meta = ctx.lookupMeta(symbol, address);
  if (meta === null || meta.get(STATIC) !== true) return null;
  return new Constant(ctx.lookup(symbol, address) ?? null);
}

function compileGlobal(
  ctx: Context,
  symbol: CVMSymbol,
  address: Address,
  addressOp: Constant,
): Outcome {
  const constant = compileStatic(ctx, symbol, address);
  return ctx.withResult(JUICE.COMPILE_LOOKUP, constant ?? new Lookup(addressOp, symbol));
}

/** Line of an error trace. */
class CompileLine implements TraceLine {
  readonly #form: Value;
  constructor(form: Value) {
    this.#form = form;
  }
  text(): string {
    return `Compiling:${print(this.#form) ?? TOO_LONG}`;
  }
}
