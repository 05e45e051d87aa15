import { expect, test } from "bun:test";
import { KeyPair } from "../../../src/crypto/ed25519.ts";
import { typeName } from "../../../src/cvm/text/type-name.ts";
import { Address } from "../../../src/data/address.ts";
import type { Value } from "../../../src/data/cell.ts";
import { ByteFlag, CodedValue, ExtensionValue } from "../../../src/data/generic-cells.ts";
import { DenseRecord } from "../../../src/data/record.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import { AccountStatus } from "../../../src/state/account-status.ts";
import { Invoke } from "../../../src/state/transaction.ts";

const signed = SignedData.sign(KeyPair.fromSeed(new Uint8Array(32)), 1);

/** The names that messages of the reference have for such arguments. */
test.each<[Value, string]>([
  [null, "Nil"],
  [2n ** 70n, "Integer"],
  [AccountStatus.EMPTY, "Record"],
  [signed, "Record"],
  [Invoke.of(Address.of(12), 1, 7), "Transaction"],
  [new DenseRecord(0xd7, Vector.of(1)), "CAD3"],
  [new ExtensionValue(0xe8, 1), "Any"],
  [new CodedValue(0xc5, 1, 2), "Any"],
  [ByteFlag.of(0xb9), "Any"],
])("row %#", (value, name) => {
  expect(typeName(value)).toBe(name);
});
