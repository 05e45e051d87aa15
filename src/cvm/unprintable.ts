// Printing hand-made ops (sheet 02 T6): what the reference answers when a part is not what it
// should be. Its exception is thrown by `print`; `str` catches it and gives its text, which so can
// reach the State. The text names Java classes, and is as Java 17 to 25 make it.

import { Blob, BlobTree } from "../data/blob.ts";
import { Cell, type Value } from "../data/cell.ts";
import { UnprintableError } from "../data/errors.ts";
import { ByteFlag } from "../data/generic-cells.ts";
import { isLong } from "../data/integer.ts";
import { CVMMap } from "../data/map.ts";
import type { PrintSink } from "../data/printable.ts";
import { DenseRecord } from "../data/record.ts";
import { CVMSet } from "../data/set.ts";
import { CVMString } from "../data/string.ts";
import { TAG } from "../data/tag.ts";
import { Vector } from "../data/vector.ts";
import { ACCOUNT_STATUS_TAG } from "../state/account-status.ts";
import { Op } from "./ops/op.ts";
import { OP_CODE, OP_TAG } from "./ops/op-cell.ts";

const DATA = "convex.core.data.";
export const PRINT = "print(convex.core.data.util.BlobBuilder, long)";
const AOP = "convex.core.cvm.AOp";
export const ACLOSURE = "convex.core.lang.impl.AClosure";
const AVECTOR = `${DATA}AVector`;

/** A part that is nil: what is called on it, and how the reference got it. */
export function missing(call: string, origin: string): UnprintableError {
  const message = `Cannot invoke "${call}" because ${origin} is null`;
  return new UnprintableError(`java.lang.NullPointerException Print failed: ${message}`);
}

/** A part of another class than the one it is printed as. */
export function wrongClass(value: Value, wanted: string): UnprintableError {
  const name = className(value);
  const where = `(${name} and ${wanted} are in unnamed module of loader 'app')`;
  const message = `class ${name} cannot be cast to class ${wanted} ${where}`;
  return new UnprintableError(`java.lang.ClassCastException Print failed: ${message}`);
}

/** An op that is not there, in a vector of `count` ops that should have had more. */
export function noElement(count: number): UnprintableError {
  return new UnprintableError(`java.lang.IndexOutOfBoundsException Print failed: Index: ${count}`);
}

/** The vector in a part called `name`. @throws UnprintableError when it is none */
export function printableVector(value: Value, name: string): Vector {
  if (value instanceof Vector) return value;
  throw value === null ? missing(`${AVECTOR}.size()`, `"${name}"`) : wrongClass(value, AVECTOR);
}

/** Prints what has to be an op. @throws UnprintableError when it is none */
export function printOp(sink: PrintSink, op: Value, origin: string): boolean {
  if (op instanceof Op) return sink.value(op);
  throw op === null ? missing(`${AOP}.${PRINT}`, origin) : wrongClass(op, AOP);
}

/** How an op is got out of a vector. */
export const ELEMENT = `the return value of "${AVECTOR}.get(int)"`;
/** How the first or second part of an op is got. */
export const PART = `the return value of "${DATA}Ref.getValue()"`;

/** @throws UnprintableError for nil */
export function printPart(sink: PrintSink, part: Value, wanted: string): boolean {
  if (part === null) throw missing(`${wanted}.${PRINT}`, PART);
  return sink.value(part);
}

export function unprintableSymbol(symbol: Value): UnprintableError {
  const wanted = `${DATA}Symbol`;
  return symbol === null ? missing(`${wanted}.${PRINT}`, '"symbol"') : wrongClass(symbol, wanted);
}

function className(value: Value): string {
  if (typeof value === "boolean") return `${DATA}prim.CVMBool`;
  if (!(value instanceof Cell)) {
    return `${DATA}prim.${isLong(value) ? "CVMLong" : "CVMBigInteger"}`;
  }
  return `convex.core.${cellClass(value)}`;
}

function cellClass(cell: Cell): string {
  if (cell instanceof Vector) return `data.Vector${cell.isTree ? "Tree" : "Leaf"}`;
  if (cell instanceof CVMMap) return `data.Map${cell.isLeaf ? "Leaf" : "Tree"}`;
  if (cell instanceof CVMSet) return `data.Set${cell.isLeaf ? "Leaf" : "Tree"}`;
  if (cell instanceof Blob) return `data.Blob${cell instanceof BlobTree ? "Tree" : ""}`;
  if (cell instanceof CVMString) return `data.String${cell.slotCount > 0 ? "Tree" : "Short"}`;
  if (cell instanceof DenseRecord) return "data.DenseRecord";
  if (cell instanceof Op) return `cvm.ops.${opClass(cell)}`;
  return CLASSES.get(cell.tag) ?? "data.ACell";
}

function opClass(op: Op): string {
  if (op.tag !== OP_TAG.CODED) return OP_CLASSES.get(op.tag) ?? "Op";
  const code = op.slotAt(0);
  if (code === false) return "Constant";
  return code instanceof ByteFlag ? (CODED_CLASSES.get(code.tag) ?? "Op") : "Set";
}

const OP_CLASSES: ReadonlyMap<number, string> = new Map([
  [OP_TAG.LOOKUP, "Lookup"],
  [OP_TAG.LET, "Let"],
  [OP_TAG.LOOP, "Let"],
  [OP_TAG.DEF, "Def"],
  [OP_TAG.DO, "Do"],
  [OP_TAG.INVOKE, "Invoke"],
  [OP_TAG.COND, "Cond"],
  [OP_TAG.SPECIAL, "Special"],
  [OP_TAG.LOCAL, "Local"],
]);

const CODED_CLASSES: ReadonlyMap<number, string> = new Map([
  [OP_CODE.TRY, "Try"],
  [OP_CODE.QUERY, "Query"],
  [OP_CODE.LAMBDA, "Lambda"],
]);

/** Classes of the cells that have one for their tag. */
const CLASSES: ReadonlyMap<number, string> = new Map([
  [TAG.DOUBLE, "data.prim.CVMDouble"],
  [TAG.SYMBOL, "data.Symbol"],
  [TAG.KEYWORD, "data.Keyword"],
  [TAG.ADDRESS, "cvm.Address"],
  [TAG.LIST, "data.List"],
  [TAG.INDEX, "data.Index"],
  [TAG.SYNTAX, "cvm.Syntax"],
  [TAG.SIGNED, "data.SignedData"],
  [ACCOUNT_STATUS_TAG, "cvm.AccountStatus"],
  ...range(TAG.CHAR_BASE, 4, "data.prim.CVMChar"),
  ...range(TAG.BYTE_FLAG_BASE + 2, 14, "data.prim.ByteFlag"),
  ...range(TAG.CODED_BASE, 16, "data.CodedValue"),
  ...range(TAG.EXTENSION_BASE, 10, "data.ExtensionValue"),
]);

function range(from: number, count: number, name: string): [number, string][] {
  return Array.from({ length: count }, (_, i) => [from + i, name]);
}
