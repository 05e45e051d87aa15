// What is asked of both: a program of one of these kinds, as a line for ReferencePrograms.java.

import { toHex } from "../../../src/crypto/hex.ts";
import type { Value } from "../../../src/data/cell.ts";
import { encodeMultiCell } from "../../../src/data/multi-cell.ts";

/** JavaScript's strings are no values: text of a form. */
export type Blocks = readonly (readonly (string | Value)[])[];

export type Case =
  /** Text of a form, run on the genesis. */
  | { readonly kind: "expression"; readonly source: string }
  /** The same with other juice limits. */
  | { readonly kind: "juice"; readonly limits: readonly number[]; readonly source: string }
  /** A message with a transaction, applied to the genesis. */
  | { readonly kind: "transaction"; readonly message: Uint8Array }
  /** Forms of the controller's next transactions, or their text, block after block. */
  | { readonly kind: "blocks"; readonly blocks: Blocks }
  /** Signed blocks as they are, which the reference has in its store when it applies them. */
  | { readonly kind: "signed"; readonly messages: readonly Uint8Array[] }
  /** The same, after each of which the State is read from a store anew. */
  | { readonly kind: "reread"; readonly messages: readonly Uint8Array[] }
  /** Text that is read as forms. */
  | { readonly kind: "text"; readonly source: string }
  | { readonly kind: "message"; readonly message: Uint8Array };

export const expression = (source: string): Case => ({ kind: "expression", source });

export function textHex(text: string): string {
  return toHex(new TextEncoder().encode(text));
}

function describeForm(form: string | Value): string {
  return typeof form === "string" ? form : toHex(encodeMultiCell(form));
}

/** A short form of a case to show. */
export function describeCase(each: Case): string {
  switch (each.kind) {
    case "blocks":
      return each.blocks.map((forms) => forms.map(describeForm).join(" | ")).join(" || ");
    case "signed":
    case "reread":
      return each.messages.map(toHex).join(" || ");
    case "transaction":
    case "message":
      return toHex(each.message);
    default:
      return each.source;
  }
}
