import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Blob } from "../../src/data/blob.ts";
import { CVMChar } from "../../src/data/char.ts";
import { equals } from "../../src/data/equals.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { CVMMap } from "../../src/data/map.ts";
import { SlotRecord } from "../../src/data/record.ts";
import { CVMString } from "../../src/data/string.ts";
import { Syntax } from "../../src/data/syntax.ts";
import { Vector } from "../../src/data/vector.ts";
import {
  fromJson,
  plainFromJson,
  toJson,
  toJsonCell,
  toJsonPretty,
  toPlain,
} from "../../src/lang/json.ts";
import { joinParts } from "../../src/lang/json-text.ts";
import { PRINT_LIMIT, print } from "../../src/lang/printer.ts";
import { ParseError, read } from "../../src/lang/reader.ts";
import { anyValue } from "./value-arbitrary.ts";

const PROPERTY = { seed: 85, numRuns: 300 };
const DEPTH = 10_000;

class Pair extends SlotRecord {
  override get fieldNames(): readonly Keyword[] {
    return [Keyword.of("a"), Keyword.of("b")];
  }
}

describe("toJson", () => {
  test.each([
    ["nil", "null"],
    ["[true false]", "[true,false]"],
    ["100000000000000000000", "100000000000000000000"],
    ["[1.5 0.0 -0.0 1e300 ##NaN ##Inf]", "[1.5,0.0,-0.0,1.0E300,null,null]"],
    ['"a\\"\\\\\\n\\r\\t\\b\\f/é\\u2028"', '"a\\"\\\\\\n\\r\\t\\u0008\\u000c/é\u2028"'],
    ["[:kw sym \\a]", '["kw","sym","a"]'],
    ["[0x1234 #42]", '["0x1234",42]'],
    ["(1 2)", "[1,2]"],
    ["#{1 2 3}", "[2,3,1]"],
    ["[[] () #{} {} #Index {}]", "[[],[],[],{},{}]"],
    ["{:a 1 #6 2 [1] 3 nil 4}", '{"nil":4,"[1]":3,"a":1,"#6":2}'],
    ["#Index {0x12 {:k :v}}", '{"0x12":{"k":"v"}}'],
    ["^{:a 1} foo", '"^{:a 1} foo"'],
    ["#[b2]", '"#[b2]"'],
  ])("%s", (src, json) => {
    const value = read(src);
    const sorted = (text: string): string => [...text].sort().join("");
    // the order of a map is that of hashes, which other tests check
    if (src.startsWith("{:a")) expect(sorted(toJson(value))).toBe(sorted(json));
    else expect(toJson(value)).toBe(json);
  });

  test("lists the fields of a record, and both of two keys that become equal", () => {
    expect(toJson(new Pair(0xd9, [1, null]))).toBe('{"a":1,"b":null}');
    expect(toJson(read('{:a 1 "a" 1}'))).toBe('{"a":1,"a":1}');
  });

  test("a surrogate character is the replacement character", () => {
    expect(toJson(CVMChar.of(0xd800))).toBe('"\ufffd"');
  });

  test("a record that nobody knows is an object by position", () => {
    expect(toJson(read("[#[d40211011102] #[d500]]"))).toBe('[{"0":1,"1":2},{}]');
  });
});

/** Seen on the reference. */
describe("what is too long to print", () => {
  const long = CVMString.of("a".repeat(PRINT_LIMIT));
  const annotated = Syntax.of(long, CVMMap.from([[1, 2]]));
  const blob = Blob.of(new Uint8Array(PRINT_LIMIT / 2));
  const exceeded = "<<Print limit exceeded>>";

  test("is null, but not a string or a blob", () => {
    expect(toJson(Vector.of(annotated, 1))).toBe("[null,1]");
    expect(toJsonPretty(annotated)).toBe("null");
    expect(toJson(long)).toHaveLength(PRINT_LIMIT + 2);
    expect(toJson(blob)).toHaveLength(PRINT_LIMIT + 4);
  });

  test("is a text for it as a key, but not a string", () => {
    expect(toJson(CVMMap.from([[annotated, 1]]))).toBe(`{"${exceeded}":1}`);
    expect(toJson(CVMMap.from([[blob, 1]]))).toBe(`{"${exceeded}":1}`);
    expect(toJson(CVMMap.from([[long, 1]]))).toHaveLength(PRINT_LIMIT + 6);
    expect(toJsonPretty(CVMMap.from([[blob, 1]]))).toHaveLength(PRINT_LIMIT + 11);
  });

  test("is cut off in memory, blobs too", () => {
    expect(toPlain(annotated)).toBe(`^{1 2} "${"a".repeat(PRINT_LIMIT - 8)}${exceeded}`);
    expect(toPlain(blob)).toBe(`0x${"0".repeat(PRINT_LIMIT - 2)}${exceeded}`);
  });
});

/** Bodies that the reference sent. */
describe("toJsonPretty", () => {
  test("indents objects and arrays by where they begin", () => {
    const src = '{"value" [{"3" 4} [2 1] "(fn [x] %0)" {"0x12" {"k" nil}} [] {} "e"]}';
    expect(toJsonPretty(read(src))).toBe(`{
  "value": [{
              "3": 4
            },
            [2,
             1],
            "(fn [x] %0)",
            {
              "0x12": {
                        "k": null
                      }
            },
            [],
            {            },
            "e"]
}`);
  });

  test("keeps sets on one line and writes keys as str does", () => {
    expect(toJsonPretty(read("{0x12 #{1 2}}"))).toBe('{\n  "12": [2,1]\n}');
    expect(toJsonPretty(read("{:a 1}"))).toBe('{\n  "a": 1\n}');
    expect(toJsonPretty(null)).toBe("null");
  });

  test("makes no spaces for lines that are none", () => {
    const depth = 200_000;
    const text = "[".repeat(depth) + "]".repeat(depth);
    expect(toJsonPretty(fromJson(text))).toBe(text);
  });

  test("indents by the bytes of a key, be they malformed", () => {
    expect(toJsonPretty(read("{#[3001ff] [1 2]}"))).toBe('{\n  "\ufffd": [1,\n        2]\n}');
  });
});

