// hot: see test/bench. The compiler (sheet 02 §8): expanded forms to ops. Juice, scope and the
// order in which things happen are consensus.

import type { Address } from "../../data/address.ts";
import type { Value } from "../../data/cell.ts";
import { doWork } from "../../data/free-work.ts";
import { List } from "../../data/list.ts";
import { CVMMap } from "../../data/map.ts";
import { CVMSet } from "../../data/set.ts";
import { CVMSymbol } from "../../data/symbol.ts";
import { Syntax } from "../../data/syntax.ts";
import { Vector } from "../../data/vector.ts";
import { CHUNK_SIZE } from "../../data/vector-shape.ts";
import { print } from "../../lang/printer.ts";
import { PRINT_EXCEEDED_MESSAGE } from "../../lang/str-text.ts";
import { definingAddress, definitionOf } from "../account/definitions.ts";
import { CORE_CODE } from "../call/core-code.ts";
import { invokeTwo } from "../call/function-call.ts";
import type { Context } from "../context.ts";
import { CORE_BY_NAME, coreFunction } from "../core/index.ts";
import { ErrorExit, EXIT, HostError, type Outcome, type TraceLine } from "../exits.ts";
import { refValue } from "../history/array-vectors.ts";
import { JUICE, MAX_DEPTH } from "../juice.ts";
import { Constant } from "../ops/constant.ts";
import { InvokeOp } from "../ops/invoke-op.ts";
import { Local } from "../ops/local.ts";
import { Lookup } from "../ops/lookup.ts";
import { Op } from "../ops/op.ts";
import { Special } from "../ops/special.ts";
import { unwrap } from "./form-metadata.ts";
import { SPECIAL_FORMS } from "./special-forms.ts";

const HASH_MAP = CVMSymbol.of("hash-map");
const HASH_SET = CVMSymbol.of("hash-set");
const ASTERISK = 0x2a;
/** Start of a symbol that names a native core definition. */
const NATIVE_PREFIX = "#%";
/**
 * Units of work (data/free-work.ts) of taking the metadata off a form: an expander can hand over
 * one that has it any number of times, without having expanded it.
 */
const LAYER_WORK = 100;
/** Most forms compiled into one op. */
const COMPILED_MAX = 2 ** 24;

/** Expands a form one level deeper, and compiles the result yet one level deeper. */
export function expandCompile(ctx: Context, form: Value): Outcome {
  const { depth } = ctx;
  if (depth >= MAX_DEPTH) return ctx.depthError();
  ctx.depth = depth + 1;
  const outcome = expandCompileHere(ctx, form);
  ctx.depth = depth;
  return outcome;
}

/** As expandCompile, with the expansion on the current level. */
export function expandCompileHere(ctx: Context, form: Value): Outcome {
  const expander = coreFunction(CORE_CODE.INITIAL_EXPANDER);
  const outcome = invokeTwo(ctx, expander, form, expander);
  return outcome === EXIT ? EXIT : compile(ctx, outcome);
}

/** Compiles an expanded form, one level deeper. The lexical scope afterwards is that of before. */
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

/** A Constant op, for the juice of a compiled constant. */
export function compileConstant(ctx: Context, value: Value): Outcome {
  return ctx.withResult(JUICE.COMPILE_CONSTANT, Constant.of(value));
}

/**
 * Compiles forms one after the other; null on an exit. They are not copied first, since there may
 * be more of them than juice pays for.
 * @throws HostError above COMPILED_MAX forms, since there are forms that cost nothing
 */
export function compileEach(ctx: Context, forms: Iterable<Value>): Value[] | null {
  const ops: Value[] = [];
  for (const form of forms) {
    const op = compile(ctx, form);
    if (op === EXIT) return null;
    if (ops.length >= COMPILED_MAX) throw new HostError("A form of too many elements");
    ops.push(op);
  }
  return ops;
}

/** The forms of a list from index `from` on. */
export function* formsFrom(list: List, from: number): Generator<Value> {
  for (let i = from; i < list.count; i++) yield list.get(i);
}

