// Frames recorded on a network of the reference (sheet 04 §12): requests that we build have the
// same bytes, replies of the reference are understood, and where ours can be the same they are.

import { describe, expect, test } from "bun:test";
import { pointsOf } from "../../src/consensus/points.ts";
import { KeyPair } from "../../src/crypto/ed25519.ts";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import { type CellSource, MissingDataError, NO_CELLS, type Value } from "../../src/data/cell.ts";
import { encoding, hashBytes, hashKey } from "../../src/data/encode.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { CVMMap } from "../../src/data/map.ts";
import { decodeMultiCell, encodeMultiCell } from "../../src/data/multi-cell.ts";
import { SignedData } from "../../src/data/signed.ts";
import { Vector } from "../../src/data/vector.ts";
import { answerChallenge, type Challenge, provenKey } from "../../src/net/challenge.ts";
import { FrameReader } from "../../src/net/frame-reader.ts";
import {
  challengeRequest,
  dataRequest,
  goodbye,
  type Message,
  pingRequest,
  queryRequest,
  readMessage,
  statusRequest,
  transactRequest,
} from "../../src/net/message.ts";
import { Reply } from "../../src/net/reply.ts";
import {
  challengeResult,
  dataReplyPayload,
  statusVector,
} from "../../src/peer/clients/message-answers.ts";
import { peerError } from "../../src/peer/peer-result.ts";
import { Belief } from "../../src/state/belief.ts";
import type { Order } from "../../src/state/order.ts";
import { Result } from "../../src/state/result.ts";
import type { State } from "../../src/state/state.ts";
import { Invoke, Transfer } from "../../src/state/transaction.ts";
import { bytesOf, fixtureRows } from "../data/fixture-rows.ts";
import { frameOf } from "./loopback.ts";

interface FrameRow {
  readonly name: string;
  readonly what: string;
  readonly hex: string;
}

const FRAMES = new Map(fixtureRows<FrameRow>("frames").map((row) => [row.name, row.hex]));

const A = KeyPair.fromSeed(new Uint8Array(32).fill(0x11));
const B = KeyPair.fromSeed(new Uint8Array(32).fill(0x22));
const GENESIS = bytesOf("28e7a40528e8255b6da4267307eb7b16bc95790676e2e1f184b3f5789a833d27");
const AB_TOKEN = new Uint8Array(32).fill(0xab);
const USER = Address.of(12);

function frame(name: string): Uint8Array {
  return bytesOf(FRAMES.get(name) ?? "");
}

