// Encodings and printed forms of ops and functions: sheet 01 §22.2, sheet 02 §8, sheet 01 §17.

import { describe, expect, test } from "bun:test";
import { fromHex, toHex } from "../../../src/crypto/hex.ts";
import { Fn } from "../../../src/cvm/call/fn.ts";
import { MultiFn } from "../../../src/cvm/call/multi-fn.ts";
import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { CORE_BY_NAME } from "../../../src/cvm/core/index.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { HostError } from "../../../src/cvm/exits.ts";
import { Local } from "../../../src/cvm/ops/local.ts";
import { Op } from "../../../src/cvm/ops/op.ts";
import { Special } from "../../../src/cvm/ops/special.ts";
import { MAX_EMBEDDED_LENGTH, type Value } from "../../../src/data/cell.ts";
import { encoding, hashBytes } from "../../../src/data/encode.ts";
import { UnprintableError } from "../../../src/data/errors.ts";
import { CodedValue, ExtensionValue } from "../../../src/data/generic-cells.ts";
import { memorySize } from "../../../src/data/memory-size.ts";
import { branchEncodings, decodeMultiCell, encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { DenseRecord } from "../../../src/data/record.ts";
import { CVMString } from "../../../src/data/string.ts";
import { Vector } from "../../../src/data/vector.ts";
import { print, printBytes } from "../../../src/lang/printer.ts";
import { strBytes } from "../../../src/lang/str-text.ts";
import { compiled, context, decodeHex } from "../small-state.ts";

const COMPILED: readonly (readonly [source: string, hex: string, hash?: string])[] = [
  ["1", "c0b01101", "93a71e6e2efcec5f5654fb76f9262732041a473e3b6e475040913b901cab83e2"],
  [
    "foo",
    "c1c0b0ea0b3203666f6f",
    "ea39e0a1b739e5d30d70a0d61f090229054e95049e9cbb2d27b9b95fd686a463",
  ],
  [
    "(def a 1)",
    "cd320161c0b01101",
    "495ebee1f52a42d88b403f6ce054b7842b85874aa4038a3ee115c955d70d798f",
  ],
  ["(def ^:foo a 1)", "cd8832016182013303666f6fb1c0b01101"],
  ["(do 1 2)", "da02c0b01101c0b01102"],
  ["(cond true 1 2)", "dc03c0b0b1c0b01101c0b01102"],
  ["(let [x 1] x)", "c280013201788002c0b01101e600"],
  ["(loop [x 1] (recur x))", "c380013201788002c0b01101db02c0b0ed8144e600"],
  ["(fn [x] x)", "c0bfdf04b0800132017800e600"],
  [
    "(+ 1 2)",
    "db03c0b0ed8120c0b01101c0b01102",
    "386f2a5b41f53d1a07a2f63acf746b5eb49baf7cf6bb24a2cc4f220859b82c44",
  ],
  ["*balance*", "e504"],
  [
    "(set! x 1)",
    "dc03db03c0b0ed21e502c0b0320178cd320178c0b01101db03c0b0ed8153c0b0330a554e4445434c41524544c0b0320178",
    "1952cf7e1273f5a14f5e5822bda173867999e285ebd8b6f5bb6ab1a5460fb317",
  ],
  ["(query 1)", "c0bb8001c0b01101"],
  ["(try 1)", "c0b01101"],
  ["#8/count", "c0b0ed8137"],
  ["(lookup inc)", "c1003203696e63"],
  ["'(a b)", "c0b08102320162320161"],
  ["(let [x 1] (set! x 2))", "c280013201788002c0b01101c010c0b01102"],
  ["(let [a 1] (set! a 2) a)", "c280013201618003c0b01101c010c0b01102e600"],
  ["[1 x]", "db03c0b0ed01c0b01101c1c0b0ea0b320178"],
  ["(try (fail :X 1) *result*)", "c0ba8002db03c0b0ed8153c0b0330158c0b01101e506"],
];

describe("compiled ops (account #11)", () => {
  for (const [source, hex, hash] of COMPILED) {
    test(source, () => {
      expect(compiled(source)).toBe(hex);
      const op = decodeHex(hex);
      expect(op).toBeInstanceOf(Op);
      expect(toHex(encoding(op))).toBe(hex);
      if (hash !== undefined) expect(toHex(hashBytes(op))).toBe(hash);
    });
  }
});

const FUNCTIONS: readonly (readonly [source: string, hex: string, hash: string])[] = [
  [
    "(fn [x] x)",
    "df04b0800132017800e600",
    "4a12a0947cdbfd63e3f77bdf8aa1f852092d12460a0a267ad2d1a2f3e18be04b",
  ],
  [
    "(fn [x & more] (+ x 1))",
    "df04b0800332017832012632046d6f726500db03c0b0ed8120e600c0b01101",
    "619f3e6f5c9f1bee954e61df95dfc0ef0cab4461a8a7a54c622570f4cf3d32d0",
  ],
  [
    "(fn ([] 1) ([x] x))",
    "df02df04b0800000c0b01101df04b0800132017800e600",
    "3842bdc5652f88441ee2adae9353a6339b01e5d15049110b2176ed92783502f7",
  ],
  [
    "(let [x 1] (fn [y] (+ x y)))",
    "df04b0800132017980011101db03c0b0ed8120e600e601",
    "e38cfca5aae72b8c8d6ddaf9013d12a7addfaad81c0f3145392489c06b19f8db",
  ],
  ["count", "ed8137", "15e0fcb50a515d20b3bd1157483ac0b0a39bf3d1fa745ebc3b1d055487f1a7ec"],
  ["+", "ed8120", "41ff67e7426baab60c758ea1f539c785c280e1576f52410e670fd93007c8394e"],
];

describe("function values", () => {
  for (const [source, hex, hash] of FUNCTIONS) {
    test(source, () => {
      const ctx = context();
      const value = ctx.run(readForm(source)) as Value;
      expect(toHex(encoding(value))).toBe(hex);
      expect(toHex(hashBytes(value))).toBe(hash);
      expect(toHex(encoding(decodeHex(hex)))).toBe(hex);
      expect(memorySize(value)).toBe(0);
    });
  }
});

describe("what does not fit stays generic, with the same bytes", () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ["c0b21101", CodedValue],
    ["c0300161c0b01101", CodedValue],
    ["c411011102", CodedValue],
    ["df00", DenseRecord],
    ["df03b0800000", DenseRecord],
    ["df04b0800000c0b01101", Fn],
    ["df011101", MultiFn],
    // Of more than 16 members what comes first in the cell is the part before the last ones (T47).
    ["df11b08000", MultiFn],
    ["df1100b0", DenseRecord],
    ["e518", Op],
    ["e519", ExtensionValue],
    ["e603", Op],
    ["e6ffffffffffffffff7f", Op],
    ["edff7f", ExtensionValue],
    ["c011ff1102", Op],
  ];
  for (const [hex, type] of cases) {
    test(hex, () => {
      const value = decodeHex(hex);
      expect(value).toBeInstanceOf(type as new () => object);
      expect(toHex(encoding(value))).toBe(hex);
    });
  }

  test("a code that is a branch is looked up, and missing without a store", () => {
    const branch = `c020${"00".repeat(32)}1101`;
    expect(() => decodeMultiCell(fromHex(branch) as Uint8Array, CVM_TABLE)).toThrow(/Missing data/);
  });
});

