import { describe, expect, test } from "bun:test";
import { toHex } from "../../src/crypto/hex.ts";
import { type Cell, MissingDataError, NO_CELLS, type Value } from "../../src/data/cell.ts";
import { CAD3_TABLE, decode, extendTable } from "../../src/data/decode.ts";
import { encodedLength, encoding, hashBytes, isEmbedded } from "../../src/data/encode.ts";
import { BadFormatError, PartialMessageError } from "../../src/data/errors.ts";
import { memorySize, storageSize } from "../../src/data/memory-size.ts";
import { decodeMultiCell, encodeMultiCell } from "../../src/data/multi-cell.ts";
import { SignedData } from "../../src/data/signed.ts";
import { bytesOf, fixtureRows } from "./fixture-rows.ts";

interface CellRow {
  readonly name: string;
  readonly encoding: string;
  readonly hash: string;
  readonly memorySize?: number;
  readonly embedded?: boolean;
}

interface OutcomeRow {
  readonly message: string;
  readonly outcome: "OK" | "BadFormat" | "PartialMessage" | "MissingData";
  readonly detail: string;
}

interface ValueRow {
  readonly encoding: string;
  readonly hash: string;
  readonly message: string;
  readonly memorySize: number;
  readonly storageSize: number;
  readonly embedded: boolean;
}

interface MutantRow {
  readonly message: string;
  readonly accept: boolean;
  readonly missing?: boolean;
  readonly hash?: string;
}

/** A source that holds nothing. */

/** A copy that has no bytes cached, so that encoding it writes every byte anew. */
function forget(v: Value): Value {
  const seen = new Set<Cell>();
  const stack: Value[] = [v];
  while (stack.length > 0) {
    const cell = stack.pop();
    if (typeof cell !== "object" || cell === null || seen.has(cell)) continue;
    seen.add(cell);
    cell.encodingCache = null;
    cell.hashCache = null;
    cell.lengthCache = 0;
    for (let i = 0; i < cell.slotCount; i++) {
      const slot = cell.slotAt(i);
      if (!(slot instanceof Object) || "tag" in slot) stack.push(slot as Value);
    }
  }
  return v;
}

describe("cells of sheet 01 §22", () => {
  for (const row of fixtureRows<CellRow>("cells")) {
    test(row.name, () => {
      const bytes = bytesOf(row.encoding);
      const value = forget(decode(bytes, CAD3_TABLE, NO_CELLS));
      expect(encodedLength(value)).toBe(bytes.length);
      expect(toHex(encoding(value))).toBe(row.encoding);
      expect(toHex(hashBytes(value))).toBe(row.hash);
      expect(isEmbedded(value)).toBe(row.embedded ?? bytes.length <= 140);
      if (row.memorySize !== undefined && !row.encoding.includes("20")) {
        expect(memorySize(value)).toBe(row.memorySize);
      }
    });
  }
});

describe("outcomes of sheet 01 §22.4", () => {
  for (const row of fixtureRows<OutcomeRow>("decode-outcomes")) {
    test(`${row.message} ${row.outcome} ${row.detail}`, () => {
      const bytes = bytesOf(row.message);
      const read = () => decodeMultiCell(bytes, CAD3_TABLE);
      if (row.outcome === "BadFormat") {
        expect(read).toThrow(BadFormatError);
      } else if (row.outcome === "OK") {
        expect(toHex(encoding(forget(read())))).toBe(row.message);
        expect(toHex(encoding(forget(decode(bytes.slice(), CAD3_TABLE))))).toBe(row.message);
      } else {
        expect(read).toThrow(MissingDataError);
        // A single cell without store may not even name a branch.
        expect(() => decode(bytes, CAD3_TABLE)).toThrow(BadFormatError);
      }
    });
  }
});

describe("values made by the reference", () => {
  for (const row of fixtureRows<ValueRow>("values")) {
    test(row.hash.slice(0, 16), () => {
      const value = forget(decodeMultiCell(bytesOf(row.message), CAD3_TABLE));
      expect(encodedLength(value)).toBe(row.encoding.length / 2);
      expect(toHex(encoding(value))).toBe(row.encoding);
      expect(toHex(hashBytes(value))).toBe(row.hash);
      expect(memorySize(value)).toBe(row.memorySize);
      expect(storageSize(value)).toBe(row.storageSize);
      expect(isEmbedded(value)).toBe(row.embedded);
      const again = decodeMultiCell(encodeMultiCell(value), CAD3_TABLE);
      expect(toHex(hashBytes(again))).toBe(row.hash);
    });
  }
});

describe("damaged messages judged by the reference", () => {
  for (const row of fixtureRows<MutantRow>("mutants")) {
    test(row.message.slice(0, 40), () => {
      const read = () => decodeMultiCell(bytesOf(row.message), CAD3_TABLE);
      if (row.missing) {
        expect(read).toThrow(MissingDataError);
        const lazy = decodeMultiCell(bytesOf(row.message), CAD3_TABLE, NO_CELLS);
        expect(toHex(hashBytes(forget(lazy)))).toBe(row.hash as string);
      } else if (row.accept) {
        expect(toHex(hashBytes(forget(read())))).toBe(row.hash as string);
      } else {
        expect(read).toThrow(BadFormatError);
      }
    });
  }
});

