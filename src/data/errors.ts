// Errors of the data layer: what arrives broken or incomplete, and what breaks only when it is
// used.
//
// "Hand-made" is said here and elsewhere of cells that no code of the reference builds, but that
// its decoding accepts (sheet 01 §14): counts that are not those of the parts, children of another
// type, ops without operands. Anybody can send such a cell in a transaction, and what the reference
// then does decides about a Block. "Sound" is a collection that is not like that. "Damaged" is one
// whose parts are not those that its count says.

import { MissingDataError, type Value } from "./cell.ts";

/** Bytes that no cell has (sheet 01 §14). */
export class BadFormatError extends Error {
  readonly code = "FORMAT";
}

/**
 * A message decoded without a source lacks a branch of its top cell; `hashKey` is the first one.
 */
export class PartialMessageError extends MissingDataError {}

/**
 * A hand-made cell was used, and what it should hold is not there: a child is missing, or has the
 * wrong type or length. In the reference this is an exception, and the Block is void.
 */
export class BadStructureError extends Error {
  readonly code = "STRUCTURE";
}

/**
 * A hand-made cell has no printed form. `print` fails with this error; `str` and messages show
 * `text`, which is what the reference makes of its exception.
 */
export class UnprintableError extends BadStructureError {
  readonly text: string;
  constructor(text: string) {
    super(text);
    this.text = text;
  }
}

/** A position has no entry in an Index, although its counts say so; or a child is no Index. */
export class IndexFaultError extends BadStructureError {
  /** For a missing entry: how many were still to be skipped where they ended. Null for a child. */
  readonly left: number | null;
  /** The child that is no Index. */
  readonly child: Value;
  constructor(left: number | null, child: Value = null) {
    super(left === null ? "a child of an Index is not an Index" : "an Index has too few entries");
    this.left = left;
    this.child = child;
  }
}

/**
 * What is wrong at a place of a Vector: `index` is outside of an array of `length` slots; or `part`
 * stands where a Vector should (`isFirst`: as a child of the Vector that was asked, not further
 * down).
 */
export type VectorFault =
  | { readonly index: number; readonly length: number }
  | { readonly part: Value; readonly isFirst: boolean };

/** A Vector has nothing where its count says that something is, or a part that is no Vector. */
export class VectorFaultError extends BadStructureError {
  /** Null where no text of the reference's exception is ever shown. */
  readonly fault: VectorFault | null;
  constructor(fault: VectorFault | null) {
    super("a Vector does not have the parts that its count says");
    this.fault = fault;
  }
}

/** A Blob has no child at a place, or one that is no Blob. */
export class BlobFaultError extends BadStructureError {
  /** `index` is outside of an array of `length` slots, or `part` stands where a Blob should. */
  readonly fault: { readonly index: number; readonly length: number } | { readonly part: Value };
  constructor(fault: BlobFaultError["fault"]) {
    super("a Blob does not have the parts that its count says");
    this.fault = fault;
  }
}

/**
 * A position has no entry in a map or Set, although the counts say so; or a child of a map is no
 * map, of a Set no Set.
 */
export class TrieFaultError extends BadStructureError {
  /** Slots of an entry: 1 in a Set, 2 in a map. */
  readonly stride: 1 | 2;
  /** The position, counted in the tree that ends before it; null for a child. */
  readonly index: number | null;
  /** The child of the wrong type. */
  readonly child: Value;
  constructor(stride: 1 | 2, index: number | null, child: Value = null) {
    super(index === null ? "a child of a map or Set is none itself" : "a tree has too few entries");
    this.stride = stride;
    this.index = index;
    this.child = child;
  }
}

/** Whether an error is the JavaScript engine's for calls that nest too deep. */
export function isStackOverflow(error: unknown): error is RangeError {
  return error instanceof RangeError && error.message.startsWith("Maximum call stack");
}

/** The reference would die of a Java `Error` here (its `Panic`; sheet 01 §21.1 rule 4). */
export class PanicError extends Error {
  readonly code = "PANIC";
}
