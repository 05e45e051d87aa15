// Files with transactions come from other machines: what is in them is judged by its bytes.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { CommandError } from "../../../src/cli/failure.ts";
import {
  readTransactionFile,
  signedOf,
  type TransactionFile,
  writeTransactionFile,
} from "../../../src/cli/transactions/transaction-file.ts";
import { toHex } from "../../../src/crypto/hex.ts";
import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { Address } from "../../../src/data/address.ts";
import { equals } from "../../../src/data/equals.ts";
import { encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { print } from "../../../src/lang/printer.ts";
import { Invoke } from "../../../src/state/transaction.ts";
import { keyPair } from "../../peer/scene.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "convex-transaction-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const pair = keyPair(0);
const publicKey = Buffer.from(pair.publicKey).toString("hex");
const LONG_FORM = readForm(`(def text "${"x".repeat(2_000)}")`);

let count = 0;
function written(file: TransactionFile): string {
  const path = join(folder, `file-${count++}`);
  writeTransactionFile(path, file);
  return path;
}

function fileWith(text: string): string {
  const path = join(folder, `file-${count++}`);
  writeFileSync(path, text);
  return path;
}

test("what is written is read again, whole, with what it names", () => {
  const transaction = Invoke.of(Address.of(12), 7, LONG_FORM);
  const { signature } = SignedData.sign(pair, transaction);
  const base = { transaction, summary: "a text", network: "ab".repeat(32), publicKey };
  const unsigned = readTransactionFile(written({ ...base, signature: null }));
  expect(equals(unsigned.transaction, transaction)).toBe(true);
  expect(() => signedOf(unsigned)).toThrow("not signed");
  const signed = readTransactionFile(written({ ...base, signature }));
  expect(signedOf(signed).isSigned()).toBe(true);
  expect([signed.summary, signed.network, signed.publicKey]).toEqual([
    "a text",
    "ab".repeat(32),
    publicKey,
  ]);
});

test("a file of a later format is not guessed at", () => {
  const transaction = Invoke.of(Address.of(12), 7, 1);
  const path = written({ transaction, summary: "s", network: "n", publicKey, signature: null });
  const later = readFileSync(path, "utf8").replace('"version": 1', '"version": 2');
  expect(() => readTransactionFile(fileWith(later))).toThrow("its version is 2, not 1");
});

test("another version of this program reads the file: its names are those of version 1", () => {
  const transaction = Invoke.of(Address.of(12), 7, 1);
  const path = written({ transaction, summary: "s", network: "n", publicKey, signature: null });
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
    format: "convex-peer transaction",
    version: 1,
    summary: "s",
    network: "n",
    publicKey,
    readable: print(transaction),
    transaction: toHex(encodeMultiCell(transaction)),
  });
});

test("keys and signatures of another length are refused, and what is left out is empty", () => {
  const transaction = toHex(encodeMultiCell(Invoke.of(Address.of(12), 7, 1)));
  const good = { format: "convex-peer transaction", version: 1, transaction };
  for (const name of ["publicKey", "signature"]) {
    const path = fileWith(JSON.stringify({ ...good, [name]: "abcd" }));
    expect(() => readTransactionFile(path)).toThrow(`'${name}' has another length`);
  }
  const {
    summary,
    network,
    publicKey: key,
    signature,
  } = readTransactionFile(
    fileWith(JSON.stringify({ ...good, summary: 5, network: null, publicKey: 7 })),
  );
  expect([summary, network, key, signature]).toEqual(["", "", null, null]);
});

test("a signature of another key, or over another transaction, is refused", () => {
  const transaction = Invoke.of(Address.of(12), 7, LONG_FORM);
  const other = Invoke.of(Address.of(12), 8, LONG_FORM);
  const { signature } = SignedData.sign(pair, other);
  const file = { transaction, summary: "", network: "", publicKey, signature };
  expect(() => signedOf(file)).toThrow("altered");
  const foreign = SignedData.sign(keyPair(1), transaction).signature;
  expect(() => signedOf({ ...file, signature: foreign })).toThrow("altered");
});

test("whatever else is in the file is refused in a sentence", () => {
  const good = {
    format: "convex-peer transaction",
    version: 1,
    transaction: "d0",
    publicKey,
    network: "",
  };
  const texts = [
    "",
    "[]",
    "null",
    JSON.stringify({ ...good, version: 2 }),
    JSON.stringify(good),
    JSON.stringify({ ...good, transaction: "1107" }),
    JSON.stringify({ ...good, transaction: 5 }),
    JSON.stringify({ ...good, transaction: "zz" }),
    " ".repeat((1 << 21) + 1),
  ];
  for (const text of texts) {
    expect(() => readTransactionFile(fileWith(text))).toThrow(CommandError);
  }
  expect(() => readTransactionFile(join(folder, "none"))).toThrow("Cannot read");
});

test("bytes of any kind in place of a transaction end no differently", () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 80 });
  const tags = fc.constantFrom(0xd0, 0xd1, 0xd2, 0xd3, 0xd8, 0x80, 0x20);
  fc.assert(
    fc.property(tags, bytes, (tag, rest) => {
      const transaction = `${tag.toString(16)}${Buffer.from(rest).toString("hex")}`;
      const fields = { format: "convex-peer transaction", version: 1, transaction };
      const path = fileWith(JSON.stringify(fields));
      try {
        readTransactionFile(path);
      } catch (error) {
        expect(error).toBeInstanceOf(CommandError);
      }
      rmSync(path);
    }),
    { numRuns: 500 },
  );
});
