// Damaged messages: accepted or rejected, and the hash of what was accepted. They were decoded
// with an empty store, so a branch that is absent only shows when it is used.

import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { MissingDataError, NO_CELLS, type Value } from "../../src/data/cell.ts";
import { BadFormatError } from "../../src/data/errors.ts";
import { decodeMultiCell } from "../../src/data/multi-cell.ts";
import { print } from "../../src/lang/printer.ts";
import { hashHex, VECTOR_PRINT_LIMIT } from "./cells.ts";
import { type Difference, differences, outcome, type Runner } from "./check.ts";
import { bytesOf, type Row } from "./vector-file.ts";

export const runner: Runner = {
  recognises: (first) => "message" in first && "accept" in first,
  prepare: () => check,
};

function check(row: Row): readonly Difference[] {
  let value: Value;
  try {
    value = decodeMultiCell(bytesOf(row, "message"), CVM_TABLE, NO_CELLS);
  } catch (e) {
    // A branch that must be known to tell what the cell is counts as a rejection too.
    if (!(e instanceof BadFormatError || e instanceof MissingDataError)) throw e;
    return differences(row, { accept: false });
  }
  const found = differences(row, { accept: true, hash: hashHex(value) });
  if (row.missing !== true || isMissing(value)) return found;
  return outcome("a branch is missing", "complete");
}

/** Whether printing meets a branch that is absent. */
function isMissing(value: Value): boolean {
  try {
    print(value, VECTOR_PRINT_LIMIT);
    return false;
  } catch (e) {
    if (e instanceof MissingDataError) return true;
    throw e;
  }
}
