// Calls of the genesis libraries in sequence: value or error, and what was logged.

import { readForm } from "../../src/cvm/compile/read-form.ts";
import { Vector } from "../../src/data/vector.ts";
import { print } from "../../src/lang/printer.ts";
import type { State } from "../../src/state/state.ts";
import type { TransactionOutcome } from "../../src/transition/transaction-outcome.ts";
import { errorText, VECTOR_PRINT_LIMIT } from "./cells.ts";
import { type Check, type Difference, differences, outcome, type Runner } from "./check.ts";
import { invoke } from "./expressions.ts";
import { readGenesis } from "./genesis-state.ts";
import { numberOf, type Row, textOf } from "./vector-file.ts";

export const runner: Runner = {
  recognises: (first) => "reset" in first || "step" in first,
  prepare: (dir) => scenarios(readGenesis(dir)),
};

/** Runs the steps from a genesis State, to which a reset goes back. */
export function scenarios(genesis: State): Check {
  let state = genesis;
  return (row) => {
    if (row.reset === true) {
      state = genesis;
      return null;
    }
    const form = readForm(textOf(row, "src"));
    const result = invoke(state, numberOf(row, "account"), form);
    state = result.state;
    return compare(row, result);
  };
}

function compare(row: Row, result: TransactionOutcome): readonly Difference[] {
  const { error, value, log } = result;
  const failed = error === null ? undefined : errorText(error.code);
  if (failed !== row.error) return outcome(row.error ?? row.value, failed ?? print(value));
  const found = differences(row, { log: printEvents(log) });
  return error === null
    ? found.concat(differences(row, { value: print(value, VECTOR_PRINT_LIMIT) }))
    : found;
}

/** What was logged, without account, scope and place; addresses from #132 up as `#new`. */
export function printEvents(log: Vector): string | null {
  const events = log.toArray().map((entry) => (entry instanceof Vector ? entry.get(3) : entry));
  const text = print(Vector.from(events), VECTOR_PRINT_LIMIT);
  return text === null
    ? null
    : text.replace(/#(\d+)/g, (address, n) => (n >= 132 ? "#new" : address));
}
