import { describe, expect, test } from "bun:test";
import { toHex } from "../../src/crypto/hex.ts";
import { Blob } from "../../src/data/blob.ts";
import { LeafCell, type Value } from "../../src/data/cell.ts";
import { CVMChar } from "../../src/data/char.ts";
import { CAD3_TABLE } from "../../src/data/decode.ts";
import { CVMDouble } from "../../src/data/double.ts";
import { ByteFlag, CodedValue, ExtensionValue } from "../../src/data/generic-cells.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { decodeMultiCell } from "../../src/data/multi-cell.ts";
import type { Printable, PrintSink } from "../../src/data/printable.ts";
import { DenseRecord, SlotRecord } from "../../src/data/record.ts";
import { SignedData } from "../../src/data/signed.ts";
import { CVMString } from "../../src/data/string.ts";
import { CVMSymbol } from "../../src/data/symbol.ts";
import { Syntax } from "../../src/data/syntax.ts";
import { Vector } from "../../src/data/vector.ts";
import { MAX_PRINTABLE_DEPTH, PRINT_LIMIT, print, printBytes } from "../../src/lang/printer.ts";
import { read } from "../../src/lang/reader.ts";
import { PRINT_EXCEEDED_MESSAGE, strBytes } from "../../src/lang/str-text.ts";
import { bytesOf, fixtureRows } from "../data/fixture-rows.ts";

interface ValueRow {
  readonly message: string;
  readonly print: string | null;
}

const VECTOR_LIMIT = 4000;

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

/** What is printed under a limit, whole or not. */
function cut(value: Value, limit: number): [string, boolean] {
  const { bytes, complete } = printBytes(value, limit);
  return [text(bytes), complete];
}

function string(hex: string): CVMString {
  return CVMString.fromBytes(bytesOf(hex));
}

class Pair extends SlotRecord {
  override get fieldNames(): readonly Keyword[] {
    return [Keyword.of("a"), Keyword.of("b")];
  }
}

/** A cell of some layer above, that prints another inside itself. */
class Box extends LeafCell implements Printable {
  readonly content: Value;
  constructor(content: Value) {
    super();
    this.content = content;
  }
  override get tag(): number {
    return 0xda;
  }
  override measure(): number {
    return 1;
  }
  override writeTo(): void {
    throw new Error("a box has no encoding");
  }
  printTo(sink: PrintSink): boolean {
    return sink.text("<é ") && sink.value(this.content) && sink.text(">");
  }
}

test("values print as the reference prints them", () => {
  const rows = fixtureRows<ValueRow>("values");
  expect(rows.length).toBeGreaterThan(100);
  for (const row of rows) {
    const value = decodeMultiCell(bytesOf(row.message), CAD3_TABLE, null);
    expect(print(value, VECTOR_LIMIT)).toBe(row.print);
  }
});

/** Sheet 01 §17. */
describe("forms", () => {
  const record = new Pair(0xd9, [1, null]);
  const rows: [string, Value][] = [
    ["nil", null],
    ["true", true],
    ["-123456789012345678901234567890", -123456789012345678901234567890n],
    ["1.0E7", CVMDouble.of(1e7)],
    ["##NaN", CVMDouble.NAN],
    ["#[1dfff8000000000000]", CVMDouble.fromBits(0xfff8000000000000n)],
    ["\\newline", CVMChar.of(10)],
    ["\\space", CVMChar.of(32)],
    ["\\\u0000", CVMChar.of(0)],
    ["\\\u000c", CVMChar.of(12)],
    ["\\😀", CVMChar.of(0x1f600)],
    ['"a\\"\\\\\\t\\b\\n\\r\\f\u0001é/\'"', CVMString.of("a\"\\\t\b\n\r\f\u0001é/'")],
    ["0x00ff", Blob.of(new Uint8Array([0, 255]))],
    ["[1 [] 2]", Vector.of(1, Vector.EMPTY, 2)],
    ["#{2,3,1}", read("#{1 2 3}")],
    ['{"b" 2,3 4,:a 1}', read('{:a 1 "b" 2 3 4}')],
    ["#Index {0x00 1,0x01 2}", read("#Index {0x01 2 0x00 1}")],
    ["^{} x", Syntax.of(CVMSymbol.of("x"), read("{}") as never)],
    ["{:a 1,:b nil}", record],
    ["#[d80111ff]", new DenseRecord(0xd8, Vector.of(-1))],
    ["#[c711011102]", new CodedValue(0xc7, 1, 2)],
    ["#[e97f]", new ExtensionValue(0xe9, 127)],
    ["#[b7]", ByteFlag.of(0xb7)],
    ["[<é [1]> 2]", Vector.of(new Box(Vector.of(1)), 2)],
  ];
  test.each(rows)("%s", (printed, value) => {
    expect(print(value)).toBe(printed);
  });

  test("signed data", () => {
    const signed = SignedData.of(new Uint8Array(32).fill(1), new Uint8Array(64).fill(2), 7);
    const [key, signature] = ["01".repeat(32), "02".repeat(64)];
    expect(print(signed)).toBe(`#Signed {:public-key 0x${key},:signature 0x${signature},:value 7}`);
  });

  test("surrogate characters and odd names keep their bytes", () => {
    expect(toHex(printBytes(CVMChar.of(0xd800)).bytes)).toBe("5ceda080");
    expect(toHex(printBytes(Keyword.of("k\xff")).bytes)).toBe("3a6bff");
  });
});

