// What a payload is taken for, and what is read of one that is not read as a whole.

import { describe, expect, test } from "bun:test";
import { KeyPair } from "../../src/crypto/ed25519.ts";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import { MissingDataError, NO_CELLS, Ref, type Value } from "../../src/data/cell.ts";
import { encoding } from "../../src/data/encode.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { DenseRecord } from "../../src/data/record.ts";
import { SignedData } from "../../src/data/signed.ts";
import { CVMString } from "../../src/data/string.ts";
import { Vector } from "../../src/data/vector.ts";
import { print } from "../../src/lang/printer.ts";
import {
  type DataRequestMessage,
  dataRequest,
  goodbye,
  payloadHead,
  RESULT_TAG,
  readMessage,
  requestHead,
  resultField,
} from "../../src/net/message.ts";
import { Result } from "../../src/state/result.ts";

const signed = SignedData.sign(KeyPair.fromSeed(new Uint8Array(32).fill(1)), 42);
const absent = new Ref("x".repeat(32), NO_CELLS);
const a9 = Address.of(9);

/** A vector that begins with a keyword; the other elements may be Refs. */
function message(name: string, ...rest: (Value | Ref)[]): Vector {
  return new Vector(1 + rest.length, [Keyword.of(name), ...rest], null, false);
}

describe("a payload is", () => {
  test.each([
    ["a question for the status", message("SR", 7), { type: "STATUS", id: 7 }],
    ["a ping without id", message("PING"), { type: "PING", id: null }],
    ["a ping whose id is no integer", message("PING", a9), { type: "PING", id: null }],
    ["a goodbye", message("BYE", 1), { type: "GOODBYE" }],
    ["a lattice value", message("LV", 3), { type: "LATTICE_VALUE", id: 3 }],
    ["a lattice query", message("LQ", 3), { type: "LATTICE_QUERY", id: 3 }],
    ["unknown, with an id", message("NEW", 5, 6), { type: "UNKNOWN", id: 5 }],
    ["unknown: an empty vector", Vector.EMPTY, { type: "UNKNOWN", id: null }],
    ["unknown: no keyword", Vector.of(1, 2), { type: "UNKNOWN", id: null }],
    ["unknown: an integer", 5, { type: "UNKNOWN", id: null }],
    ["unknown: a string", CVMString.of("SR"), { type: "UNKNOWN", id: null }],
    ["a Belief: what is signed", signed, { type: "BELIEF", payload: signed }],
    [
      "a query",
      message("Q", 1, 2, a9),
      { type: "QUERY", id: 1, isComplete: true, form: 2, address: a9 },
    ],
    [
      "a query of nobody's account",
      message("Q", 1, 2, 9),
      { type: "QUERY", id: 1, isComplete: true, form: 2, address: null },
    ],
    [
      "a query without address",
      message("Q", 1, 2),
      { type: "QUERY", id: 1, isComplete: false, form: null, address: null },
    ],
    ["a transaction", message("TX", 1, signed), { type: "TRANSACT", id: 1, signed }],
    ["one that is not signed", message("TX", 1, 2), { type: "TRANSACT", id: 1, signed: null }],
    ["one that is not there", message("TX", 1, absent), { type: "TRANSACT", id: 1, signed: null }],
    [
      "one nobody waits for",
      message("TX", a9, signed),
      { type: "TRANSACT", id: null, signed: null },
    ],
    ["a challenge", message("CH", 1, signed), { type: "CHALLENGE", id: 1, body: { signed } }],
    ["a challenge without body", message("CH", 1), { type: "CHALLENGE", id: 1, body: null }],
  ] as const)("%s", (_, payload, expected) => {
    expect(readMessage(payload)).toEqual(expected as never);
  });

  test("a Result with its id", () => {
    const result = Result.of({ id: 8, result: 3 });
    expect(readMessage(result)).toEqual({ type: "RESULT", id: 8, result });
  });

  test("not known while its keyword or its id is missing", () => {
    expect(() => readMessage(new Vector(1, [absent], null, false))).toThrow(MissingDataError);
    expect(() => readMessage(message("SR", absent))).toThrow(MissingDataError);
  });
});

