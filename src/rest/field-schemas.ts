// Schemas of single fields: they validate requests and, by what they are made of, document them.
// The words of a refusal are the reference's (sheet 05 §1.9), so each route brings its own.
// Metadata stands before what transforms, because only that far is documented.

import * as v from "valibot";
import type { Address } from "../data/address.ts";
import type { Integer, Value } from "../data/cell.ts";
import { ParseError } from "../lang/reader.ts";
import {
  ADDRESS_TEXT,
  LONG_TEXT,
  parseAccountKey,
  parseAddress,
  parseHex,
  parseLong,
} from "./request-fields.ts";
import { readRequestForm } from "./request-form.ts";

const KEY_PATTERN = "^\\s*(?:0x)?[0-9a-fA-F]{64}\\s*$";

/** An integer as the body reader gives it. */
const LONG = v.pipe(v.bigint(), v.metadata({ type: "integer", format: "int64" }));

/** A number with fraction or exponent that is an integer all the same. */
const wholeDouble = (message: string) => v.pipe(v.number(), v.integer(message));

const textLike = (pattern: RegExp, message: string) =>
  v.pipe(v.string(), v.regex(pattern, message));

/** A step that parses, or refuses with the message. */
function parsed<T, R>(parse: (input: T) => R | null, message: (input: T) => string) {
  return v.rawTransform<T, R>(({ dataset, addIssue, NEVER }) => {
    const result = parse(dataset.value);
    if (result !== null) return result;
    addIssue({ message: message(dataset.value) });
    return NEVER;
  });
}

/** An Address in any spelling. */
export function addressField(message: string) {
  return v.pipe(
    v.union([textLike(ADDRESS_TEXT, message), LONG, wholeDouble(message)], message),
    v.metadata({ description: "Address of an account", examples: [12, "#12"] }),
    parsed<string | bigint | number, Address>(parseAddress, () => message),
  );
}

/** An Address, or null for whatever is none: the peer then takes a default. */
export const OPTIONAL_ADDRESS = v.pipe(
  v.optional(v.unknown()),
  v.metadata({
    description: "Address of an account; left out, or not an Address: #11",
    examples: [12, "#12"],
  }),
  v.transform(parseAddress),
);

/** A 64-bit integer, as JSON integer or decimal string. */
export function longField(message: string, description: string) {
  return v.pipe(
    v.union([textLike(LONG_TEXT, message), LONG], message),
    v.metadata({ description }),
    parsed<string | bigint, Integer>(
      (scalar) => parseLong(scalar, false),
      () => message,
    ),
  );
}

/** A 64-bit integer or nothing; `1.0` counts as one. */
export function optionalLongField(message: string, description: string) {
  return v.nullish(
    v.pipe(
      v.union([textLike(LONG_TEXT, message), LONG, wholeDouble(message)], message),
      v.metadata({ description }),
      parsed<string | bigint | number, Integer>(
        (scalar) => parseLong(scalar, true),
        () => message,
      ),
    ),
  );
}

/** An Ed25519 public key: `missing` when it is no string, `malformed(text)` when it is no key. */
export function accountKeyField(missing: string, malformed: (text: string) => string) {
  return v.pipe(
    v.string(missing),
    v.metadata({
      description: "Ed25519 public key: 64 hex digits, 0x allowed",
      pattern: KEY_PATTERN,
    }),
    parsed<string, Uint8Array>(parseAccountKey, malformed),
  );
}

/** Bytes in hex; the first words are for what is no string, the second for what is no hex. */
export function hexField(missing: string, malformed: string, description: string) {
  return v.pipe(
    v.string(missing),
    v.metadata({ description, pattern: "^\\s*(?:0x)?(?:[0-9a-fA-F]{2})*\\s*$" }),
    parsed<string, Uint8Array>(parseHex, () => malformed),
  );
}

/** A step that refuses bytes of another length. */
export function ofLength(length: number, message: string) {
  return v.check<Uint8Array, string>((bytes) => bytes.length === length, message);
}

/** Source code: the text, and the one form it is. */
export interface Source {
  readonly text: string;
  readonly form: Value;
}

/** Exactly one form of Convex Lisp; refusals repeat the reader's words after `prefix`. */
export function sourceField(missing: string, prefix: string) {
  return v.pipe(
    v.string(missing),
    v.metadata({ description: "One form of Convex Lisp", examples: ["(+ 1 2)"] }),
    v.rawTransform<string, Source>(({ dataset, addIssue, NEVER }) => {
      try {
        return { text: dataset.value, form: readRequestForm(dataset.value) };
      } catch (error) {
        if (!(error instanceof ParseError)) throw error;
        addIssue({ message: prefix + error.message });
        return NEVER;
      }
    }),
  );
}
