// Where the print limit cuts off what the machine's cells print, as the reference has printed them:
// a function closes its bracket behind a part that was cut off, a definition goes on behind its
// name, and a blob of which half a byte is left out can leave room for that.

import { expect, test } from "bun:test";
import { fromHex } from "../../../src/crypto/hex.ts";
import { Fn } from "../../../src/cvm/call/fn.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Constant } from "../../../src/cvm/ops/constant.ts";
import { Def } from "../../../src/cvm/ops/def.ts";
import type { Value } from "../../../src/data/cell.ts";
import { WorkLimitError, withWorkLimit } from "../../../src/data/free-work.ts";
import { decodeMultiCell } from "../../../src/data/multi-cell.ts";
import { Vector } from "../../../src/data/vector.ts";
import { MAX_PRINTABLE_DEPTH, print, printBytes } from "../../../src/lang/printer.ts";
import { utf8Text } from "../../../src/lang/utf8.ts";

function cut(hex: string, limit: number): [string, boolean] {
  const value: Value = decodeMultiCell(fromHex(hex) as Uint8Array, CVM_TABLE, null);
  const { bytes, complete } = printBytes(value, limit);
  return [utf8Text(bytes), complete];
}

/** (fn [a b] 0x01020304) */
const FN = "df04b0800232016132016200c0b0310401020304";
/** (fn [18446744073709551615] 1) */
const FN_OF_NUMBER = "df04b08001190900ffffffffffffffff00c0b01101";
/** (def 0x01020304 1) */
const DEF = "cd310401020304c0b01101";
/** (fn nil nil) */
const MULTI_FN_OF_NILS = "df0211011102";
/** (fn ([] 1) ([] 2)) */
const MULTI_FN = "df02df04b0800000c0b01101df04b0800000c0b01102";
/** #Result {:id 1,:result 0x0102,:error :a} */
const RESULT = "dd051101310201023301610000";

test.each([
  [FN, 0, "(fn [a)", false],
  [FN, 7, "(fn [a b)", false],
  [FN, 9, "(fn [a b] 0x)", false],
  [FN, 13, "(fn [a b] 0x)", true],
  [FN, 14, "(fn [a b] 0x01)", false],
  [FN, 17, "(fn [a b] 0x0102)", true],
  [FN, 19, "(fn [a b] 0x010203)", true],
  [FN_OF_NUMBER, 6, "(fn [)", true],
  [FN_OF_NUMBER, 10, "(fn [18446)", false],
  [FN_OF_NUMBER, 26, "(fn [18446744073709551615] 1)", false],
  [DEF, 4, "(def 0x 1", false],
  [DEF, 9, "(def 0x01 1", false],
  [DEF, 16, "(def 0x01020304 1", false],
  [DEF, 17, "(def 0x01020304 1)", false],
  [MULTI_FN_OF_NILS, 3, "(fn nil", false],
  [MULTI_FN_OF_NILS, 7, "(fn nil nil", false],
  [MULTI_FN_OF_NILS, 11, "(fn nil nil)", false],
  [MULTI_FN_OF_NILS, 12, "(fn nil nil)", true],
  [MULTI_FN, 5, "(fn ([] 1", false],
  [MULTI_FN, 14, "(fn ([] 1) ([] 2", false],
  [MULTI_FN, 16, "(fn ([] 1) ([] 2)", false],
  [MULTI_FN, 17, "(fn ([] 1) ([] 2))", false],
  [MULTI_FN, 18, "(fn ([] 1) ([] 2))", true],
  [RESULT, 11, "#Result {:id", false],
  [RESULT, 13, "#Result {:id 1", false],
  [RESULT, 14, "#Result {:id 1,:result", false],
  [RESULT, 22, "#Result {:id 1,:result 0x", false],
  [RESULT, 29, "#Result {:id 1,:result 0x0102,:error", false],
  [RESULT, 40, "#Result {:id 1,:result 0x0102,:error :a}", true],
])("%s in %d", (hex, limit, printed, complete) => {
  expect(cut(hex, limit)).toEqual([printed, complete]);
});

test("functions nested too deep end the text", () => {
  const nested = (depth: number): Value => {
    let fn: Value = decodeMultiCell(fromHex(FN) as Uint8Array, CVM_TABLE, null);
    for (let i = 1; i < depth; i++) fn = new Fn(Vector.EMPTY, null, new Constant(fn));
    return fn;
  };
  expect(printBytes(nested(MAX_PRINTABLE_DEPTH / 2)).complete).toBe(true);
  expect(printBytes(nested(MAX_PRINTABLE_DEPTH / 2 + 1)).complete).toBe(false);
});

test("a Def that is its own key and value many times over ends", () => {
  let value: Value = new Constant(1);
  for (let i = 0; i < 60; i++) value = new Def(value, value);
  const { bytes, complete } = printBytes(value, 10);
  expect(complete).toBe(false);
  expect(bytes.length).toBeLessThan(2 ** 25);
  expect(printBytes(value, 10, { beyondMax: 0 }).bytes.length).toBeLessThan(1000);
  expect(print(value, 10)).toBe(null);
  const counted = () => withWorkLimit(1_000_000, () => printBytes(value, 10));
  expect(counted).toThrow(WorkLimitError);
});
