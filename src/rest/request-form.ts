// Reading forms of Convex Lisp, and JSON, that clients send. Nothing else goes on meanwhile, so
// that how much is read is bounded by the work that it takes, beside the bytes of the body.

import { readForm } from "../cvm/compile/read-form.ts";
import type { Value } from "../data/cell.ts";
import { WorkLimitError, withWorkCap } from "../data/free-work.ts";
import { fromJson, type Plain, plainFromJson } from "../lang/json.ts";
import { RequestError } from "./request-fields.ts";

/**
 * Units of work (data/free-work.ts) that reading one text may take: some 500,000 forms nested in
 * each other, or 2 million atoms, which no body holds. To read and run 1.9 million quotes took 2.4
 * to 2.8 s on an idle machine, 490,000 take 0.35 s.
 */
const READ_WORK_MAX = 500_000_000;

/**
 * The one form of a text.
 * @throws ParseError
 * @throws RequestError 413 when it holds too many forms
 */
export function readRequestForm(text: string | Uint8Array): Value {
  return bounded("forms", () => readForm(text));
}

/**
 * The value of a JSON text.
 * @throws ParseError
 * @throws RequestError 413 when it holds too many arrays, objects or members
 */
export function readRequestJson(text: string): Value {
  return bounded("arrays, objects and members", () => fromJson(text));
}

/** As `readRequestJson`, as a plain value. */
export function readRequestPlain(text: string): Plain {
  return bounded("arrays, objects and members", () => plainFromJson(text));
}

function bounded<T>(what: string, read: () => T): T {
  try {
    return withWorkCap(READ_WORK_MAX, read);
  } catch (error) {
    if (!(error instanceof WorkLimitError)) throw error;
    throw new RequestError(413, `Content Too Large: too many ${what}`);
  }
}
