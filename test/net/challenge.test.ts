// Challenges (sheet 04 §6): each rule of the answer, and what a response must have to prove a key.

import { describe, expect, test } from "bun:test";
import { Blob } from "../../src/data/blob.ts";
import { Ref, type Value } from "../../src/data/cell.ts";
import { SignedData } from "../../src/data/signed.ts";
import { Vector } from "../../src/data/vector.ts";
import { answerChallenge, makeChallenge, provenKey } from "../../src/net/challenge.ts";
import { keyPair } from "../peer/scene.ts";

const TOKEN = new Uint8Array(32).fill(0xab);
const NETWORK = new Uint8Array(32).fill(0x28);
const OTHER = new Uint8Array(32).fill(0x29);
const ME = keyPair(0);
const THEY = keyPair(1);
const MINE = { keyPair: ME, network: NETWORK };
const THEIRS = { keyPair: THEY, network: NETWORK };

function body(...values: (Uint8Array | null)[]): Vector {
  return Vector.from(values.map((bytes) => (bytes === null ? null : Blob.of(bytes))));
}

function signed(value: Value): SignedData {
  return SignedData.sign(THEY, value);
}

/** With one bit of the signature changed. */
function forged(value: Value): SignedData {
  const { publicKey, signature } = signed(value);
  const other = signature.slice();
  other[7] = (other[7] as number) ^ 1;
  return SignedData.of(publicKey, other, value);
}

describe("an answer is refused", () => {
  const good = body(TOKEN, ME.publicKey, NETWORK);
  const missing = SignedData.of(THEY.publicKey, new Uint8Array(64), new Ref("x".repeat(32), null));
  const rows: readonly (readonly [why: string, signed: Value, refusal: string])[] = [
    ["nil", null, "FORMAT Missing signed data"],
    ["no signed data", 5, "UNEXPECTED Challenge is not signed data"],
    ["nil value", signed(null), "FORMAT Invalid challenge data"],
    ["no vector", signed(7), "UNEXPECTED Challenge data is not a vector"],
    ["one element", signed(body(TOKEN)), "FORMAT Wrong element count"],
    ["four elements", signed(body(TOKEN, null, NETWORK, null)), "FORMAT Wrong element count"],
    ["short token", signed(body(TOKEN.slice(1), null, NETWORK)), "FORMAT Invalid challenge token"],
    ["other target", signed(body(TOKEN, OTHER, NETWORK)), "TRUST Wrong target key"],
    ["no network", signed(body(TOKEN, null)), "TRUST Missing context"],
    ["other network", signed(body(TOKEN, null, OTHER)), "TRUST Context mismatch"],
    ["forged", forged(good), "TRUST Bad signature"],
    [
      "zero signature",
      SignedData.of(THEY.publicKey, new Uint8Array(64), good),
      "TRUST Bad signature",
    ],
    ["keyless", SignedData.of(null, signed(good).signature, good), "TRUST Bad signature"],
  ];
  for (const [why, value, refusal] of rows) {
    test(why, () => {
      const answer = answerChallenge(MINE, { signed: value });
      if (answer instanceof SignedData) throw new Error("answered");
      expect(`${answer.code} ${answer.message}`).toBe(refusal);
    });
  }

  test("without a third element in the message, and for data that is not there", () => {
    const absent = answerChallenge(MINE, null);
    expect(absent).toEqual({ code: "FORMAT", message: "Invalid challenge format" });
    const unknown = answerChallenge(MINE, { signed: missing });
    expect(unknown).toMatchObject({ code: "UNEXPECTED" });
  });
});

describe("a response proves a key", () => {
  const challenge = makeChallenge(THEIRS, TOKEN, null);
  const answer = answerChallenge(MINE, { signed: challenge.signed }) as SignedData;

  test("when all is right", () => {
    expect(provenKey(THEIRS, challenge, answer)).toEqual(ME.publicKey);
    expect(provenKey(THEIRS, challenge, answer, ME.publicKey)).toEqual(ME.publicKey);
  });

  test("and otherwise not", () => {
    const reply = (value: Value) => SignedData.sign(ME, value);
    const right = body(TOKEN, THEY.publicKey, NETWORK);
    const zero = SignedData.of(ME.publicKey, new Uint8Array(64), right);
    const wrong: readonly Value[] = [
      null,
      5,
      zero,
      SignedData.of(null, answer.signature, right),
      reply(null),
      reply(body(TOKEN, THEY.publicKey)),
      reply(body(OTHER, THEY.publicKey, NETWORK)),
      reply(body(TOKEN, OTHER, NETWORK)),
      reply(body(TOKEN, THEY.publicKey, OTHER)),
      SignedData.of(ME.publicKey, new Uint8Array(64), new Ref("x".repeat(32), null)),
    ];
    for (const value of wrong) expect(provenKey(THEIRS, challenge, value)).toBeNull();
    expect(provenKey(THEIRS, challenge, answer, OTHER)).toBeNull();
    expect(provenKey(THEIRS, makeChallenge(THEIRS, OTHER), answer)).toBeNull();
  });
});

test("a token has 32 bytes", () => {
  expect(() => makeChallenge(MINE, TOKEN.slice(1))).toThrow(RangeError);
});
