import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { toHex } from "../../src/crypto/hex.ts";
import { encoding, hashBytes } from "../../src/data/encode.ts";
import { equals } from "../../src/data/equals.ts";
import { List } from "../../src/data/list.ts";
import type { CVMString } from "../../src/data/string.ts";
import { Vector } from "../../src/data/vector.ts";
import { print } from "../../src/lang/printer.ts";
import { ParseError, read, readAll, TagError } from "../../src/lang/reader.ts";
import { fixtureRows } from "../data/fixture-rows.ts";
import { workMs } from "../work-time.ts";
import { anyValue } from "./value-arbitrary.ts";

interface ReaderRow {
  readonly src: string;
  readonly forms?: number;
  readonly hash?: string;
  readonly print?: string;
  readonly error?: true;
}

const PROPERTY = { seed: 85, numRuns: 500 };
const DEPTH = 10_000;

function problemOf(run: () => unknown): string {
  try {
    run();
  } catch (e) {
    if (e instanceof ParseError) return e.message;
    throw e;
  }
  return "no error";
}

describe("the reference's forms", () => {
  const rows = fixtureRows<ReaderRow>("reader");
  test.each(rows.map((row) => [row.src, row] as const))("%s", (src, row) => {
    if (row.error === true) {
      expect(() => readAll(src)).toThrow(ParseError);
      return;
    }
    const forms = List.from(readAll(src));
    expect(forms.count).toBe(row.forms as number);
    expect(print(forms)).toBe(row.print as string);
    expect(toHex(hashBytes(forms))).toBe(row.hash as string);
  });
});

/** Sheet 01 §22.1 and §22.2. */
describe("encodings of what is read", () => {
  test.each([
    ["nil", "00"],
    ["-129", "12ff7f"],
    ["9223372036854775808", "1909008000000000000000"],
    ["##-Inf", "1dfff0000000000000"],
    ["9.999e-4", "1d3f5061e273273f09"],
    ["4.9e-324", "1d0000000000000001"],
    ["1e23", "1d44b52d02c7e14af6"],
    ["1.5d", "1d3ff8000000000000"],
    ["\\u20ac", "3d20ac"],
    ["\\😀", "3e01f600"],
    ['"a\\tb\\"c\\\\\\n\\u20ac\\377"', "300c61096222635c0ae282acc3bf"],
    ["0xCAFEbabe", "3104cafebabe"],
    ["#9223372036854775807", "eaffffffffffffffff7f"],
    ["::foo", "33043a666f6f"],
    [":/", "33012f"],
    ["/", "32012f"],
    ["{:a 1 :b 2}", "820233016111013301621102"],
    ["#{1 2 3}", "8303110211031101"],
    ["#Index {0x1234 1 0x1256 2}", "84020002002884013102123411018401310212561102"],
    ['#Index {"a" 1 :b 2}', "8402000100068401300161110184013301621102"],
    ["^{:a 1} foo", "883203666f6f82013301611101"],
    ["^:static 1", "88110182013306737461746963b1"],
    ["^{} 1", "88110100"],
    ["@foo", "81023203666f6f32077265736f6c7665"],
    ["#8/foo", "81033203666f6fea0832066c6f6f6b7570"],
    ["#%count", "32072325636f756e74"],
    ["#[ed05]", "ed05"],
    ["(1 2 3)", "8103110311021101"],
  ])("%s is %s", (src, hex) => {
    expect(toHex(encoding(read(src)))).toBe(hex);
  });
});

