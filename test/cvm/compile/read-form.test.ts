// Metadata in a text holds no records and Indexes: they become ordinary maps, as the reference
// reads them. It takes no map-like thing but an ordinary map for the info of a Result.

import { expect, test } from "bun:test";
import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { print } from "../../../src/lang/printer.ts";
import { ParseError } from "../../../src/lang/reader.ts";

test.each([
  ["^{1 #Result{:id 1}} a", "^{1 {:result nil,:log nil,:info nil,:error nil,:id 1}} a"],
  ["[#Result{:id 1}]", "[#Result {:id 1,:result nil}]"],
])("%s is read as %s", (text, printed) => {
  expect(print(readForm(text))).toBe(printed);
});

test.each(["#Index {}", "#Result {}", "#[d104ea0c1101ea0d1105]", "#[d50211011102]"])(
  "T40: %s is no :info of a Result",
  (info) => {
    expect(() => readForm(`#Result {:info ${info}}`)).toThrow(ParseError);
  },
);

test.each(["nil", "1", "[]", "#{}", "^:a {}"])("%s as :info of a Result is nil", (info) => {
  expect(print(readForm(`#Result {:info ${info}}`))).toBe("#Result {:result nil}");
});