describe("strings that are not UTF-8", () => {
  test.each([
    ["61ff6263e282", "61efbfbd63efbfbd"],
    ["ca707664", "efbfbd7664"],
    ["eda080", "eda080"],
    ["c3a9ff22", "c3a9efbfbd"],
    ["c18161e080a222c1", "c1efbfbde0efbfbd5c22efbfbd"],
  ])("%s", (raw, printed) => {
    expect(toHex(printBytes(string(raw)).bytes)).toBe(`22${printed}22`);
  });

  test("are printed as they are above 4,096 bytes", () => {
    const raw = `ff0a22${"61".repeat(4094)}`;
    expect(toHex(printBytes(string(raw)).bytes)).toBe(`22ff5c6e5c22${"61".repeat(4094)}22`);
  });
});

/** Limit rules of sheet 01 §17: each row as it stands, and the limit. */
describe("limit", () => {
  test.each([
    ["[1 2]", 5, "[1 2]", true],
    ["[1 2]", 4, "[1 2]", false],
    ["[1 2]", 3, "[1 2", false],
    ["[1 2]", 2, "[1 2", false],
    ["[1 2]", 1, "[1", false],
    ["[[1] 2]", 3, "[[1]", false],
    ["[[1] 2]", 4, "[[1] 2", false],
    [":keyword", 3, ":keyword", false],
    ["{:a 1}", 3, "{:a 1", false],
    ['"abcd"', 6, '"abcd"', true],
    ['"abcd"', 5, '"abcd', false],
    ['"abcd"', 2, '"a', false],
    ['"abcd"', 1, '"', false],
    ['"abcd"', 0, "", false],
    ['"a\\n\\n"', 5, '"a\\n\\n"', false],
    ['"\\n\\n\\n\\n"', 4, '"\\n\\n\\n', false],
    ['["abc"]', 1, "[", false],
    ["0x1234", 6, "0x1234", true],
    ["0x1234", 5, "0x12", false],
    ["[0x1234]", 6, "[0x12", false],
    ["0x1234", 2, "0x", false],
    ["0x1234", 0, "0x", false],
    ["^{:a 1} x", 7, "^{:a 1} x", false],
    ["^{:a 1} x", 6, "^{:a 1}", false],
    ["[1 -123456789012345678901234567890]", 9, "[1 ", false],
    ["[1 -123456789012345678901234567890]", 10, "[1 -123456", false],
    ["[1 -123456789012345678901234567890]", 33, "[1 -12345678901234567890123456789", false],
    ["[-123456789012345678901234567890 2]", 32, "[-123456789012345678901234567890 2", false],
    ["[9223372036854775807]", 3, "[9223372036854775807", false],
    ['["\u00e9\u{1f600}"]', 2, '["', false],
    ['["\u00e9\u{1f600}"]', 3, '["\xc3\xa9', false],
    ['["\u00e9\u{1f600}"]', 4, '["\xc3\xa9', false],
    ['["\u00e9\u{1f600}"]', 5, '["\xc3\xa9\xf0\x9f\x98\x80', false],
  ])("%s in %d", (src, limit, printed, complete) => {
    expect(cut(read(src), limit)).toEqual([printed, complete]);
  });

  test("print gives null, and no text is longer than the default limit unless the end overshoots", () => {
    const exact = CVMString.of("a".repeat(PRINT_LIMIT - 4));
    expect(print(Vector.of(exact))).toHaveLength(PRINT_LIMIT);
    expect(print(Vector.of(exact, 1))).toBe(null);
    expect(printBytes(Vector.of(CVMString.of("a".repeat(PRINT_LIMIT - 3)))).bytes).toHaveLength(
      PRINT_LIMIT + 1,
    );
  });

  test("is tested after cells of other layers, which are written whole", () => {
    expect(cut(Vector.of(new Box(1), 2), 4)).toEqual(["[<\xc3\xa9 1", false]);
    expect(cut(Vector.of(new Box(1), 2), 6)).toEqual(["[<\xc3\xa9 1>", false]);
  });
});

