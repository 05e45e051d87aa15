// Addresses of accounts as they are typed: `#12` or `12`.

import { Address } from "../../data/address.ts";

const DIGITS = /^#?(\d{1,19})$/;

/** @throws Error saying what was expected */
export function parseAddress(text: string): Address {
  const digits = DIGITS.exec(text.trim())?.[1];
  const address = digits === undefined ? null : Address.fromInteger(BigInt(digits));
  if (address !== null) return address;
  throw new Error(`expected the Address of an account, as #12, found '${text}'`);
}

/** `#12`, as the reader of Convex Lisp and `parseAddress` take it. */
export function addressText(address: Address): string {
  return `#${address.value}`;
}

/** An optional flag that names an account. */
export function addressFlag(brief: string) {
  return {
    kind: "parsed",
    parse: parseAddress,
    optional: true,
    placeholder: "#N",
    brief,
  } as const;
}
