// Whatever is done to a message, decoding either refuses it with an error made for that, or gives
// a value that is written as the bytes it came in.

import { expect, test } from "bun:test";
import fc from "fast-check";
import { toHex } from "../../src/crypto/hex.ts";
import { sha3Key } from "../../src/crypto/sha3.ts";
import { MissingDataError, type Value } from "../../src/data/cell.ts";
import { CAD3_TABLE } from "../../src/data/decode.ts";
import { encodedLength, encoding, hashKey } from "../../src/data/encode.ts";
import { BadFormatError } from "../../src/data/errors.ts";
import { memorySize } from "../../src/data/memory-size.ts";
import { decodeMultiCell } from "../../src/data/multi-cell.ts";
import { bytesOf, fixtureRows } from "./fixture-rows.ts";

const MESSAGES = fixtureRows<{ message: string }>("values").map((row) => bytesOf(row.message));
const LAZY = { cell: () => null, memorySize: () => 100 };

const change = fc.record({
  at: fc.nat(),
  byte: fc.oneof(fc.nat(255), fc.constantFrom(0x20, 0x80)),
});

function read(bytes: Uint8Array): Value | undefined {
  try {
    return decodeMultiCell(bytes, CAD3_TABLE, LAZY);
  } catch (error) {
    if (error instanceof BadFormatError || error instanceof MissingDataError) return undefined;
    throw error;
  }
}

test("a damaged message is refused, or decodes to what gives the same bytes and hash", () => {
  let accepted = 0;
  fc.assert(
    fc.property(
      fc.nat(MESSAGES.length - 1),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      (which, changes) => {
        const bytes = (MESSAGES[which] as Uint8Array).slice();
        for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
        const value = read(bytes);
        if (value === undefined) return;
        accepted++;
        const length = encodedLength(value);
        expect(toHex(encoding(value))).toBe(toHex(bytes.subarray(0, length)));
        expect(hashKey(value)).toBe(sha3Key(bytes.subarray(0, length)));
        expect(memorySize(value)).toBeGreaterThanOrEqual(0);
      },
    ),
    { seed: 85, numRuns: 3000 },
  );
  expect(accepted).toBeGreaterThan(500);
});