describe("a request for data", () => {
  const hash = (byte: number) => Blob.of(new Uint8Array(32).fill(byte));
  const hashesOf = (payload: Vector) => (readMessage(payload) as DataRequestMessage).hashes;

  test("names up to 254 hashes", () => {
    const keys = Array.from({ length: 254 }, (_, i) => String.fromCharCode(i).repeat(32));
    const request = dataRequest(7, keys);
    expect(readMessage(request)).toMatchObject({ type: "DATA_REQUEST", id: 7 });
    const hashes = hashesOf(request) as Uint8Array;
    expect(Buffer.from(hashes).toString("latin1")).toBe(keys.join(""));
    expect(() => dataRequest(7, [...keys, "x".repeat(32)])).toThrow(RangeError);
    expect(hashesOf(request.append(hash(1)))).toBeNull();
  });

  test("names none, or is none", () => {
    expect(hashesOf(message("DR", 1))).toEqual(new Uint8Array(0));
    expect(hashesOf(message("DR"))).toBeNull();
    expect(hashesOf(message("DR", 1, hash(1), 2))).toBeNull();
    expect(hashesOf(message("DR", 1, Blob.of(new Uint8Array(31))))).toBeNull();
  });
});

test("a goodbye may have words", () => {
  expect(print(goodbye())).toBe("[:BYE]");
  expect(print(goodbye("enough"))).toBe('[:BYE "enough"]');
});

test("a Result has nil where it has no field", () => {
  const short = new DenseRecord(RESULT_TAG, Vector.of(1, 2));
  expect([0, 1, 2].map((i) => resultField(short, i))).toEqual([1, 2, null]);
  const result = Result.of({ id: 8, result: 3 });
  expect([0, 1, 2, 5].map((i) => resultField(result, i))).toEqual([8, 3, null, null]);
});

test("tag and id of a request are those that are there", () => {
  expect(requestHead(message("Q", 4, absent))).toEqual({ tag: Keyword.of("Q"), id: 4 });
  expect(requestHead(message("Q", absent))).toEqual({ tag: Keyword.of("Q"), id: null });
  expect(requestHead(message("Q"))).toEqual({ tag: Keyword.of("Q"), id: null });
  expect(requestHead(Vector.of(1, a9))).toEqual({ tag: null, id: null });
  expect(requestHead(7)).toEqual({ tag: null, id: null });
});

describe("the head of a payload, from its bytes alone,", () => {
  const head = (value: Value) => payloadHead(encoding(value).slice());

  test("is a keyword and the element behind it", () => {
    expect(head(message("DR", 4))).toEqual({ name: "DR", id: 4 });
    expect(head(message("DR", ...Array(15).fill(4)))).toEqual({ name: "DR", id: 4 });
  });

  test("has no id when the element is a branch, or bytes are missing", () => {
    expect(head(message("DR", CVMString.of("x".repeat(200))))).toEqual({ name: "DR", id: null });
    const short = encoding(message("DR", 2 ** 40)).slice(0, -1);
    expect(payloadHead(short)).toEqual({ name: "DR", id: null });
  });

  test("is none of what is no vector in one cell with a keyword and more", () => {
    for (const value of [
      5,
      Vector.EMPTY,
      message("DR"),
      Vector.of(1, 2),
      message("DR", ...Array(16).fill(4)),
      CVMString.of("DR"),
    ]) {
      expect(head(value)).toBeNull();
    }
    expect(payloadHead(new Uint8Array(0))).toBeNull();
    expect(payloadHead(encoding(message("DR", 4)).slice(0, 4))).toBeNull();
  });
});