/** As compileEach, of the elements of a list or vector. */
function compileElements(ctx: Context, forms: List | Vector): Value[] | null {
  const { count } = forms;
  if (count > CHUNK_SIZE) return compileEach(ctx, forms);
  const ops: Value[] = [];
  for (let i = 0; i < count; i++) {
    const op = compile(ctx, forms.get(i));
    if (op === EXIT) return null;
    ops.push(op);
  }
  return ops;
}

function compileForm(ctx: Context, wrapped: Value): Outcome {
  if (typeof wrapped === "number") return compileConstant(ctx, wrapped);
  let form: Value = wrapped;
  for (; form instanceof Syntax; form = form.datum) doWork(LAYER_WORK);
  if (form instanceof CVMSymbol) return compileSymbol(ctx, form);
  if (form instanceof List && form.count > 0) return compileList(ctx, form);
  if (form instanceof Vector && form.count > 0) return compileVector(ctx, form);
  if (form instanceof CVMMap && form.count > 0)
    return compileCall(ctx, compileEach(ctx, mapCall(form)));
  if (form instanceof CVMSet && form.count > 0)
    return compileCall(ctx, compileEach(ctx, setCall(form)));
  if (form instanceof Op) return ctx.withResult(JUICE.COMPILE_CONSTANT, form);
  return compileConstant(ctx, form);
}

function compileVector(ctx: Context, form: Vector): Outcome {
  const ops = compileElements(ctx, form);
  if (ops === null) return EXIT;
  const op = new InvokeOp(Vector.from([new Constant(coreFunction(CORE_CODE.VECTOR)), ...ops]));
  return ctx.withResult(JUICE.COMPILE_NODE, op);
}

function compileList(ctx: Context, list: List): Outcome {
  const head = unwrap(list.get(0));
  const special = head instanceof CVMSymbol ? SPECIAL_FORMS.get(head.name) : undefined;
  return special === undefined ? compileCall(ctx, compileElements(ctx, list)) : special(ctx, list);
}

/** @param ops of function and arguments; null on an exit */
function compileCall(ctx: Context, ops: Value[] | null): Outcome {
  if (ops === null) return EXIT;
  return ctx.withResult(JUICE.COMPILE_NODE, new InvokeOp(Vector.owning(ops)));
}

/** `(hash-map k v …)`, by whatever the account means by that name (T11). */
function* mapCall(map: CVMMap): Generator<Value> {
  yield HASH_MAP;
  for (const [key, value] of map.isFull ? map : map.entries()) {
    yield refValue(key);
    yield refValue(value);
  }
}

/** `(hash-set …)`, by whatever the account means by that name (T11); elements in reverse order. */
function* setCall(set: CVMSet): Generator<Value> {
  yield HASH_SET;
  for (let i = set.count - 1; i >= 0; i--) yield refValue(set.at(i));
}

function compileSymbol(ctx: Context, symbol: CVMSymbol): Outcome {
  const position = ctx.compiler === null ? -1 : ctx.compiler.position(symbol);
  if (position >= 0) return ctx.withResult(JUICE.COMPILE_LOOKUP, new Local(position));
  const { name } = symbol;
  if (name.charCodeAt(0) === ASTERISK) {
    const special = Special.ofName(name);
    if (special !== null) return ctx.withResult(0, special);
  }
  if (name.startsWith(NATIVE_PREFIX)) {
    const native = CORE_BY_NAME.get(name.slice(NATIVE_PREFIX.length));
    if (native !== undefined) return compileConstant(ctx, native);
  }
  const constant = staticConstant(ctx, symbol, ctx.address);
  if (constant !== null) return ctx.withResult(JUICE.COMPILE_LOOKUP, constant);
  const address = definingAddress(ctx, symbol, ctx.address) ?? ctx.address;
  return ctx.withResult(JUICE.COMPILE_LOOKUP, new Lookup(new Constant(address), symbol));
}

/**
 * What a symbol compiles to if its definition, looked up from `address` on, is `:static`; else
 * null.
 */
export function staticConstant(ctx: Context, symbol: CVMSymbol, address: Address): Constant | null {
  return definitionOf(ctx, symbol, address)?.constant ?? null;
}

/** Line of an error trace. */
class CompileLine implements TraceLine {
  readonly #form: Value;
  constructor(form: Value) {
    this.#form = form;
  }
  text(): string {
    return `Compiling:${print(this.#form) ?? PRINT_EXCEEDED_MESSAGE}`;
  }
}
