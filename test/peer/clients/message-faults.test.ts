// What becomes of messages when something fails or is absent on the way to their answer.

import { describe, expect, test } from "bun:test";
import { Address } from "../../../src/data/address.ts";
import { MissingDataError, type Value } from "../../../src/data/cell.ts";
import { encoding, hashKey } from "../../../src/data/encode.ts";
import { Index } from "../../../src/data/index-map.ts";
import { encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import { MISSING_LIMIT, UNANSWERED_MAX } from "../../../src/net/bounds.ts";
import { dataRequest, queryRequest, transactRequest } from "../../../src/net/message.ts";
import { longMessage } from "../../../src/peer/clients/long-messages.ts";
import { dataReplyPayload } from "../../../src/peer/clients/message-answers.ts";
import { Belief } from "../../../src/state/belief.ts";
import { Order } from "../../../src/state/order.ts";
import { Invoke } from "../../../src/state/transaction.ts";
import { messageScene, TestClient } from "../message-scene.ts";
import { keyPair } from "../scene.ts";

const USER = Address.of(2);
const query = (id: number, form: Value = 1) => queryRequest(id, form, USER);

describe("a query that fails", () => {
  test("by a mistake of ours is told so, and the operator what it was", async () => {
    const { server, peer, faults } = messageScene();
    const client = new TestClient(server);
    const mistake = new TypeError("ours");
    peer.query = () => {
      throw mistake;
    };
    client.send(query(4));
    const { errorCode, value } = await client.reply();
    expect(`${errorCode} ${value}`).toStartWith("EXCEPTION The peer can't answer");
    expect(faults).toEqual([mistake]);
  });

  test("for what is absent is told what it is, and nobody else", async () => {
    const { server, peer, faults } = messageScene();
    const client = new TestClient(server);
    peer.query = () => {
      throw new MissingDataError("x".repeat(32));
    };
    client.send(query(4));
    expect((await client.reply()).errorCode).toBe("MISSING");
    expect(faults).toEqual([]);
  });
});

test("a transaction that fails by a mistake of ours is told so", async () => {
  const { server, peer, faults } = messageScene();
  const client = new TestClient(server);
  peer.submit = () => Promise.reject(new TypeError("ours"));
  client.send(transactRequest(4, SignedData.sign(keyPair(2), Invoke.of(USER, 1, 1))));
  expect((await client.reply()).errorCode).toBe("EXCEPTION");
  expect(faults.length).toBe(1);
});

test("a connection whose requests are all answered, or have failed, is read again", async () => {
  const { server, peer } = messageScene();
  const client = new TestClient(server);
  const old = SignedData.sign(keyPair(2), Invoke.of(USER, 0, 1));
  const ask = async (message: (id: number) => Value) => {
    for (let id = 0; id <= UNANSWERED_MAX; id++) {
      client.send(message(id));
      await client.reply();
    }
  };
  await ask((id) => transactRequest(id, old));
  await ask((id) => query(id, id));
  peer.submit = () => Promise.reject(new TypeError("ours"));
  await ask((id) => transactRequest(id, old));
});

test("a client that repeats its query and reads no answer loses the connection", async () => {
  const { server, beliefs } = messageScene();
  const client = new TestClient(server);
  client.send(query(1));
  await client.reply();
  client.link.isFull = true;
  client.send(query(2));
  await client.nothing();
  expect(beliefs.closed).toEqual(["it does not read what it asked for"]);
});

test("Beliefs and signed Orders of which a cell is absent are handed on as such", async () => {
  const { server, beliefs } = messageScene();
  const client = new TestClient(server);
  const points = Vector.from(Array.from({ length: 100 }, (_, i) => i));
  const order = Order.of(1, points, Vector.EMPTY);
  for (const message of [new Belief([order]), SignedData.sign(keyPair(1), order)]) {
    client.sendBytes(encoding(message));
    await client.nothing();
  }
  expect(beliefs.incomplete.length).toBe(2);
  expect(beliefs.payloads).toEqual([]);
});

describe("a reply to a data request", () => {
  test("has each cell once, and all parts of the vector", () => {
    const cells = new Map<string, Vector>();
    const hashes: string[] = [];
    for (let i = 0; i < MISSING_LIMIT; i++) {
      const cell = Vector.from(Array.from({ length: 112 }, (_, n) => 1_000 * (i % 240) + n));
      cells.set(hashKey(cell), cell);
      hashes.push(hashKey(cell));
    }
    const source = { cell: (hash: string) => cells.get(hash) ?? null, memorySize: () => -1 };
    const { server, peer } = messageScene();
    Object.defineProperty(peer, "cells", { value: source });
    const client = new TestClient(server);
    client.send(dataRequest(1, hashes));
    return client.reply().then((reply) => {
      const got = reply.dataCells(hashes);
      expect(got.size).toBe(240);
      const value = reply.value as Vector;
      expect(hashKey(value.get(MISSING_LIMIT - 1))).toBe(hashes.at(-1) as string);
      const own = [...cells.values()].reduce((sum, cell) => sum + encoding(cell).length, 0);
      expect(reply.payload.length).toBeLessThan(own + MISSING_LIMIT * 34 + 1_500);
    });
  });

  test("of nothing is an empty vector", () => {
    const source = { cell: () => null, memorySize: () => -1 };
    const payload = dataReplyPayload(1, new Uint8Array(0), source);
    expect(payload.length).toBeLessThan(20);
  });
});

describe("a long message, before it is read,", () => {
  const never = () => false;
  const typeOf = (payload: Uint8Array, mayRead: (bytes: number) => boolean) =>
    longMessage(payload, mayRead).type;

  test("is a Belief by its first byte", () => {
    expect(typeOf(encodeMultiCell(Belief.of(Index.EMPTY)), never)).toBe("BELIEF");
    expect(typeOf(encodeMultiCell(SignedData.sign(keyPair(1), 1)), never)).toBe("BELIEF");
  });

  test("is refused when no more may be read, and read otherwise", () => {
    const plain = encodeMultiCell(dataRequest(1, []));
    const transaction = encodeMultiCell(
      transactRequest(1, SignedData.sign(keyPair(2), Invoke.of(USER, 0, 1))),
    );
    for (const [payload, type] of [
      [encodeMultiCell(query(1)), "QUERY"],
      [plain, "READ"],
      [transaction, "READ"],
    ] as const) {
      expect(typeOf(payload, never)).toBe("REFUSED");
      expect(typeOf(payload, () => true)).toBe(type);
    }
  });
});
