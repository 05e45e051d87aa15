// Core functions name, keyword and symbol (sheet 02 §19). A name is any 1 to 128 bytes.

import { keyOf } from "../../crypto/sha3.ts";
import { longOf } from "../../data/blob-damaged.ts";
import type { Value } from "../../data/cell.ts";
import { Keyword } from "../../data/keyword.ts";
import { MAX_NAME_LENGTH } from "../../data/name-table.ts";
import { CVMString } from "../../data/string.ts";
import { CVMSymbol } from "../../data/symbol.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import type { Context } from "../context.ts";
import { CODE } from "../error-code.ts";
import type { Outcome } from "../exits.ts";
import { JUICE } from "../juice.ts";

const ONE = { min: 1, max: 1 };

function nameOf(ctx: Context, args: Value[]): Outcome {
  const value = args[0] as Value;
  if (value instanceof CVMString) return ctx.withResult(JUICE.SIMPLE_FN, value);
  if (!(value instanceof Keyword || value instanceof CVMSymbol)) {
    return ctx.castError(0, value, "String");
  }
  const bytes = Buffer.from(value.name, "latin1");
  return ctx.withResult(JUICE.SIMPLE_FN, CVMString.fromBytes(bytes));
}

/** Stands for any name that is too long. */
const TOO_LONG = "x".repeat(MAX_NAME_LENGTH + 1);

/** Bytes of a String, Keyword or Symbol as characters 0–255; null for anything else. */
function rawName(value: Value): string | null {
  if (value instanceof Keyword || value instanceof CVMSymbol) return value.name;
  if (!(value instanceof CVMString)) return null;
  // Of a name that is too long nothing but the count is looked at: it may be damaged (T46).
  return value.count > MAX_NAME_LENGTH ? TOO_LONG : keyOf(value.toBytes());
}

/** `keyword` and `symbol`. */
function namesOf(
  code: number,
  type: "Keyword" | "Symbol",
  juice: number,
  fromName: (name: string) => Keyword | CVMSymbol | null,
): CoreFn {
  return coreFn(code, type.toLowerCase(), ONE, (ctx, args) => {
    const name = rawName(args[0] as Value);
    // The reference looks a Keyword up by the last bytes of its name, even if it is too long (T46).
    if (name === TOO_LONG && type === "Keyword") longOf((args[0] as CVMString).blob);
    if (name === null) return ctx.castError(0, args[0] as Value, type);
    const result = fromName(name);
    if (result === null) {
      return ctx.fail(
        CODE.ARGUMENT,
        `Invalid ${type} name, must be between 1 and ${MAX_NAME_LENGTH} characters`,
      );
    }
    return ctx.withResult(juice, result);
  });
}

export const SYMBOL_FNS: readonly CoreFn[] = [
  coreFn(14, "name", ONE, nameOf),
  namesOf(15, "Keyword", JUICE.KEYWORD, (name) => Keyword.fromName(name)),
  namesOf(16, "Symbol", JUICE.SYMBOL, (name) => CVMSymbol.fromName(name)),
];
