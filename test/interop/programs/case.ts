// What is asked of both: a program of one of these kinds, as a line for ReferencePrograms.java.

import { toHex } from "../../../src/crypto/hex.ts";

export type Case =
  /** Text of a form, run on the genesis. */
  | { readonly kind: "expression"; readonly source: string }
  /** The same with other juice limits. */
  | { readonly kind: "juice"; readonly limits: readonly number[]; readonly source: string }
  /** A message with a transaction, applied to the genesis. */
  | { readonly kind: "transaction"; readonly message: Uint8Array }
  /** Forms of the controller's next transactions, block after block. */
  | { readonly kind: "blocks"; readonly blocks: readonly (readonly string[])[] }
  /** Text that is read as forms. */
  | { readonly kind: "text"; readonly source: string }
  | { readonly kind: "message"; readonly message: Uint8Array };

export const expression = (source: string): Case => ({ kind: "expression", source });

export function textHex(text: string): string {
  return toHex(new TextEncoder().encode(text));
}

/** A short form of a case to show. */
export function describeCase(each: Case): string {
  switch (each.kind) {
    case "blocks":
      return each.blocks.map((forms) => forms.join(" | ")).join(" || ");
    case "transaction":
    case "message":
      return toHex(each.message);
    default:
      return each.source;
  }
}
