// Type names as they stand in error messages (sheet 02 §17).

import { Address } from "../../data/address.ts";
import { Blob } from "../../data/blob.ts";
import type { Value } from "../../data/cell.ts";
import { CVMChar } from "../../data/char.ts";
import { CVMDouble } from "../../data/double.ts";
import { Index } from "../../data/index-map.ts";
import { Keyword } from "../../data/keyword.ts";
import { List } from "../../data/list.ts";
import { CVMMap } from "../../data/map.ts";
import { DataRecord, DenseRecord } from "../../data/record.ts";
import { CVMSet } from "../../data/set.ts";
import { SignedData } from "../../data/signed.ts";
import { CVMString } from "../../data/string.ts";
import { CVMSymbol } from "../../data/symbol.ts";
import { Syntax } from "../../data/syntax.ts";
import { Vector } from "../../data/vector.ts";
import { Transaction } from "../../state/transaction.ts";
import { FunctionValue } from "../call/function-value.ts";
import { Op } from "../ops/op.ts";

/** Name of the type of a value. */
export function typeName(value: Value): string {
  if (value === null) return "Nil";
  if (typeof value === "boolean") return "Boolean";
  if (typeof value === "number" || typeof value === "bigint") return "Integer";
  if (value instanceof CVMDouble) return "Double";
  if (value instanceof CVMString) return "String";
  if (value instanceof Keyword) return "Keyword";
  if (value instanceof CVMSymbol) return "Symbol";
  if (value instanceof Address) return "Address";
  if (value instanceof Blob) return "Blob";
  if (value instanceof CVMChar) return "Character";
  return structureTypeName(value);
}

function structureTypeName(value: Value): string {
  if (value instanceof Vector) return "Vector";
  if (value instanceof List) return "List";
  if (value instanceof CVMMap) return "Map";
  if (value instanceof CVMSet) return "Set";
  if (value instanceof Index) return "Index";
  if (value instanceof Syntax) return "Syntax";
  if (value instanceof FunctionValue) return "Function";
  if (value instanceof Op) return "Op";
  if (value instanceof Transaction) return "Transaction";
  if (value instanceof DenseRecord) return "CAD3";
  return value instanceof DataRecord || value instanceof SignedData ? "Record" : "Any";
}
