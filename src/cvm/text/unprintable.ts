// Printing hand-made ops (sheet 02 T6): the exceptions of the reference when a part is not what it
// should be. `print` throws them; `str` catches them and gives their text, which so can reach the
// State. The texts name Java classes, and are as Java 17 to 25 make them.

import type { Value } from "../../data/cell.ts";
import {
  BlobFaultError,
  IndexFaultError,
  TrieFaultError,
  UnprintableError,
  type VectorFault,
  VectorFaultError,
} from "../../data/errors.ts";
import type { PrintSink } from "../../data/printable.ts";
import { Vector } from "../../data/vector.ts";
import { Op } from "../ops/op.ts";
import { javaClass } from "./java-class.ts";

const DATA = "convex.core.data.";
export const PRINT = "print(convex.core.data.util.BlobBuilder, long)";
const AOP = "convex.core.cvm.AOp";
export const ACLOSURE = "convex.core.lang.impl.AClosure";
const AVECTOR = `${DATA}AVector`;

/**
 * The exception for a part that is nil. @param call the method called on it; @param origin where
 * from
 */
export function missing(call: string, origin: string): UnprintableError {
  const message = `Cannot invoke "${call}" because ${origin} is null`;
  return new UnprintableError(`java.lang.NullPointerException Print failed: ${message}`);
}

/** The exception for a part that is cast to another class than its own. */
export function wrongClass(value: Value, wanted: string): UnprintableError {
  const name = javaClass(value);
  const where = `(${name} and ${wanted} are in unnamed module of loader 'app')`;
  const message = `class ${name} cannot be cast to class ${wanted} ${where}`;
  return new UnprintableError(`java.lang.ClassCastException Print failed: ${message}`);
}

/** The exception for an op missing from a vector of `count` ops. */
export function noElement(count: number): UnprintableError {
  return new UnprintableError(`java.lang.IndexOutOfBoundsException Print failed: Index: ${count}`);
}

/** The vector in the Java field `name`. @throws UnprintableError when it is none */
export function printableVector(value: Value, name: string): Vector {
  if (value instanceof Vector) return value;
  throw value === null ? missing(`${AVECTOR}.size()`, `"${name}"`) : wrongClass(value, AVECTOR);
}

/** Prints what has to be an op. @throws UnprintableError when it is none */
export function printOp(sink: PrintSink, op: Value, origin: string): boolean {
  if (op instanceof Op) return sink.value(op);
  throw op === null ? missing(`${AOP}.${PRINT}`, origin) : wrongClass(op, AOP);
}

/** How the reference gets an op out of a vector; for `missing`. */
export const ELEMENT = `the return value of "${AVECTOR}.get(int)"`;
/** How it gets the first or second part of an op. */
export const PART = `the return value of "${DATA}Ref.getValue()"`;

/** Prints a part of any class. @throws UnprintableError for nil */
export function printPart(sink: PrintSink, part: Value, wanted: string): boolean {
  if (part === null) throw missing(`${wanted}.${PRINT}`, PART);
  return sink.value(part);
}

/** The exception for a part that is printed as a Symbol and is none. */
export function unprintableSymbol(symbol: Value): UnprintableError {
  const wanted = `${DATA}Symbol`;
  return symbol === null ? missing(`${wanted}.${PRINT}`, '"symbol"') : wrongClass(symbol, wanted);
}

/** The text of the exception for a hand-made collection or Blob; null for any other error. */
export function faultText(error: unknown): string | null {
  if (error instanceof VectorFaultError) return vectorFaultText(error.fault);
  if (error instanceof BlobFaultError) return blobFaultText(error.fault);
  if (error instanceof TrieFaultError) return trieFaultText(error);
  if (!(error instanceof IndexFaultError)) return null;
  const { left, child } = error;
  if (left !== null) {
    return `java.lang.IndexOutOfBoundsException Print failed: Index out of range: ${left | 0}`;
  }
  const index = `${DATA}Index`;
  return (child === null ? missing(`${index}.count()`, '"c"') : wrongClass(child, index)).text;
}

function vectorFaultText(fault: VectorFault | null): string | null {
  if (fault === null) return null;
  if ("part" in fault) {
    if (fault.part !== null) return wrongClass(fault.part, AVECTOR).text;
    return missing(`${AVECTOR}.getElementRefUnsafe(long)`, fault.isFirst ? '"child"' : PART).text;
  }
  return outOfBoundsText(fault);
}

function blobFaultText(fault: BlobFaultError["fault"]): string {
  return "part" in fault ? wrongClass(fault.part, `${DATA}ABlob`).text : outOfBoundsText(fault);
}

function outOfBoundsText({ index, length }: { index: number; length: number }): string {
  const message = `Index ${index} out of bounds for length ${length}`;
  return `java.lang.ArrayIndexOutOfBoundsException Print failed: ${message}`;
}

function trieFaultText({ stride, index, child }: TrieFaultError): string {
  if (index !== null) {
    const place = stride === 2 ? `Index out of range: ${index | 0}` : `Entry index: ${index}`;
    return `java.lang.IndexOutOfBoundsException Print failed: ${place}`;
  }
  const wanted = `${DATA}${stride === 2 ? "AHashMap" : "AHashSet"}`;
  return (child === null ? missing(`${wanted}.count()`, '"child"') : wrongClass(child, wanted))
    .text;
}
