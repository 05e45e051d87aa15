// hot: see test/bench. Macro expansion (sheet 02 §7). An expander is a function of a form and a
// continuation expander. The initial expander walks a form: a list headed by an expander it hands
// to that, the elements of everything else to the continuation.

import { Address } from "../../data/address.ts";
import { Cell, type Value } from "../../data/cell.ts";
import { hashKey } from "../../data/encode.ts";
import { List } from "../../data/list.ts";
import { CVMMap } from "../../data/map.ts";
import { CVMSet } from "../../data/set.ts";
import { CVMSymbol } from "../../data/symbol.ts";
import { Syntax } from "../../data/syntax.ts";
import { Vector } from "../../data/vector.ts";
import { CHUNK_SIZE } from "../../data/vector-shape.ts";
import { isSound } from "../../data/vector-sound.ts";
import { definitionOf } from "../account/definitions.ts";
import { CORE_CODE } from "../call/core-code.ts";
import { CoreFn } from "../call/core-fn.ts";
import { invokeTwo } from "../call/function-call.ts";
import { type Callee, isCallee } from "../call/function-value.ts";
import type { Context } from "../context.ts";
import { EXIT, type Outcome } from "../exits.ts";
import { hasArrays, replacedInList, replacedInVector } from "../history/array-vectors.ts";
import { mapOf } from "../history/maps.ts";
import { membersOf } from "../history/sets.ts";
import { JUICE, MAX_DEPTH } from "../juice.ts";
import { expansionOrder } from "./expansion-order.ts";
import { unwrap, withMergedMeta } from "./form-metadata.ts";

const LOOKUP = "lookup";
const { INITIAL_EXPANDER } = CORE_CODE;

/** Expands with any expander, one level deeper. */
export function expand(ctx: Context, expander: Value, form: Value, continuation: Value): Outcome {
  const { depth } = ctx;
  if (depth >= MAX_DEPTH) return ctx.depthError();
  ctx.depth = depth + 1;
  const outcome = invokeTwo(ctx, expander, form, continuation);
  ctx.depth = depth;
  return outcome;
}

/**
 * What core `*initial-expander*` does, on the level it is called from.
 * @param continuation a true function
 */
export function initialExpand(ctx: Context, form: Value, continuation: Value): Outcome {
  if (isAtom(form)) return ctx.withResult(JUICE.EXPAND_CONSTANT, form);
  if (form instanceof Syntax) return expandSyntax(ctx, form, continuation);
  if (form instanceof List) return expandList(ctx, form, continuation);
  if (form instanceof Vector) return expandVector(ctx, form, continuation);
  if (form instanceof CVMSet) return expandSet(ctx, form, continuation);
  if (form instanceof CVMMap) return expandMap(ctx, form, continuation);
  return ctx.withResult(JUICE.EXPAND_CONSTANT, form);
}

/** The commonest forms that expand to themselves. */
function isAtom(form: Value): boolean {
  return typeof form === "number" || form instanceof CVMSymbol;
}

/** Syntax is unwrapped in a loop: decoded forms can have any number of layers. */
function expandSyntax(ctx: Context, form: Syntax, continuation: Value): Outcome {
  const metas: CVMMap[] = [];
  let datum: Value = form;
  for (; datum instanceof Syntax; datum = datum.datum) metas.push(datum.meta);
  let outcome = initialExpand(ctx, datum, continuation);
  for (let i = metas.length - 1; i >= 0 && outcome !== EXIT; i--) {
    outcome = ctx.withResult(JUICE.EXPAND_CONSTANT, withMergedMeta(outcome, metas[i] as CVMMap));
  }
  return outcome;
}

function expandList(ctx: Context, form: List, continuation: Value): Outcome {
  if (form.count === 0) return ctx.withResult(JUICE.EXPAND_CONSTANT, form);
  const expander = expanderOf(ctx, form.get(0));
  if (expander !== null) return expand(ctx, expander, form, continuation);
  if (hasArrays()) return expandInPlace(ctx, form, continuation);
  const values = expandElements(ctx, form, continuation);
  if (values === EXIT) return EXIT;
  return ctx.withResult(JUICE.EXPAND_SEQUENCE, values === null ? form : List.from(values));
}

/** Replaces one element after the other, as the reference does, which shows with views (T37). */
function expandInPlace(ctx: Context, form: List | Vector, continuation: Value): Outcome {
  let expanded = form;
  for (let i = 0; i < form.count; i++) {
    const element = expanded.get(i);
    const outcome = expand(ctx, continuation, element, continuation);
    if (outcome === EXIT) return EXIT;
    if (outcome === element || (isDamaged(form) && isEqualCell(outcome, element))) continue;
    expanded =
      expanded instanceof List
        ? replacedInList(expanded, i, outcome)
        : replacedInVector(expanded, i, outcome);
  }
  return ctx.withResult(JUICE.EXPAND_SEQUENCE, expanded);
}

function expandVector(ctx: Context, form: Vector, continuation: Value): Outcome {
  if (form.count === 0) return ctx.withResult(JUICE.EXPAND_CONSTANT, form);
  if (hasArrays()) return expandInPlace(ctx, form, continuation);
  const values = expandElements(ctx, form, continuation);
  if (values === EXIT) return EXIT;
  return ctx.withResult(JUICE.EXPAND_SEQUENCE, values === null ? form : Vector.from(values));
}