describe("printed forms", () => {
  const cases: readonly (readonly [source: string, printed: string])[] = [
    ["1", "1"],
    ['"a"', '"a"'],
    ["foo", "#11/foo"],
    ["(lookup foo)", "foo"],
    ["(do 1 2)", "(do 1 2)"],
    ["(count [])", "(count [])"],
    ["(cond true 1)", "(cond true 1)"],
    ["(try 1 2)", "(try 1 2)"],
    ["(query)", "(query)"],
    ["(def a)", "(def a nil)"],
    ["(def a 1)", "(def a 1)"],
    ["(let [x 1] x)", "(let [x 1 ]  %0)"],
    ["(let [])", "(let [] )"],
    ["(loop [x 1 y 2] x y)", "(loop [x 1  y 2 ]  %0 %1)"],
    ["(let [x 1] (set! x 2))", "(let [x 1 ]  (set! %0 2))"],
    ["(fn [x & y] y)", "(fn [x & y] %1)"],
    ["(fn ([] 1) ([x] x))", "(fn ([] 1) ([x] %0))"],
    ["*balance*", "*balance*"],
  ];
  for (const [source, printed] of cases) {
    test(source, () => {
      expect(print(context().expandCompile(readForm(source)) as Value)).toBe(printed);
    });
  }

  // Seen on the reference: `print` throws, `str` and messages give the text of the exception.
  const nil = (call: string, origin: string) =>
    `java.lang.NullPointerException Print failed: Cannot invoke "convex.core.${call}" because ${origin} is null`;
  const other = (name: string, wanted: string) =>
    `java.lang.ClassCastException Print failed: class convex.core.${name} cannot be cast to class convex.core.${wanted} (convex.core.${name} and convex.core.${wanted} are in unnamed module of loader 'app')`;
  const printOf = (name: string) => `${name}.print(convex.core.data.util.BlobBuilder, long)`;
  test.each([
    ["Let without forms", "c20000", nil("data.AVector.size()", '"symbols"')],
    ["Let with neither", "c2001102", other("data.prim.CVMLong", "data.AVector")],
    ["Try without ops", "c0ba00", nil("data.AVector.size()", '"ops"')],
    ["Query of a number", "c0bb1101", other("data.prim.CVMLong", "data.AVector")],
    [
      "Let of nil",
      "c28000800100",
      nil(printOf("cvm.AOp"), 'the return value of "convex.core.data.AVector.get(int)"'),
    ],
    [
      "Let without an op",
      "c280013201618000",
      "java.lang.IndexOutOfBoundsException Print failed: Index: 0",
    ],
    [
      "Lambda of nil",
      "c0bf00",
      nil(printOf("lang.impl.AClosure"), 'the return value of "convex.core.data.Ref.getValue()"'),
    ],
    ["Lambda of a Symbol", "c0bf320161", other("data.Symbol", "lang.impl.AClosure")],
    ["Lambda of an op", "c0bfc280008000", other("cvm.ops.Let", "lang.impl.AClosure")],
    ["Lambda of a map", "c0bf820111011102", other("data.MapLeaf", "lang.impl.AClosure")],
    ["Lambda of +", "c0bfed8120", other("lang.Core$91", "lang.impl.AClosure")],
    ["Lambda of zero?", "c0bfed8210", other("lang.Core$151", "lang.impl.AClosure")],
    ["Lambda of the expander", "c0bfed8203", other("lang.Compiler$1", "lang.impl.AClosure")],
    ["Lambda of a Belief", "c0bfd4018400", other("cpos.Belief", "lang.impl.AClosure")],
    ["Let of an extension value", "c280008001ef01", other("data.ExtensionValue", "cvm.AOp")],
    ["Let of a function", "c280008001df011101", other("lang.impl.MultiFn", "cvm.AOp")],
    [
      "Def of nil",
      "cd00c0b01101",
      nil(printOf("data.ACell"), 'the return value of "convex.core.data.Ref.getValue()"'),
    ],
    ["Lookup of nil", "c10000", nil(printOf("data.Symbol"), '"symbol"')],
    ["Fn without parameters", "df04b0000000", nil("data.AVector.count()", '"params"')],
    [
      "Fn without body",
      "df04b080000000",
      nil(printOf("cvm.AOp"), 'the return value of "convex.core.lang.impl.Fn.getBody()"'),
    ],
  ])("T6: %s cannot be printed", (_, hex, text) => {
    const value = decodeHex(hex);
    expect(() => printBytes(value)).toThrow(UnprintableError);
    expect(print(value)).toBe(text);
    expect(new TextDecoder().decode(strBytes(Vector.of(1, value)))).toBe(text);
    const core = (name: string) => context().invoke(CORE_BY_NAME.get(name) as Value, [value]);
    expect(() => core("print")).toThrow(HostError);
    expect(print(core("str") as Value)).toBe(print(CVMString.of(text)));
  });

  test("members of a MultiFn that are no functions print as nil", () => {
    expect(print(decodeHex("df0100"))).toBe("(fn nil)");
    expect(print(decodeHex("df03110111021103"))).toBe("(fn nil nil nil)");
    expect(print(decodeHex("da00"))).toBe("(do)");
    expect(print(decodeHex("db00"))).toBe("()");
    expect(print(decodeHex("dc0100"))).toBe("(cond nil)");
  });
});

