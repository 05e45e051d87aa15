// Texts and the forms read from them.

import { readForms } from "../../src/cvm/compile/read-form.ts";
import { List } from "../../src/data/list.ts";
import { print } from "../../src/lang/printer.ts";
import { ParseError } from "../../src/lang/reader.ts";
import { hashHex, VECTOR_PRINT_LIMIT } from "./cells.ts";
import { type Difference, differences, outcome, type Runner } from "./check.ts";
import { type Row, textOf } from "./vector-file.ts";

export const runner: Runner = {
  recognises: (first) => "src" in first && !("address" in first) && !("account" in first),
  prepare: () => check,
};

function check(row: Row): readonly Difference[] {
  let forms: List;
  try {
    forms = List.from(readForms(textOf(row, "src")));
  } catch (e) {
    if (!(e instanceof ParseError)) throw e;
    return row.error === true ? [] : outcome("forms", e.message);
  }
  if (row.error === true) return outcome("an error", print(forms));
  return differences(row, {
    forms: forms.count,
    hash: hashHex(forms),
    print: print(forms, VECTOR_PRINT_LIMIT),
  });
}
