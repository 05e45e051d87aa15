// T42: an Index made by hand of which something is left that has no encoding, or one that could
// never be read again.

import { expect, test } from "bun:test";
import { toHex } from "../../../src/crypto/hex.ts";
import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { Address } from "../../../src/data/address.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { Value } from "../../../src/data/cell.ts";
import { encoding } from "../../../src/data/encode.ts";
import { BadStructureError } from "../../../src/data/errors.ts";
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

test("an only entry under what is no key", () => {
  expect(() => encoding(single(null))).toThrow(BadStructureError);
  expect(() => encoding(single(7))).toThrow(BadStructureError);
});