describe("signed data without key", () => {
  const keyless = `91${"11".repeat(64)}1101`;

  test("decodes as a single cell, unsigned", () => {
    const signed = decode(bytesOf(keyless), CAD3_TABLE) as SignedData;
    expect(signed).toBeInstanceOf(SignedData);
    expect(signed.publicKey).toBeNull();
    expect(signed.isSigned()).toBe(false);
    expect(toHex(encoding(signed))).toBe(keyless);
  });

  test("is refused in a message and inside another cell", () => {
    expect(() => decodeMultiCell(bytesOf(keyless), CAD3_TABLE)).toThrow(BadFormatError);
    expect(() => decode(bytesOf(`8001${keyless}`), CAD3_TABLE)).toThrow(BadFormatError);
    expect(() => decode(bytesOf(`88${keyless}00`), CAD3_TABLE)).toThrow(BadFormatError);
  });
});

describe("bounds", () => {
  test("an embedded child has at most 140 bytes", () => {
    const child = (n: number) =>
      `31${n < 128 ? "" : "81"}${toHex(Uint8Array.of(n & 127))}${"00".repeat(n)}`;
    expect(encodedLength(decode(bytesOf(`8001${child(137)}`), CAD3_TABLE))).toBe(142);
    expect(() => decode(bytesOf(`8001${child(138)}`), CAD3_TABLE)).toThrow(BadFormatError);
    expect(() => decode(bytesOf(`80028001${child(137)}00`), CAD3_TABLE)).toThrow(BadFormatError);
  });

  test("the metadata of a Syntax may have more", () => {
    const blob = `318109${"00".repeat(137)}`;
    const hex = `88110182011101${blob}`;
    const value = decode(bytesOf(hex), CAD3_TABLE);
    expect(toHex(encoding(forget(value)))).toBe(hex);
    expect(() => decode(bytesOf(`8001${hex}`), CAD3_TABLE)).toThrow(BadFormatError);
  });

  test("nesting does not exhaust the stack", () => {
    for (const unit of ["8001", "88", "88b1", "c0", "81018101", "d001"]) {
      expect(() => decode(bytesOf(unit.repeat(1_000_000)), CAD3_TABLE)).toThrow(BadFormatError);
    }
  });

  test("declared lengths allocate nothing", () => {
    for (const tag of ["19", "30", "31", "80", "81", "82", "83", "84", "d0"]) {
      for (const count of ["ffffffffffffffff7f", "87ffffff7f", "9080808000"]) {
        expect(() => decode(bytesOf(tag + count), CAD3_TABLE)).toThrow(BadFormatError);
      }
    }
  });

  test("empty input and bytes after the cell are refused", () => {
    expect(() => decode(new Uint8Array(0), CAD3_TABLE)).toThrow(BadFormatError);
    expect(() => decodeMultiCell(new Uint8Array(0), CAD3_TABLE)).toThrow(BadFormatError);
    expect(() => decode(bytesOf("110100"), CAD3_TABLE)).toThrow(BadFormatError);
  });
});

describe("counts above 2^53 keep the bytes they came in", () => {
  // 2^63-1 and 2^53+1, with as many children as they ask for.
  for (const [name, hex] of [
    ["blob", `31ffffffffffffffff7f${"1101".repeat(8)}`],
    ["blob of 2^53+1", `319080808080808001${"1101".repeat(3)}`],
    ["vector", `80ffffffffffffffff7f${"1101".repeat(16)}`],
    ["list in a vector", `800181ffffffffffffffff7f${"1101".repeat(16)}`],
    ["map in metadata", "88110182ffffffffffffffff7f00000382008200"],
    ["set in a set", "830183ffffffffffffffff7f00000383008300"],
    ["index in a vector", "800184ffffffffffffffff7f000000038401310100110184013101101101"],
    ["record", `d0ffffffffffffffff7f${"1101".repeat(16)}`],
    ["address", "eaffffffffffffffff7f"],
    ["extension value", "efffffffffffffffff7f"],
  ] as const) {
    test(name, () => {
      const value = decode(bytesOf(hex), CAD3_TABLE);
      expect(toHex(encoding(value))).toBe(hex);
      const outer = decode(bytesOf(`8002${hex}1101`), CAD3_TABLE);
      expect(toHex(encoding(outer))).toBe(`8002${hex}1101`);
    });
  }
});

test("an extended table reads its tags at all depths, and leaves the base as it is", () => {
  const table = extendTable(CAD3_TABLE, [[0xb2, () => 42]]);
  expect(decode(bytesOf("b2"), table)).toBe(42);
  expect(encoding(decode(bytesOf("8001b2"), table))).toEqual(bytesOf("8001112a"));
  expect(decode(bytesOf("b2"), CAD3_TABLE)).not.toBe(42);
});

test("the first missing branch is named", () => {
  const [first, second] = ["11".repeat(32), "22".repeat(32)];
  try {
    decodeMultiCell(bytesOf(`800220${first}20${second}`), CAD3_TABLE);
    throw new Error("accepted");
  } catch (error) {
    expect(error).toBeInstanceOf(PartialMessageError);
    expect((error as PartialMessageError).message).toContain(first);
  }
});
