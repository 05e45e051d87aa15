// Transactions with cells that a hand made, and what the reference answers to them: the first bytes
// of the value's hash, or that it throws, and the juice.

import { expect, test } from "bun:test";
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

export interface DamagedAnswer {
  readonly answer: string;
  readonly juice: number | null;
}

/** What we answer to the transaction in a message. */
export function answerTo(message: string): DamagedAnswer {
  const tx = decodeMultiCell(fromHex(message) as Uint8Array, CVM_TABLE, null) as Transaction;
  try {
    const { error, value, juice } = applyTransaction(testGenesis(), tx, PROFILE_0_8_5, "decoded");
    if (error !== null) return { answer: `error ${print(error.code)}`, juice };
    return { answer: toHex(hashBytes(value)).slice(0, 16), juice };
  } catch (error) {
    const isVoid =
      error instanceof HostError ||
      error instanceof BadStructureError ||
      error instanceof PanicError;
    if (isVoid) return { answer: "void", juice: null };
    throw error;
  }
}

/** A test of each line: the call, the message, the answer, and the juice or a dash. */
export function testAnswers(lines: string): void {
  const rows = lines
    .trim()
    .split("\n")
    .map((line) => line.split(" | ") as [string, string, string, string]);
  test.each(rows)("%s with %s", (_, message, answer, juice) => {
    expect(answerTo(message)).toEqual({ answer, juice: juice === "-" ? null : Number(juice) });
  });
}
