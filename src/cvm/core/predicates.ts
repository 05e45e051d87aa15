// hot: see test/bench. Core predicates of types (sheet 02 §19): one argument of any kind, 20 juice.
// For a generic cell that the CVM does not know (sheet 01 §11) its structure decides.

import { Address } from "../../data/address.ts";
import { Blob } from "../../data/blob.ts";
import type { Value } from "../../data/cell.ts";
import { CVMDouble } from "../../data/double.ts";
import { isInteger, isLong } from "../../data/integer.ts";
import { Keyword } from "../../data/keyword.ts";
import { List } from "../../data/list.ts";
import { CVMSet } from "../../data/set.ts";
import { CVMString } from "../../data/string.ts";
import { CVMSymbol } from "../../data/symbol.ts";
import { Syntax } from "../../data/syntax.ts";
import { Vector } from "../../data/vector.ts";
import { type CoreFn, corePredicate } from "../call/core-fn.ts";
import { isFunctionValue } from "../call/function-value.ts";
import { isNumeric, noteComputed } from "./arguments.ts";
import { countOf, isCountable } from "./countables.ts";
import { isMapLike, isStructure } from "./structures.ts";

function isEmpty(v: Value): boolean {
  return v === null || (isCountable(v) && countOf(v) === 0);
}

function isZero(v: Value): boolean {
  return v === 0 || (v instanceof CVMDouble && v.value === 0);
}

/** `nan?` is true only of the NaN that the CVM computes. */
function isCanonicalNaN(v: Value): boolean {
  return v instanceof CVMDouble && Number.isNaN(v.value) && !v.isOddNaN;
}

export const PREDICATES: readonly CoreFn[] = [
  corePredicate(24, "syntax?", (v) => v instanceof Syntax),
  corePredicate(135, "boolean?", (v) => typeof v === "boolean"),
  corePredicate(240, "nil?", (v) => v === null),
  corePredicate(241, "vector?", (v) => v instanceof Vector),
  corePredicate(242, "list?", (v) => v instanceof List),
  corePredicate(243, "set?", (v) => v instanceof CVMSet),
  corePredicate(244, "map?", isMapLike),
  corePredicate(245, "coll?", isStructure),
  corePredicate(246, "empty?", isEmpty),
  corePredicate(247, "symbol?", (v) => v instanceof CVMSymbol),
  corePredicate(248, "keyword?", (v) => v instanceof Keyword),
  corePredicate(249, "blob?", (v) => v instanceof Blob),
  corePredicate(250, "address?", (v) => v instanceof Address),
  corePredicate(251, "long?", isLong),
  corePredicate(252, "int?", isInteger),
  corePredicate(253, "double?", (v) => v instanceof CVMDouble),
  corePredicate(254, "str?", (v) => v instanceof CVMString),
  corePredicate(255, "number?", isNumeric),
  corePredicate(256, "countable?", (v) => v === null || isCountable(v)),
  corePredicate(270, "nan?", isCanonicalNaN),
  corePredicate(271, "fn?", isFunctionValue),
  corePredicate(272, "zero?", isZero, noteComputed),
];
