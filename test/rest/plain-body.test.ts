// Bodies of scalars are read without making cells of them: with the same outcome as the exact way,
// which a member that holds a list enforces here.

import { afterAll, expect, test } from "bun:test";
import fc from "fast-check";
import { ApiUnderTest } from "./api-under-test.ts";

const api = new ApiUnderTest();

afterAll(async () => {
  expect(api.faults).toEqual([]);
  api.metrics.close();
  await api.peer.close();
});

const ROUTES = ["query", "transaction/prepare", "transaction/submit", "transact"];

const SCALARS = fc.oneof(
  fc.constantFrom(
    "12",
    "12.0",
    "-0",
    "1e1",
    "12.5",
    "9007199254740993",
    "1e400",
    "-1",
    "true",
    "null",
  ),
  fc.constantFrom(
    '"#12"',
    '"0x0c"',
    '" 12 "',
    '"(+ 1 2)"',
    '"(+ 1"',
    '"\\u0031"',
    '"\\ud800"',
    '"é"',
    '""',
  ),
  fc.string({ maxLength: 6 }).map((text) => JSON.stringify(text)),
);
const NAMES = fc.constantFrom(
  "address",
  "source",
  "sequence",
  "hash",
  "accountKey",
  "sig",
  "seed",
  "__proto__",
);
const MEMBERS = fc.array(fc.tuple(NAMES, SCALARS), { maxLength: 5 });

const bodyOf = (members: readonly (readonly [string, string])[], more: string) =>
  `{${[...members.map(([name, value]) => `"${name}":${value}`), more].filter(Boolean).join(",")}}`;

/** What came of it, without the number of the request. */
async function outcome(path: string, body: string) {
  const { status, text } = await api.post(path, body);
  return { status, text: text.replace(/Error at .*/g, "") };
}

test("a body has the same outcome by either way", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...ROUTES), MEMBERS, async (path, members) => {
      const plain = await outcome(path, bodyOf(members, ""));
      expect(plain).toEqual(await outcome(path, bodyOf(members, '"other":[]')));
    }),
    { numRuns: 1_000 },
  );
});

test("what is no JSON object is refused with the place of the mistake", async () => {
  for (const body of ["", "[]", "1", "{", '{"source":}', "{'source':'1'}", '{"source":"1"} x']) {
    const { status, json } = await api.post("query", body);
    expect([status, json.error]).toEqual([400, expect.stringContaining("Invalid JSON body")]);
  }
});

test("a Result is JSON with a member a line, whatever it holds", async () => {
  const forms = [
    '"a\\"b\\n"',
    '{:a 1 "a" 2}',
    "[1 [2 {}] nil]",
    "##NaN",
    "(fail :X {:a [1]})",
    "#{1}",
    "1e300",
  ];
  for (const source of forms) {
    const { text, json } = await api.post("query", { source });
    expect(text.startsWith('{\n  "')).toBe(true);
    expect(Object.keys(json)).toContain("value");
    expect(json.info.source ?? json.info.trace).toBeDefined();
  }
});
