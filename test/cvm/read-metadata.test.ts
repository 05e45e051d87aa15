// Metadata in a text holds no records and Indexes: they become ordinary maps, as the reference
// reads them.

import { expect, test } from "bun:test";
import { readForm } from "../../src/cvm/read-form.ts";
import { print } from "../../src/lang/printer.ts";

test.each([
  ["^{1 #Result{:id 1}} a", "^{1 {:result nil,:log nil,:info nil,:error nil,:id 1}} a"],
  ["[#Result{:id 1}]", "[#Result {:id 1,:result nil}]"],
])("%s is read as %s", (text, printed) => {
  expect(print(readForm(text))).toBe(printed);
});
