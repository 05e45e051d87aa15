// Errors of the data layer: what arrives broken, incomplete, or breaks only when it is used.

import type { Value } from "./cell.ts";

import { MissingDataError } from "./cell.ts";

/** Bytes that no cell has (sheet 01 §14). */
export class BadFormatError extends Error {
  readonly code = "FORMAT";
}

/** A message without store lacks a branch that its top cell needs; `hashKey` is the first one. */
export class PartialMessageError extends MissingDataError {}

/**
 * A cell that decoding had to accept although it is not canonical (sheet 01 §14) was used, and
 * what it should hold is not there: a child of the wrong type or length.
 */
export class BadStructureError extends Error {
  readonly code = "STRUCTURE";
}

/**
 * A hand-made cell has no printed form. `print` fails with it; `str` and messages show `text`,
 * which is what the reference makes of the exception that it meets.
 */
export class UnprintableError extends BadStructureError {
  readonly text: string;
  constructor(text: string) {
    super(text);
    this.text = text;
  }
}

/** An Index has no entry at a position where its counts have one, or a child that is no Index. */
export class IndexFaultError extends BadStructureError {
  /** How many entries further on it would be; null for such a child. */
  readonly left: number | null;
  /** That child. */
  readonly child: Value;
  constructor(left: number | null, child: Value = null) {
    super(left === null ? "a child of an Index is not an Index" : "an Index has too few entries");
    this.left = left;
    this.child = child;
  }
}

/** What is not there in a place of a Vector: of which array, or what stands in the place. */
export type VectorFault =
  | { readonly index: number; readonly length: number }
  | { readonly part: Value; readonly isFirst: boolean };

/** A Vector has nothing where its counts say that something is, or no Vector as a part. */
export class VectorFaultError extends BadStructureError {
  /** Null for a fault whose text nothing shows. */
  readonly fault: VectorFault | null;
  constructor(fault: VectorFault | null) {
    super("a Vector does not have the parts that its count says");
    this.fault = fault;
  }
}

/** A Blob has no child in a place, or one that is no Blob. */
export class BlobFaultError extends BadStructureError {
  /** Of which array, or what stands in the place. */
  readonly fault: { readonly index: number; readonly length: number } | { readonly part: Value };
  constructor(fault: BlobFaultError["fault"]) {
    super("a Blob does not have the parts that its count says");
    this.fault = fault;
  }
}

/**
 * A map or Set has no entry at a position where its counts have one, or a child that is none of its
 * kind.
 */
export class TrieFaultError extends BadStructureError {
  /** Slots of an entry: 1 of a Set, 2 of a map. */
  readonly stride: 1 | 2;
  /** The position in the tree whose children are too few; null for such a child. */
  readonly index: number | null;
  /** That child. */
  readonly child: Value;
  constructor(stride: 1 | 2, index: number | null, child: Value = null) {
    super(index === null ? "a child of a map or Set is none itself" : "a tree has too few entries");
    this.stride = stride;
    this.index = index;
    this.child = child;
  }
}

/** Whether an error says that calls nested so deep that the engine's stack was full. */
export function isStackOverflow(error: unknown): error is RangeError {
  return error instanceof RangeError && error.message.startsWith("Maximum call stack");
}

/** Where the reference dies of a Java `Error` (`Panic`), sheet 01 §21.1 rule 4. */
export class PanicError extends Error {
  readonly code = "PANIC";
}
