// Results of queries and transactions on standard output, and what an error code ends a command
// with.

import { toHex } from "../../crypto/hex.ts";
import { Blob } from "../../data/blob.ts";
import { MissingDataError, type Value } from "../../data/cell.ts";
import { isInteger } from "../../data/integer.ts";
import { Keyword } from "../../data/keyword.ts";
import { CVMString } from "../../data/string.ts";
import { Vector } from "../../data/vector.ts";
import { toJson, toJsonCell } from "../../lang/json.ts";
import { print } from "../../lang/printer.ts";
import { resultFields } from "../../rest/result-json.ts";
import type { Result } from "../../state/result.ts";
import { CommandError, EXIT } from "../failure.ts";

/** Whether a peer has given up waiting for what may be in a block already. */
export function isUndecided(code: string | null | undefined): boolean {
  return code === "NETWORK" || code === "TIMEOUT";
}

/** Exit codes of error codes that say more than that the data was wrong. */
const CODE_EXIT: Readonly<Record<string, number>> = {
  LOAD: EXIT.TEMPFAIL,
  NETWORK: EXIT.TEMPFAIL,
  NOBODY: EXIT.NOUSER,
  SEQUENCE: EXIT.TEMPFAIL,
  SIGNATURE: EXIT.NOPERM,
  TIMEOUT: EXIT.TEMPFAIL,
  TRUST: EXIT.NOPERM,
};

const CODE_ADVICE: Readonly<Record<string, string>> = {
  JUICE: "the account has too few coins to pay for it, or the form takes too much",
  LOAD: "the peer is busy: try again, or another peer with --via",
  NETWORK: "this peer takes no part in consensus at present: go through another one with --via",
  SEQUENCE: "another transaction of the account came first: run the command again",
  SIGNATURE: "the key is not the one of the account",
};

/** Printed text of a value, null when it is not all there, or too long. */
export function textIfShort(
  value: Value,
  text: (value: Value) => string | null = print,
): string | null {
  try {
    return text(value);
  } catch (error) {
    if (!(error instanceof MissingDataError)) throw error;
    return null;
  }
}

/** Printed text of a value. @throws CommandError when it is not all there, or too long */
export function valueText(value: Value): string {
  const text = complete(() => print(value));
  if (text !== null) return text;
  const advice = "ask for a part of it";
  throw new CommandError(EXIT.DATAERR, `The value is too long to be printed: ${advice}`);
}

/** A Result as one line of JSON, as the HTTP API has it. */
export function resultJson(result: Result): string {
  return complete(() => toJson(toJsonCell(resultFields(result))));
}

/** An answer that is cut off is an answer that failed. */
function complete<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof MissingDataError)) throw error;
    throw new CommandError(EXIT.DATAERR, "The answer is longer than a message may be");
  }
}

/** The name of an error code, null for a success. */
export function errorCodeOf({ error }: Result): string | null {
  if (error === null) return null;
  return error instanceof Keyword ? error.name : valueText(error);
}

/** A String as it reads, other values as they are printed. */
function plainText(value: Value): string | null {
  return value instanceof CVMString ? value.toString() : print(value);
}

/** What an error Result comes to; null for a success. */
export function failureOf(result: Result): CommandError | null {
  const code = errorCodeOf(result);
  if (code === null) return null;
  const { result: value } = result;
  const words = textIfShort(value, plainText) ?? "with a value that is too long to be shown";
  const advice = CODE_ADVICE[code];
  const text = `The peer answers :${code} ${words}${advice === undefined ? "" : ` (${advice})`}`;
  return new CommandError(CODE_EXIT[code] ?? EXIT.DATAERR, text);
}

/** @throws CommandError with the peer's words */
export function requireSuccess(result: Result): void {
  const failure = failureOf(result);
  if (failure !== null) throw failure;
}

/** What the info of a Result says of its execution; what it does not say is null. */
export interface ExecutionInfo {
  readonly juice: number | bigint | null;
  /** Copper. */
  readonly fees: number | bigint | null;
  /** Hash of the signed transaction in hex. */
  readonly tx: string | null;
  /** Number of its Block, and of the transaction in it. */
  readonly block: number | null;
  readonly index: number | null;
}

/** Reads the info of a Result; a field that is absent or of another kind is null. */
export function executionInfo({ info }: Result): ExecutionInfo {
  const field = (name: string): Value => info?.get(Keyword.of(name)) ?? null;
  const amount = (value: Value) => (isInteger(value) ? value : null);
  const [tx, loc] = [field("tx"), field("loc")];
  const place = (i: number) => {
    const value = loc instanceof Vector && i < loc.count ? loc.get(i) : null;
    return isInteger(value) ? Number(value) : null;
  };
  return {
    juice: amount(field("juice")),
    fees: amount(field("fees")),
    tx: tx instanceof Blob ? toHex(tx.toBytes()) : null,
    block: place(0),
    index: place(1),
  };
}
