import { expect, test } from "bun:test";
import { PREDICATES } from "../../../src/cvm/core/predicates.ts";
import { call } from "./core-call.ts";

const VALUES = String.raw`
nil, true, false, 0, 1, -9223372036854775808, 9223372036854775808, 0.0, -0.0, 1.0, ##NaN,
#[1d7ff8000000000001], \a, "", "a", 0x, 0x01, #0, :a, 'a, [], [nil], '(), '(nil), {}, {1 2}, #{},
#{1}, (index), (index :a 1), (account #12), (syntax nil), count
`;

/** Of these values those that a predicate is true of. */
const TRUE_OF: Readonly<Record<string, string>> = {
  "syntax?": "(syntax nil)",
  "boolean?": "true, false",
  "nil?": "nil",
  "vector?": "[], [nil]",
  "list?": "'(), '(nil)",
  "set?": "#{}, #{1}",
  "map?": "{}, {1 2}, (index), (index :a 1), (account #12)",
  "coll?": "[], [nil], '(), '(nil), {}, {1 2}, #{}, #{1}, (index), (index :a 1), (account #12)",
  "empty?": 'nil, "", 0x, [], \'(), {}, #{}, (index)',
  "symbol?": "'a",
  "keyword?": ":a",
  "blob?": "0x, 0x01",
  "address?": "#0",
  "long?": "0, 1, -9223372036854775808",
  "int?": "0, 1, -9223372036854775808, 9223372036854775808",
  "double?": "0.0, -0.0, 1.0, ##NaN, #[1d7ff8000000000001]",
  "str?": '"", "a"',
  "number?":
    "0, 1, -9223372036854775808, 9223372036854775808, 0.0, -0.0, 1.0, ##NaN, #[1d7ff8000000000001]",
  "countable?":
    'nil, "", "a", 0x, 0x01, #0, :a, \'a, [], [nil], \'(), \'(nil), {}, {1 2}, #{}, #{1}, (index), (index :a 1), (account #12)',
  "nan?": "##NaN",
  "fn?": "count",
  "zero?": "0, 0.0, -0.0",
};

function listed(text: string): string[] {
  return text.trim().split(/,\s+/);
}

test("each predicate has its row", () => {
  expect(PREDICATES.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(TRUE_OF)));
  expect(PREDICATES.length).toBe(Object.keys(TRUE_OF).length);
});

test.each(Object.entries(TRUE_OF))("%s is true of %s", (name, expected) => {
  const answers = listed(VALUES).map((value) => [value, call(`(${name} ${value})`)] as const);
  expect(answers.filter(([, { text }]) => text === "true").map(([value]) => value)).toEqual(
    listed(expected),
  );
  expect(answers.filter(([, { text }]) => text !== "true" && text !== "false")).toEqual([]);
});
