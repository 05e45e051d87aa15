// Forms run as unsigned Invokes, each on the genesis State: expressions, core-grid, numerics and
// programs.

import { toHex } from "../../src/crypto/hex.ts";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { Address } from "../../src/data/address.ts";
import type { Value } from "../../src/data/cell.ts";
import { encoding } from "../../src/data/encode.ts";
import { add } from "../../src/data/integer.ts";
import { storageSize } from "../../src/data/memory-size.ts";
import { print } from "../../src/lang/printer.ts";
import { ParseError } from "../../src/lang/reader.ts";
import { MAX_TRANSACTION_JUICE } from "../../src/state/constants.ts";
import { HostError } from "../../src/state/host-error.ts";
import { PROFILE_0_8_5 } from "../../src/state/rules.ts";
import type { State } from "../../src/state/state.ts";
import { Invoke } from "../../src/state/transaction.ts";
import { applyDetached, NO_SIGNER } from "../../src/transition/apply-transaction.ts";
import type { TransactionOutcome } from "../../src/transition/transaction-outcome.ts";
import { errorText, hashHex, VECTOR_PRINT_LIMIT } from "./cells.ts";
import { type Difference, differences, outcome, type Runner } from "./check.ts";
import { readGenesis } from "./genesis-state.ts";
import { numberOf, type Row, textOf } from "./vector-file.ts";

export const runner: Runner = {
  recognises: (first) => "src" in first && "address" in first,
  prepare: (dir) => {
    const genesis = readGenesis(dir);
    return (row) => check(genesis, row);
  },
};

function check(genesis: State, row: Row): readonly Difference[] {
  let form: Value;
  try {
    form = readForm(textOf(row, "src"));
  } catch (e) {
    if (!(e instanceof ParseError)) throw e;
    return row.parse === "error" ? [] : outcome("a form", e.message);
  }
  if ("parse" in row) return outcome("a parse error", print(form));
  const read = differences(row, { form: form === null ? "00" : hashHex(form) });
  if (read.length > 0) return read;
  try {
    const result = invoke(genesis, numberOf(row, "address"), form);
    if ("crash" in row) return outcome(row.crash, "a result");
    return compare(row, result);
  } catch (e) {
    if (!(e instanceof HostError)) throw e;
    return "crash" in row ? [] : outcome("a result", `host error: ${e.message}`);
  }
}

/** Runs a form as the next transaction of an account, which nobody signs and so needs no key. */
export function invoke(state: State, account: number, form: Value): TransactionOutcome {
  const sequence = add(state.account(account)?.sequence ?? 0, 1);
  if (sequence === null) throw new Error("no next sequence number");
  const tx = Invoke.of(Address.of(account), sequence, form);
  return applyDetached(state, tx, PROFILE_0_8_5, "read", MAX_TRANSACTION_JUICE, NO_SIGNER);
}

function compare(row: Row, result: TransactionOutcome): readonly Difference[] {
  const { error, value, log } = result;
  const failed = error === null ? undefined : errorText(error.code);
  if (failed !== row.error) return outcome(row.error ?? row.value, failed ?? print(value));
  const shared = differences(row, {
    juice: result.juice,
    fees: Number(result.fees),
    memUsed: result.memoryUsed,
    state: hashHex(result.state),
  });
  const printedLog = log.count === 0 ? undefined : print(log, VECTOR_PRINT_LIMIT);
  if (printedLog !== row.log) {
    shared.push({ field: "log", expected: row.log, actual: printedLog });
  }
  if (error !== null) return shared;
  return shared.concat(
    differences(row, {
      value: print(value, VECTOR_PRINT_LIMIT),
      encoding: toHex(encoding(value)),
      hash: hashHex(value),
      storageSize: storageSize(value),
    }),
  );
}
