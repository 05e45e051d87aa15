// Errors of the data layer: what arrives broken, incomplete, or breaks only when it is used.

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

/** Where the reference dies of a Java `Error` (`Panic`), sheet 01 §21.1 rule 4. */
export class PanicError extends Error {
  readonly code = "PANIC";
}