describe("toPlain and toJsonCell", () => {
  test("give JavaScript values", () => {
    const value = read('{:a [1 9007199254740993 1.5 ##NaN #4 0x12 :k nil] "__proto__" {"x" #{}}}');
    const plain = toPlain(value);
    expect(plain).toEqual(
      Object.assign(Object.create(null), {
        a: [1, 9007199254740993n, 1.5, null, 4, "0x12", "k", null],
        ["__proto__"]: Object.assign(Object.create(null), { x: [] }),
      }),
    );
    expect(Object.keys(plain as object).sort()).toEqual(["__proto__", "a"]);
  });

  test("give cells as if read back", () => {
    const value = read("{3 4 :a #{1} [1] ^:m x}");
    expect(print(toJsonCell(value))).toBe(print(read('{"3" 4 "a" [1] "[1]" "^{:m true} x"}')));
    fc.assert(
      fc.property(anyValue, (v) => {
        expect(equals(toJsonCell(toJsonCell(v)), toJsonCell(v))).toBe(true);
      }),
      PROPERTY,
    );
  });
});

describe("fromJson", () => {
  test.each([
    ["null", "nil"],
    [" [true , false ] ", "[true false]"],
    ["[]", "[]"],
    ["{}", "{}"],
    [
      "[-0,0,-12,9007199254740993,1e2,1.5,-0.0,1E400,0.12345678901234567]",
      "[0 0 -12 9007199254740993 100.0 1.5 -0.0 ##Inf 0.12345678901234566]",
    ],
    ['{"a":{"b":[1,{}]},"c":"d"}', '{"a" {"b" [1 {}]} "c" "d"}'],
    ['{"a":1,"a":2,"__proto__":3}', '{"a" 2 "__proto__" 3}'],
    ['"\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\\"\\\\"', '"/\\b\\f\\n\\r\\té😀\\"\\\\"'],
    ['"\\ud800"', '"?"'],
    ['["\\ufeff\\udc00"]', '["\ufeff?"]'],
    ['{"\\ud800":1,"?":[2]}', '{"?" [2]}'],
  ])("%s", (json, src) => {
    expect(print(fromJson(json))).toBe(print(read(src)));
    expect(plainFromJson(json)).toStrictEqual(toPlain(fromJson(json)));
  });

  test.each([
    "",
    " ",
    "[1,]",
    "{,}",
    '{"a":1,}',
    "[1 2]",
    '{"a" 1}',
    "{a:1}",
    "{1:2}",
    "'a'",
    '"a',
    '"\n"',
    '"\\x41"',
    "01",
    "-",
    "+1",
    ".5",
    "1.",
    "0x10",
    "NaN",
    "nul",
    "nullx",
    "1 2",
    "[",
    '{"a":',
    "]",
    "[}",
    "// c\n1",
    "9".repeat(9867),
  ])("%s is an error", (json) => {
    expect(() => fromJson(json)).toThrow(ParseError);
    expect(() => plainFromJson(json)).toThrow(ParseError);
  });

  test("says where", () => {
    expect(() => fromJson('{"a":\n  [1,x]}')).toThrow("Parse error at 2:5: unexpected 'x'");
  });

  test("agrees with JSON.parse on what is valid, and reads what toJson writes", () => {
    const piece = fc.constantFrom("[", "]", "{", "}", ",", ":", '"a"', '"\\n"', "1", "-0.5e3", " ");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
        const text = pieces.join("");
        let expected: unknown = ParseError;
        try {
          expected = JSON.parse(text);
        } catch {
          expect(() => fromJson(text)).toThrow(ParseError);
        }
        if (expected !== ParseError) {
          expect(plainFromJson(text)).toStrictEqual(toPlain(fromJson(text)));
          expect(JSON.stringify(JSON.parse(toJson(fromJson(text))))).toHaveLength(
            JSON.stringify(expected).length,
          );
        }
      }),
      { ...PROPERTY, numRuns: 3000 },
    );
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(equals(fromJson(toJson(toJsonCell(value))), toJsonCell(value))).toBe(true);
      }),
      PROPERTY,
    );
  });
});

test("JSON nests 10,000 deep", () => {
  const text = `${'[{"a":'.repeat(DEPTH)}1${"}]".repeat(DEPTH)}`;
  const value = fromJson(text);
  expect(toJson(value)).toBe(text);
  expect(equals(toJsonCell(value), value)).toBe(true);
  expect(Array.isArray(toPlain(value))).toBe(true);
  expect(Array.isArray(plainFromJson(text))).toBe(true);
  expect(
    print(CVMString.of(toJsonPretty(fromJson("[".repeat(500) + "]".repeat(500))) ?? ""), 1e6),
  ).toContain("[[[");
});

test("the text of nested parts is none when it is too long", () => {
  type Parts = (string | Parts)[];
  const nested: Parts = ["ab", ["c", ["de"], "f"], "g"];
  const joined = (lengthMax?: number) =>
    joinParts<Parts>(nested, (parts) => parts[Symbol.iterator](), lengthMax);
  expect([joined(), joined(7), joined(6)]).toEqual(["abcdefg", "abcdefg", null]);
});
