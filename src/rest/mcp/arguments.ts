// Arguments of tools: text in the spellings that models use.

import * as v from "valibot";
import type { Address } from "../../data/address.ts";
import type { Integer, Value } from "../../data/cell.ts";
import { CVMSymbol } from "../../data/symbol.ts";
import { Vector } from "../../data/vector.ts";
import { ParseError } from "../../lang/reader.ts";
import type { PeerApi } from "../../peer/peer-api.ts";
import { resolveName } from "../did-document.ts";
import type { Source } from "../field-schemas.ts";
import { parseAccountKey, parseAddress, parseHex, parseLong } from "../request-fields.ts";
import { readRequestForm } from "../request-form.ts";
import { ToolError } from "./tool-error.ts";

/** Text that must be given. */
export const text = (missing: string, description: string) =>
  v.pipe(v.string(missing), v.metadata({ description }));

export const optionalText = (name: string, description: string) =>
  v.nullish(v.pipe(v.string(`'${name}' must be a string`), v.metadata({ description })));

/** An Address or name as text; a number is an Address too. */
const addressLike = (message: string, description: string) =>
  v.pipe(
    v.union([v.string(), v.pipe(v.number(), v.integer()), v.bigint()], message),
    v.metadata({ description }),
    v.transform(String),
  );

const ADDRESS_WORDS = "Address, e.g. '#12', or CNS name, e.g. '@convex.core'";

export const address = (missing: string) => addressLike(missing, ADDRESS_WORDS);

export const optionalAddress = (description = `${ADDRESS_WORDS}; left out: #11`) =>
  v.nullish(addressLike("'address' must be a string", description));

/** A token by Address or name; blank is left out, as models write what they do not mean. */
export const optionalToken = () =>
  v.nullish(
    v.pipe(
      addressLike("'token' must be a string", "Token, e.g. '#128' or a CNS name; left out: coins"),
      v.transform((name) => (name.trim() === "" ? null : name)),
    ),
  );

export const optionalController = () =>
  v.nullish(
    addressLike(
      "'controller' must be a string",
      "*caller* (the faucet, default), nil, or an Address",
    ),
  );

/** The account that text means. @throws ToolError */
export async function accountOf(peer: PeerApi, name: string): Promise<Address> {
  const found = parseAddress(name) ?? (await resolveName(peer, name.trim().replace(/^@/, "")));
  if (found !== null) return found;
  throw new ToolError(`There is no account '${name}': expected e.g. '#12' or '@convex.core'`);
}

/** @throws ToolError with the reader's words after `prefix` */
export function formOf(source: string, prefix: string): Value {
  try {
    return readRequestForm(source);
  } catch (error) {
    if (error instanceof ParseError) throw new ToolError(`${prefix}: ${error.message}`);
    throw error;
  }
}

/** A form with its text. @throws ToolError with the reader's words after `prefix` */
export function sourceOf(source: string, prefix: string): Source {
  return { text: source, form: formOf(source, prefix) };
}

/** A vector of keys into a value, which may be empty. @throws ToolError */
export function keysOf(source: string, name: string): Vector {
  const keys = formOf(source, `Failed to parse ${name}`);
  if (keys instanceof Vector) return keys;
  throw new ToolError(`'${name}' must be a CVM vector`);
}

/** A vector that says where to look. @throws ToolError */
export function pathOf(source: string, message: string): Vector {
  const path = (() => {
    try {
      return readRequestForm(source);
    } catch (error) {
      if (error instanceof ParseError) return null;
      throw error;
    }
  })();
  if (path instanceof Vector && path.count > 0) return path;
  throw new ToolError(message);
}

/** @throws ToolError */
export function symbolOf(source: string): CVMSymbol {
  const form = formOf(source, "Not a symbol");
  if (form instanceof CVMSymbol) return form;
  throw new ToolError(`Expected a symbol, found '${source}'`);
}

/** @throws ToolError */
export function bytesOf(hex: string, name: string, length: number | null = null): Uint8Array {
  const bytes = parseHex(hex);
  if (bytes !== null && (length === null || bytes.length === length)) return bytes;
  const expected = length === null ? "hex digits" : `${length} bytes in hex`;
  throw new ToolError(`'${name}' must be ${expected}`);
}

/** @throws ToolError */
export function keyOf(hex: string, name: string): Uint8Array {
  const key = parseAccountKey(hex);
  if (key !== null) return key;
  throw new ToolError(`'${name}' must be an Ed25519 public key: 64 hex digits`);
}

/** An integer of 64 bits as number or decimal text. @throws ToolError with the message */
export function integerOf(given: string | number | bigint, message: string): Integer {
  const found = parseLong(given, true);
  if (found !== null) return found;
  throw new ToolError(message);
}

/** An amount of copper as number or decimal text. @throws ToolError */
export const amountOf = (given: string | number | bigint, name: string): Integer =>
  integerOf(given, `'${name}' must be an integer of copper`);
