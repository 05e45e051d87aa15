// Runs messages of interop programs with cells made by hand, as their tests give them.

import { fromHex, toHex } from "../../../src/crypto/hex.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { hashBytes } from "../../../src/data/encode.ts";
import { BadStructureError, PanicError } from "../../../src/data/errors.ts";
import { decodeMultiCell } from "../../../src/data/multi-cell.ts";
import { print } from "../../../src/lang/printer.ts";
import { HostError } from "../../../src/state/host-error.ts";
import { PROFILE_0_8_5 } from "../../../src/state/rules.ts";
import type { Transaction } from "../../../src/state/transaction.ts";
import { applyTransaction } from "../../../src/transition/apply-transaction.ts";
import { testGenesis } from "../../genesis/test-genesis.ts";

/** Form, message and answer of each line: form | message | value or error | juice. */
export function rowsOf(text: string): [string, string, string][] {
  const lines = text.trim().split("\n");
  return lines.map((line) => {
    const [form, message, ...answer] = line.split(" | ") as [string, string, ...string[]];
    return [form, message, answer.join(" | ")];
  });
}

/** What comes of a message with a transaction: first bytes of the value's hash or error | juice. */
export function answerTo(message: string): string {
  const tx = decodeMultiCell(fromHex(message) as Uint8Array, CVM_TABLE, null) as Transaction;
  try {
    const { error, value, juice } = applyTransaction(testGenesis(), tx, PROFILE_0_8_5, "decoded");
    if (error !== null) return `error ${print(error.code)} | ${juice}`;
    return `${toHex(hashBytes(value)).slice(0, 16)} | ${juice}`;
  } catch (error) {
    const isVoid = [HostError, BadStructureError, PanicError].some((kind) => error instanceof kind);
    if (isVoid) return "void | void";
    throw error;
  }
}