function expandSet(ctx: Context, form: CVMSet, continuation: Value): Outcome {
  const values = expandEach(ctx, form, continuation);
  if (values === EXIT) return EXIT;
  // A set that was decoded in another order than its own is built anew in any case.
  return ctx.withResult(JUICE.EXPAND_SEQUENCE, CVMSet.from(membersOf(values ?? [...form])));
}

/** Expands the entries in an order in which the reference may do it (T29). */
function expandMap(ctx: Context, form: CVMMap, continuation: Value): Outcome {
  const entries: [Value, Value][] = [];
  for (const [key, value] of expansionOrder(form)) {
    const expandedKey = expand(ctx, continuation, key, continuation);
    if (expandedKey === EXIT) return EXIT;
    const expandedValue = expand(ctx, continuation, value, continuation);
    if (expandedValue === EXIT) return EXIT;
    entries.push([expandedKey, expandedValue]);
  }
  return ctx.withResult(JUICE.EXPAND_SEQUENCE, mapOf(entries));
}

/** Expands the elements of a list or vector; null when none has changed. */
function expandElements(
  ctx: Context,
  form: List | Vector,
  continuation: Value,
): Value[] | null | typeof EXIT {
  const { count } = form;
  if (count > CHUNK_SIZE) return expandEach(ctx, form, continuation);
  const isInitial = isInitialExpander(continuation);
  let values: Value[] | null = null;
  for (let i = 0; i < count; i++) {
    const element = form.get(i);
    const outcome = expandElement(ctx, element, continuation, isInitial);
    if (outcome === EXIT) return EXIT;
    if (values !== null) values.push(outcome);
    else if (outcome !== element) values = [...firstOf(form, i), outcome];
  }
  return values;
}

function firstOf(form: List | Vector, count: number): Value[] {
  const values: Value[] = [];
  for (let i = 0; i < count; i++) values.push(form.get(i));
  return values;
}

/** Whether it is not the same to keep a form, and to make it anew of the same elements. */
function isDamaged(form: Iterable<Value>): boolean {
  if (form instanceof List) return !isSound(form.vector);
  return form instanceof Vector && !isSound(form);
}

/** Whether two values are equal, whether or not they are one object. */
function isEqualCell(a: Value, b: Value): boolean {
  return a instanceof Cell && b instanceof Cell && hashKey(a) === hashKey(b);
}

/**
 * As expandElements; elements are not copied first, since there may be more than juice pays for.
 */
function expandEach(
  ctx: Context,
  elements: Iterable<Value>,
  continuation: Value,
): Value[] | null | typeof EXIT {
  const isInitial = isInitialExpander(continuation);
  const values: Value[] = [];
  let isChanged = false;
  for (const element of elements) {
    const outcome = expandElement(ctx, element, continuation, isInitial);
    if (outcome === EXIT) return EXIT;
    if (!isChanged && outcome !== element) {
      isChanged = !(isDamaged(elements) && isEqualCell(outcome, element));
    }
    values.push(outcome);
  }
  return isChanged ? values : null;
}

function isInitialExpander(continuation: Value): boolean {
  return continuation instanceof CoreFn && continuation.code === INITIAL_EXPANDER;
}

/** The commonest element and expander take a shortcut, for the same charge: apply-form +4 %. */
function expandElement(
  ctx: Context,
  element: Value,
  continuation: Value,
  isInitial: boolean,
): Outcome {
  return isInitial && isAtom(element) && ctx.depth < MAX_DEPTH
    ? ctx.withResult(JUICE.EXPAND_CONSTANT, element)
    : expand(ctx, continuation, element, continuation);
}

/**
 * The expander that the head of a list names: a symbol, or `(lookup …)`. Null when it names none.
 * Locals of that name are not asked (T18). Metadata of the head is ignored, but the parts of a
 * `lookup` must not have any.
 */
function expanderOf(ctx: Context, head: Value): Callee | null {
  const reference = unwrap(head);
  if (reference instanceof CVMSymbol) return expanderAt(ctx, reference, ctx.address);
  if (!(reference instanceof List) || reference.count < 2 || reference.count > 3) return null;
  const first = reference.get(0);
  if (!(first instanceof CVMSymbol) || first.name !== LOOKUP) return null;
  const symbol = reference.get(reference.count - 1);
  if (!(symbol instanceof CVMSymbol)) return null;
  if (reference.count === 2) return expanderAt(ctx, symbol, ctx.address);
  const address = addressOf(ctx, reference.get(1));
  return address === null ? null : expanderAt(ctx, symbol, address);
}

/** An Address literal, or the value of a symbol that is one. */
function addressOf(ctx: Context, form: Value): Address | null {
  const value = form instanceof CVMSymbol ? ctx.lookup(form) : form;
  return value instanceof Address ? value : null;
}

function expanderAt(ctx: Context, symbol: CVMSymbol, address: Address): Callee | null {
  const definition = definitionOf(ctx, symbol, address);
  if (definition === null || !definition.isExpander) return null;
  const { value } = definition;
  return isCallee(value) ? value : null;
}