describe("nesting", () => {
  function boxes(depth: number): Value {
    let value: Value = 1;
    for (let i = 0; i < depth; i++) value = new Box(value);
    return value;
  }

  test("of cells that print themselves ends the text beyond a bound", () => {
    expect(print(boxes(MAX_PRINTABLE_DEPTH))).toHaveLength(4 * MAX_PRINTABLE_DEPTH + 1);
    expect(print(boxes(MAX_PRINTABLE_DEPTH + 1))).toBe(null);
    expect(printBytes(boxes(MAX_PRINTABLE_DEPTH + 1), 1e6).complete).toBe(false);
  });

  test("of collections costs no stack", () => {
    let value: Value = Vector.EMPTY;
    for (let i = 0; i < 100_000; i++) value = Vector.of(value);
    expect(print(value, 1e6)).toHaveLength(200_002);
    // opening brackets are not tested: the limit strikes at the first element that ends
    expect(printBytes(value)).toMatchObject({ complete: false, bytes: { length: 100_002 } });
  });
});

describe("str", () => {
  test.each([
    ["nil", "nil"],
    ['"a\\n"', "a\n"],
    ["\\a", "a"],
    ["\\newline", "\n"],
    ["0x12ab", "12ab"],
    [":k", ":k"],
    ["#12", "#12"],
    ['["a" \\b 0x01]', '["a" \\b 0x01]'],
    ["1.0", "1.0"],
  ])("of %s", (src, expected) => {
    expect(text(strBytes(read(src)))).toBe(expected);
  });

  test("keeps the bytes of a string, and repairs those of anything else", () => {
    expect(toHex(strBytes(string("61ff")))).toBe("61ff");
    expect(toHex(strBytes(CVMChar.of(0xd800)))).toBe("3f");
    expect(toHex(strBytes(Vector.of(CVMChar.of(0xd800))))).toBe("5b5cefbfbd5d");
    expect(toHex(strBytes(Keyword.of("k\xffl")))).toBe("3a6befbfbd6c");
  });

  test("says so when it stops at the limit", () => {
    const long = Vector.from(new Array(40_000).fill(1));
    const result = text(strBytes(long));
    expect(result).toHaveLength(PRINT_LIMIT + 2 + PRINT_EXCEEDED_MESSAGE.length);
    expect(result).toEndWith(`1 1${PRINT_EXCEEDED_MESSAGE}`);
    expect(strBytes(CVMString.of("a".repeat(100_000)))).toHaveLength(100_000);
    const blob = strBytes(Blob.of(new Uint8Array(40_000)));
    expect(blob).toHaveLength(PRINT_LIMIT + PRINT_EXCEEDED_MESSAGE.length);
  });
});

test("any number of cells that print themselves may stand beside one another", () => {
  const cells = Vector.from(new Array<Value>(MAX_PRINTABLE_DEPTH + 10).fill(new Box(1)));
  expect(cut(cells, Number.POSITIVE_INFINITY)[1]).toBe(true);
});