/** What follows from the rules of sheet 01 §18: text, printed list of its forms. */
describe("longest match", () => {
  test.each([
    ["-1ab", "(-1ab)"],
    ["-1..2", "(-1..2)"],
    ["-1.5xy", "(-1.5xy)"],
    ["-1e-", "(-1e-)"],
    ["-1.5f", "(-1.5)"],
    ["1.5F 1e3D", "(1.5 1000.0)"],
    ["1.5\u000c", "(1.5)"],
    ["1e400 -1e400 1e-400", "(##Inf ##-Inf 0.0)"],
    ["a#_2", "(a#_2)"],
    ["[a /b]", "([(lookup a b)])"],
    ["[a / b]", "([a / b])"],
    ["(foo /bar)", "(((lookup foo bar)))"],
    ["a//", "((lookup a /))"],
    ["a//b", "((lookup a /) b)"],
    ["'a/b", "((quote (lookup a b)))"],
    ["~@x ~ @x", "((unquote-splicing x) (unquote (resolve x)))"],
    ["@a.b/c/d", "((lookup (lookup (resolve a.b) c) d))"],
    ["true/a [1]/b #{}/c", "((lookup true a) (lookup [1] b) (lookup #{} c))"],
    ["::::a:b#c", "(::::a:b#c)"],
    ["nil? nilx true1 falsey", "(nil? nilx true1 falsey)"],
    ["\\newlinex \\u004 \\ab", "(\\newline x \\u 4 \\a b)"],
    ["\\  1", "(\\space 1)"],
    ["#12abc", "(#12 abc)"],
    ["0x1234/foo", "((lookup 0x1234 foo))"],
    ["-0x1", "(-0x1)"],
    ["#Foo.b2 #Bar 7", "(7)"],
    ['"\\400\\18\\0"', '("\u0020\u0030\u00018\u0000")'],
    ['"\\ud83d\\ude00 \\ud800"', '("😀 ?")'],
    ["1;x\r2;y\n;z\n3", "(1 2 3)"],
    ["[1 #_ (2 3) 4 #_5]", "([1 4])"],
    ["[#_ 'a 1 #_ a /b 2]", "([1 2])"],
    ["#_1 #_ 2", "()"],
    ["{:a 1 :a 2}", "({:a 2})"],
    ["^:a ^{:a 2 :b 3} x", "(^{:a true,:b 3} x)"],
    ["^{:a ^:b c} x", "(^{:a c} x)"],
    ["^^:a :k x", "(^{:k true} x)"],
    ['^"t" [^1 y]', '(^{:tag "t"} [^{:tag 1} y])'],
    ["00000000000000000000000000000000000007", "(7)"],
  ])("%s", (src, printed) => {
    expect(print(List.from(readAll(src)))).toBe(printed);
  });

  test.each([
    "-1a",
    "1:a",
    "1#_2",
    '1"a"',
    "1/2",
    "1.5e",
    "1.5.",
    "12345678901234567890a",
    "nil/a",
    "/a",
    "[/a]",
    "#_ #_ 1 2",
    "'#_ 1 2",
    "[#_]",
    "(')",
    "##NaNx",
    "#[0]",
    "#[]",
    "#[0 0]",
    "#[8001200000]",
    "#9223372036854775808",
    "@/",
    "\\ud800",
    '"\\ud80"',
    '"\\/"',
    '"\\8"',
    "a\u0000",
    "#Index [1]",
    "#Index {1 2}",
    "#Signed {:value 1}",
    "^:a",
    `:${"a".repeat(129)}`,
    "a".repeat(129),
    "9".repeat(9866),
    "#Index #[8210000000]",
  ])("%s is an error", (src) => {
    expect(() => readAll(src)).toThrow(ParseError);
  });

  test("a name may have 128 characters, an integer 4096 bytes", () => {
    expect(print(read(`:${"a".repeat(128)}`))).toHaveLength(129);
    const least = -(2n ** 32767n);
    expect(read(String(least))).toBe(least);
    expect(() => read(String(-least))).toThrow(ParseError);
  });
});

