// T42: an Index made by hand of which something is left that has no encoding, or one that could
// never be read again.

import { expect, test } from "bun:test";
import { toHex } from "../../../src/crypto/hex.ts";
import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Address } from "../../../src/data/address.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { Value } from "../../../src/data/cell.ts";
import { decode } from "../../../src/data/decode.ts";
import { encoding } from "../../../src/data/encode.ts";
import { BadFormatError, BadStructureError } from "../../../src/data/errors.ts";
import { INDEX_DIGITS, Index } from "../../../src/data/index-map.ts";
import { encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { Invoke } from "../../../src/state/transaction.ts";
import { testGenesis } from "../../genesis/test-genesis.ts";
import { filled, quoted } from "../../interop/programs/damaged-calls.ts";
import { CONTROLLER } from "../../interop/programs/network.ts";
import { answerTo } from "./damaged-cells.ts";

const single = (key: Value): Index => new Index(1, true, [key, 1], INDEX_DIGITS, 0);
const key = (hex: string): Blob => Blob.fromHex(hex) as Blob;

function answer(form: string, index: Index): string {
  const command = filled(readForm(form), { "%": () => quoted(index) });
  const sequence = (testGenesis().account(CONTROLLER)?.sequence as number) + 1;
  const invoke = Invoke.of(Address.of(CONTROLLER), sequence, command);
  return answerTo(toHex(encodeMultiCell(invoke)));
}

test("a cell that counts one and has no entry", () => {
  const index = new Index(2, false, [single(key("00")), single(key("12"))], 0, 0b11);
  const short = new Index(2, false, [index, single(key("20"))], 0, 0b101);
  expect(answer("(def q (dissoc (dissoc % 0x20) 0x00))", short)).not.toContain("error");
  expect(() => encoding(new Index(1, false, [single(key("00"))], 0, 1))).toThrow(BadStructureError);
});

test.each([null, 7])("an only entry under %s, which is no key", (no) => {
  expect(single(no).isReadable).toBe(false);
  expect(() => decode(encoding(single(no)), CVM_TABLE)).toThrow(BadFormatError);
});

test("a child without a digit", () => {
  const index = new Index(2, false, [single(key("00")), single(key("12"))], 0, 0b1);
  expect(index.isReadable).toBe(false);
  expect(() => decode(encoding(index), CVM_TABLE)).toThrow(BadFormatError);
});

test.each([
  ["(count (dissoc % 0x0012))", "f38ddbe695dc96e7 | 1060"],
  ["(vec (dissoc % 0x0012))", "2070ae14bfca91c1 | 1140"],
  ["(slice (dissoc % 0x0012) 0 1)", "46d3243c68d5efd2 | 1290"],
  ["(get (dissoc % 0x0012) 0x)", "void | void"],
])("T48: %s of one that is left with an entry under 7, which is no key", (form, expected) => {
  expect(answer(form, new Index(2, true, [7, 3, single(key("0012"))], 0, 1))).toBe(expected);
});