function payload(name: string): Uint8Array {
  const reader = new FrameReader();
  reader.push(frame(name));
  const bytes = reader.next();
  expect(reader.isInsideFrame).toBe(false);
  return bytes ?? new Uint8Array(0);
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function messageOf(name: string, source: CellSource = NO_CELLS): Message {
  return readMessage(decodeMultiCell(payload(name), CVM_TABLE, source));
}

function reply(name: string): Reply {
  return new Reply(payload(name), CVM_TABLE, NO_CELLS);
}

/** Hex of the frame of a message of ours. */
function sent(message: Value): string {
  return hexOf(frameOf(encodeMultiCell(message)));
}

function challengeBody(token: Uint8Array, target: Uint8Array | null, context: Uint8Array): Vector {
  return Vector.of(Blob.of(token), target === null ? null : Blob.of(target), Blob.of(context));
}

describe("requests of ours have the recorded bytes", () => {
  const form = readForm("(+ 1 2)");
  const ghost = Address.of(999_999);
  const transfer = SignedData.sign(A, Transfer.of(USER, 1, USER, 1000));
  const invoke = SignedData.sign(A, Invoke.of(USER, 1, 1));
  const challenge = SignedData.sign(B, challengeBody(AB_TOKEN, A.publicKey, GENESIS));
  const genesisKey = Buffer.from(GENESIS).toString("latin1");
  const rows: readonly (readonly [name: string, message: Vector])[] = [
    ["F1", statusRequest(1)],
    ["F3", pingRequest(2)],
    ["F5", queryRequest(3, form, Address.of(11))],
    ["F7", queryRequest(6, 1, ghost)],
    ["F9", dataRequest(7, [genesisKey, "\0".repeat(32)])],
    ["F11", transactRequest(8, transfer)],
    ["F14", challengeRequest(40, challenge)],
    ["F22", goodbye("BYE")],
    ["F24", transactRequest(5, invoke)],
  ];
  for (const [name, message] of rows) {
    // The recorded goodbye has the keyword alone.
    const own = name === "F22" ? goodbye() : message;
    test(name, () => expect(sent(own)).toBe(hexOf(frame(name))));
  }
});

describe("recorded requests are understood", () => {
  test("F1, F3, F22", () => {
    expect(messageOf("F1")).toEqual({ type: "STATUS", id: 1 });
    expect(messageOf("F3")).toEqual({ type: "PING", id: 2 });
    expect(messageOf("F22")).toEqual({ type: "GOODBYE" });
  });

  test("F5, F7: a query of an account", () => {
    const five = messageOf("F5");
    const seven = messageOf("F7");
    if (five.type !== "QUERY" || seven.type !== "QUERY") throw new Error("no queries");
    expect(five.id).toBe(3);
    expect(hashKey(five.form)).toBe(hashKey(readForm("(+ 1 2)")));
    expect(five.address?.value).toBe(11);
    expect(seven.form).toBe(1);
    expect(seven.address?.value).toBe(999_999);
  });

  test("F9: hashes", () => {
    const nine = messageOf("F9");
    if (nine.type !== "DATA_REQUEST") throw new Error("no data request");
    expect(nine.id).toBe(7);
    expect(nine.hashes).toEqual(new Uint8Array([...GENESIS, ...new Uint8Array(32)]));
  });

  test("F11, F24: signed transactions", () => {
    for (const [name, id, type] of [
      ["F11", 8, Transfer],
      ["F24", 5, Invoke],
    ] as const) {
      const message = messageOf(name);
      if (message.type !== "TRANSACT") throw new Error("no transaction");
      expect(message.id).toBe(id);
      expect(message.signed?.value).toBeInstanceOf(type);
      expect(message.signed?.isSigned()).toBe(true);
    }
    const eleven = messageOf("F11");
    if (eleven.type !== "TRANSACT" || eleven.signed === null) throw new Error("no transaction");
    expect(hexOf(hashBytes(eleven.signed))).toBe(
      "74cb533e122d3d902a7d99a5ab91a0982652df12dd354ffa42f91a721b868b3d",
    );
  });
});

describe("recorded replies are understood", () => {
  test("F2: the status is a vector of nine", () => {
    const { value, errorCode } = reply("F2");
    expect(errorCode).toBeNull();
    if (!(value instanceof Vector)) throw new Error("no vector");
    expect(value.count).toBe(9);
    expect(hashKey(value.get(2))).toBe(hashKey(Blob.of(GENESIS)));
    expect(hashKey(value.get(3))).toBe(hashKey(Blob.of(A.publicKey)));
  });

  test("F4, F6: values", () => {
    expect(reply("F4").value).toBe(0x01_a2_04_ae_eb_9c);
    expect(reply("F6").value).toBe(3);
    const { info } = reply("F6");
    if (!(info instanceof CVMMap)) throw new Error("no info");
    expect(info.get(Keyword.of("fees"))).toBe(13_810);
    expect(info.get(Keyword.of("juice"))).toBe(581);
  });

  for (const [name, code, words] of [
    ["F8", "NOBODY", "Query for non-existant account"],
    ["F12", "X", "y"],
    ["F13", "SIGNATURE", "Wrong key for account"],
    ["F18", "TRUST", "Context mismatch"],
    ["F23", "FORMAT", "Unrecognised message type"],
  ] as const) {
    test(`${name}: an error`, () => {
      expect(reply(name).errorCode).toBe(code);
      expect(String(reply(name).value)).toBe(words);
    });
  }

  test("F10: cells by hash, of which only those that fit their hash count", () => {
    const genesisKey = Buffer.from(GENESIS).toString("latin1");
    const cells = reply("F10").dataCells([genesisKey, "\0".repeat(32)]);
    expect([...cells.keys()]).toEqual([genesisKey]);
    expect(hexOf(cells.get(genesisKey) as Uint8Array).slice(0, 4)).toBe("d504");
    expect(reply("F10").dataCells(["\x01".repeat(32)]).size).toBe(0);
  });

  test("F25: the Result at finality names its transaction and place", () => {
    const { info } = reply("F25");
    if (!(info instanceof CVMMap)) throw new Error("no info");
    expect(hashKey(info.get(Keyword.of("loc")) ?? null)).toBe(hashKey(Vector.of(0, 0)));
    expect(hexOf((info.get(Keyword.of("tx")) as Blob).toBytes())).toStartWith("f0055ccc");
  });
});

describe("replies of ours have the recorded bytes", () => {
  test("F2", () => {
    const value = reply("F2").value as Vector;
    const bytesAt = (i: number) => (value.get(i) as Blob).toBytes();
    const own = statusVector({
      belief: bytesAt(0),
      state: bytesAt(1),
      genesis: bytesAt(2),
      peer: bytesAt(3),
      points: [0, 0, 0, 0],
    });
    expect(sent(Result.of({ id: 1, result: own }))).toBe(hexOf(frame("F2")));
  });

  test("F4, F13, F23", () => {
    expect(sent(Result.of({ id: 2, result: 0x01_a2_04_ae_eb_9c }))).toBe(hexOf(frame("F4")));
    const wrongKey = peerError("SIGNATURE", "Wrong key for account").withId(11);
    expect(sent(wrongKey)).toBe(hexOf(frame("F13")));
    const unknown = peerError("FORMAT", "Unrecognised message type").withId(21);
    expect(sent(unknown)).toBe(hexOf(frame("F23")));
  });

  test("F10: a State that stands in the vector, and nil for what is not held", () => {
    const state = (reply("F10").value as Vector).get(0) as State;
    const genesisKey = Buffer.from(GENESIS).toString("latin1");
    const source: CellSource = {
      cell: (key) => (key === genesisKey ? state : null),
      memorySize: () => -1,
    };
    const own = dataReplyPayload(7, Buffer.from(genesisKey + "\0".repeat(32), "latin1"), source);
    expect(hexOf(frameOf(own))).toBe(hexOf(frame("F10")));
  });

  test("F15, F17: responses to challenges", () => {
    const fourteen = messageOf("F14");
    const sixteen = messageOf("F16");
    if (fourteen.type !== "CHALLENGE" || sixteen.type !== "CHALLENGE") throw new Error("none");
    const ofA = challengeResult({ keyPair: A, network: GENESIS }, fourteen.id, fourteen.body);
    const ofB = challengeResult({ keyPair: B, network: GENESIS }, sixteen.id, sixteen.body);
    expect(sent(ofA)).toBe(hexOf(frame("F15")));
    expect(sent(ofB)).toBe(hexOf(frame("F17")));
  });

  test("F18: a challenge for another network", () => {
    const signed = SignedData.sign(B, challengeBody(AB_TOKEN, A.publicKey, AB_TOKEN));
    const own = challengeResult({ keyPair: A, network: GENESIS }, 42, { signed });
    expect(sent(own)).toBe(hexOf(frame("F18")));
  });
});

describe("recorded challenges and Beliefs", () => {
  test("F14, F15: what the response proves", () => {
    const fourteen = messageOf("F14");
    if (fourteen.type !== "CHALLENGE") throw new Error("no challenge");
    const signed = fourteen.body?.signed as SignedData;
    const challenge: Challenge = { signed, token: AB_TOKEN };
    const identity = { keyPair: B, network: GENESIS };
    const response = reply("F15").value;
    expect(provenKey(identity, challenge, response)).toEqual(A.publicKey);
    expect(provenKey(identity, challenge, response, A.publicKey)).toEqual(A.publicKey);
    expect(provenKey(identity, challenge, response, B.publicKey)).toBeNull();
    expect(answerChallenge({ keyPair: A, network: GENESIS }, { signed })).toBeInstanceOf(
      SignedData,
    );
  });

  test("F20: a Belief with everything in it", () => {
    const message = messageOf("F20", NO_CELLS);
    if (message.type !== "BELIEF" || !(message.payload instanceof Belief)) throw new Error("none");
    const [entry] = message.payload.orders.entries();
    const signed = entry?.[1] as SignedData;
    expect(signed.publicKey).toEqual(A.publicKey);
    expect(signed.isSigned()).toBe(true);
    const order = signed.value as Order;
    expect(order.timestamp).toBe(0);
    expect(order.blocks.count).toBe(4);
    expect([...pointsOf(order)]).toEqual([4, 0, 0, 0]);
    expect(hexOf(encoding(message.payload))).toBe(hexOf(payload("F20")).slice(0, 70));
  });

  test("F19, F21: Beliefs that name what is elsewhere", () => {
    const message = messageOf("F19", NO_CELLS);
    if (message.type !== "BELIEF" || !(message.payload instanceof Belief)) throw new Error("none");
    const belief = message.payload;
    expect(() => belief.orders.entries()).toThrow(MissingDataError);
    const next = messageOf("F21", NO_CELLS);
    if (next.type !== "BELIEF" || !(next.payload instanceof Belief)) throw new Error("none");
    const { payload: empty } = next;
    expect(() => empty.orders).toThrow(MissingDataError);
  });
});