describe("what Java's parsers take", () => {
  test.each([
    ["1\u0663", "13"],
    ["-12\uff19", "-129"],
    ["9223372036854775800\u0967", "92233720368547758001"],
    ["00000000000000000000\uabf0", "0"],
    ["[1\u1a99 1\u1a80]", "[19 10]"],
  ])("T40: %s is %s, its last digit being of another script", (src, printed) => {
    expect(print(read(src))).toBe(printed);
  });

  test.each(["1\u{1d7d8}", "1\u00b2", "1\u0663\u0663", "1.5\u0663", "#1\u0663"])(
    "%s is an error",
    (src) => {
      expect(() => read(src)).toThrow(ParseError);
    },
  );

  test.each([
    ["\\0000", [0]],
    ["\\0101", [65]],
    ["\\000377", [0xc3, 0xbf]],
    ["\\1777", [127, 55]],
    ["\\400", [32, 48]],
    ["\\08", [0, 56]],
  ])("T40: an octal source takes digits while it is below 32: %s", (source, bytes) => {
    expect((read(`"${source}"`) as CVMString).toBytes()).toEqual(Uint8Array.from(bytes));
  });
});

test("a tag that is dropped must still fit a symbol", () => {
  expect(read(`#${"a".repeat(128)} 1`)).toBe(1);
  expect(() => read(`#${"a".repeat(129)} 1`)).toThrow(ParseError);
});

describe("#Signed", () => {
  const key = "ab".repeat(32);
  const signed = (k: string, signature = `0x${"cd".repeat(64)}`): string =>
    `#Signed {:public-key ${k} :signature ${signature} :value 1}`;
  const canonical = print(read(signed(`0x${key}`)));

  test.each([`"${key}"`, `"0x${key}"`, `" \\u0000\\n0x${key} "`, `"${key}zz"`, `:${key}`, key])(
    "takes %s for a key",
    (k) => {
      expect(print(read(signed(k)))).toBe(canonical);
    },
  );

  test.each([`0x${key}00`, `"${key.slice(1)}"`, `"0X${key}"`, `"0x0x${key}"`, "1", "nil"])(
    "does not take %s",
    (k) => {
      expect(() => read(signed(k))).toThrow(ParseError);
    },
  );

  test("has a blob of 64 bytes for a signature", () => {
    expect(() => read(signed(`0x${key}`, `"${"cd".repeat(64)}"`))).toThrow(ParseError);
    expect(() => read(signed(`0x${key}`, `0x${"cd".repeat(65)}`))).toThrow(ParseError);
  });
});

describe("messages", () => {
  test.each([
    ["", "1:0: empty input (expected a form)"],
    ["(1 2", "1:4: unexpected end of input (unclosed '(' at 1:0)"],
    ["\n [1 #{2", "2:7: unexpected end of input (unclosed '#{' at 2:4)"],
    ["[1)", "1:2: '[' at 1:0 closed by mismatched ')' at 1:2"],
    [")", "1:0: unmatched closing ')'"],
    ["(1))", "1:3: unmatched closing ')'"],
    ["1.5x", "1:0: bad double format: 1.5x"],
    ["1 2", "1:2: unexpected '2'"],
    ["\u00e9", "1:0: unexpected '\u00e9'"],
    ["😀😀", "1:0: unexpected '😀'"],
    ["\\😀 |", "1:3: unexpected '|'"],
    ["{1}", "1:0: map requires an even number of forms"],
    ["1a", "1:0: bad number format: 1a"],
    ["a \u0000", "1:2: unexpected control character (0x0)"],
    ['x "abc', "1:2: unterminated string"],
    ["#!", "1:0: invalid '#' sequence: '#!'"],
    ["0x123", "1:0: invalid blob syntax: 0x123"],
    [`${"a".repeat(129)}`, `1:0: Symbol too long (max 128): ${"a".repeat(20)}...`],
    ["'", "1:1: unexpected end of input"],
  ])("%s", (src, problem) => {
    expect(problemOf(() => read(src))).toBe(`Parse error at ${problem}`);
  });
});