/** Forms of which each text becomes a cell of its own. */
const WITH_BRANCHES = [
  "(def a TEXT)",
  "(do TEXT TEXT)",
  "(cond TEXT TEXT TEXT)",
  "(let [a TEXT b TEXT] TEXT)",
  "(let [a 1] (set! a TEXT))",
  "(loop [a TEXT] TEXT)",
  "(fn [a] TEXT TEXT)",
  "(fn ([] TEXT) ([a] TEXT))",
  "(f TEXT TEXT)",
  "(try TEXT TEXT)",
  "(query TEXT TEXT)",
];

test.each(WITH_BRANCHES)("the memory of %s is that of each of its cells, once", (form) => {
  let texts = 0;
  const source = form.replaceAll("TEXT", () => `"${String(texts++).padEnd(200, "x")}"`);
  const op = context().expandCompile(readForm(source)) as Value;
  const top = encoding(op).length;
  const parts = [...branchEncodings(encodeMultiCell(op), top)].map((bytes) => bytes.length);
  const cells = top > MAX_EMBEDDED_LENGTH ? [top, ...parts] : parts;
  expect(parts.length).toBeGreaterThanOrEqual(texts);
  expect(memorySize(op)).toBe(cells.reduce((sum, length) => sum + length + 64, 0));
});

test("ops without children measure what their encodings have", () => {
  const locals = [0, 127, 128, 16_383, 16_384, 2n ** 62n].map((position) => new Local(position));
  const specials = Array.from({ length: 25 }, (_, code) => Special.ofCode(code) as Special);
  for (const cell of [...locals, ...specials, ...CORE_BY_NAME.values()]) {
    expect([print(cell), cell.measure()]).toEqual([print(cell), encoding(cell).length]);
  }
});