describe("read", () => {
  test("takes one form, and bytes as well as text", () => {
    expect(print(read(new TextEncoder().encode('["é"]')))).toBe('["é"]');
    expect(() => read("#_ 1 2")).toThrow(ParseError);
    expect(() => read("1 2")).toThrow(ParseError);
    expect(read(" 1 ;c")).toBe(1);
  });

  test("uses the tags it is given", () => {
    const tags = new Map([
      ["Count", (form: unknown) => (form instanceof Vector ? form.count : 0)],
      [
        "Never",
        () => {
          throw new TagError("never");
        },
      ],
    ]);
    expect(print(read("[#Count [1 2] #Count #Index {}]", { tags }))).toBe("[2 0]");
    expect(problemOf(() => read(" #Never 1", { tags }))).toBe("Parse error at 1:1: never");
  });

  test("gives back what was printed", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const text = print(value, 1_000_000) as string;
        expect(equals(read(text), value)).toBe(true);
      }),
      PROPERTY,
    );
  });

  test("throws nothing but ParseError", () => {
    const piece = fc.oneof(
      fc.constantFrom(..."()[]{}#^'`~@:/\\\"_;,. \n-+0189abnuxeEfF"),
      fc.constantFrom("#{", "#_", "##", "#%", "#[", "nil", "#Index ", "#Signed ", "8210000000]"),
      fc.string({ unit: "binary", maxLength: 3 }),
      fc.string({ unit: "binary-ascii", maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expect(problemOf(() => readAll(pieces.join("")))).toMatch(/^(no error|Parse error at \d)/);
      }),
      { ...PROPERTY, numRuns: 3000 },
    );
  });
});

describe("deep and long texts", () => {
  test.each([
    ["(", ")"],
    ["[", "]"],
    ["#{", "}"],
    ["{1 ", "}"],
    ["[^:a x ", "]"],
    ["#Index {0x ", "}"],
  ])("%s nested 10,000 deep", (open, close) => {
    const text = `${open.repeat(DEPTH)}1${close.repeat(DEPTH)}`;
    const value = read(text);
    expect(print(read(print(value, 1_000_000) as string), 1_000_000)).toBe(
      print(value, 1_000_000) as string,
    );
  });

  test("quotes nested 10,000 deep", () => {
    expect(print(read(`${"'".repeat(DEPTH)}a`), 1_000_000)).toHaveLength(8 * DEPTH + 1);
  });

  test("metadata on metadata, 10,000 deep", () => {
    const value = read(`${"^".repeat(DEPTH)}1${" :k".repeat(DEPTH)}`);
    expect(print(value)).toBe("^{:k true} :k");
  });

  test("an unfinished text of a megabyte is refused at once", () => {
    for (const piece of ["(", "'", "^", '"\\u0000', "a/b ", "\\u", "#_ ", "::", "-1", "[#Foo "]) {
      const started = workMs();
      problemOf(() => readAll(`${piece.repeat(1_000_000 / piece.length)}(`));
      expect(workMs() - started).toBeLessThan(3000);
    }
  });
});

test("nil takes no path, and a literal of nil neither", () => {
  for (const text of ["nil/a", "nil /a", "#[00]/a", "[#[00] /a]", "#[00] // "]) {
    expect(() => readAll(text)).toThrow(ParseError);
  }
  expect(readAll("#[1101]/a").length).toBe(1);
});

test("an annotated form takes no path, as the reference reads it", () => {
  for (const text of ["^{} a/b", "^:k :a/b", "[^m #8/f]", "^m 'a/b", "^m #t a/b", "^^x y/z c"]) {
    expect(() => readAll(text)).toThrow(ParseError);
  }
  const fine = ["^a/b c", "^m [a/b]", "[^m a b/c]", "'a/b", "^'a/b c", "^m (a) b/c"];
  for (const text of fine) expect(readAll(text).length).toBeGreaterThan(0);
});
