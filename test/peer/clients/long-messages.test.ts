// Long messages of anybody: what can't be right is refused before it is read, and what is read
// waits for its turn as the bytes that it came in.

import { describe, expect, test } from "bun:test";
import { Address } from "../../../src/data/address.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { Value } from "../../../src/data/cell.ts";
import { Keyword } from "../../../src/data/keyword.ts";
import { encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import {
  LONG_BYTES,
  LONG_MESSAGE_BYTES,
  NOT_READ_PAUSE_MS,
  PLAIN_MESSAGE_BYTES,
} from "../../../src/net/bounds.ts";
import { pingRequest, queryRequest, transactRequest } from "../../../src/net/message.ts";
import { TRANSACTION_BYTES_MAX } from "../../../src/peer/bounds.ts";
import { Invoke } from "../../../src/state/transaction.ts";
import { messageScene, TestClient } from "../message-scene.ts";
import { keyPair, TestClock } from "../scene.ts";

/** A message with bytes behind it that nobody could read. */
function longer(message: Value, bytes: number): Uint8Array {
  const payload = new Uint8Array(bytes);
  payload.set(encodeMultiCell(message));
  return payload;
}

function textOf({ errorCode, value }: { errorCode: string | null; value: Value }): string {
  return `${errorCode} ${value}`;
}

const keyword = (name: string, ...rest: Value[]) => Vector.from([Keyword.of(name), ...rest]);

describe("a long message", () => {
  test.each([
    ["that asks for cells", keyword("DR", 1)],
    ["that is a challenge", keyword("CH", 1, null)],
    ["that asks for a sign of life", pingRequest(1)],
    ["of a kind that nobody knows", keyword("NEW", 1)],
    ["that begins with no keyword", Vector.of(1, 2)],
    ["that is no vector", Blob.of(new Uint8Array(9))],
    ["that asks nothing", keyword("Q")],
    ["that asks without an id", keyword("Q", Keyword.of("x"), null, Address.of(1))],
  ])("%s is not read", async (_, message) => {
    const { server } = messageScene();
    const client = new TestClient(server);
    client.sendBytes(longer(message, PLAIN_MESSAGE_BYTES + 1));
    const reply = await client.reply();
    expect(textOf(reply)).toMatch(/^FORMAT Bad format: (?:a message of its kind|a long query)/);
  });

  test("with a transaction that nothing can pay for is refused under its id", async () => {
    const clock = new TestClock();
    const { server } = messageScene(null, { clock });
    const client = new TestClient(server);
    const signed = SignedData.sign(keyPair(0), Invoke.of(Address.of(1), 1, 1));
    client.sendBytes(longer(transactRequest(7, signed), TRANSACTION_BYTES_MAX + 1));
    const reply = await client.reply();
    expect(textOf(reply)).toStartWith("LIMIT Nothing pays for a transaction of more than");
    clock.advance(NOT_READ_PAUSE_MS);
    client.sendBytes(longer(keyword("TX", null, signed), TRANSACTION_BYTES_MAX + 1));
    await client.nothing();
    clock.advance(NOT_READ_PAUSE_MS);
    client.sendBytes(longer(transactRequest(7, signed), TRANSACTION_BYTES_MAX));
    expect(textOf(await client.reply())).toMatch(/^FORMAT/);
  });

  test("is not read when there are too many of them, and who sends them waits", async () => {
    const clock = new TestClock();
    const scene = messageScene(null, { clock });
    const signed = SignedData.sign(keyPair(0), Invoke.of(Address.of(1), 1, 1));
    const codes: (string | null)[] = [];
    const most = Math.ceil(LONG_BYTES.atOnce / TRANSACTION_BYTES_MAX);
    const last = new TestClient(scene.server);
    for (let i = 0; i < most; i++) {
      const client = i === most - 1 ? last : new TestClient(scene.server);
      // Peers are clients as others are, but for their Beliefs.
      client.link.isTrusted = true;
      client.sendBytes(longer(transactRequest(7, signed), TRANSACTION_BYTES_MAX));
      codes.push((await client.reply()).errorCode);
    }
    expect(codes.slice(0, -1).every((code) => code === "FORMAT")).toBe(true);
    expect(codes.at(-1)).toBe("LOAD");
    last.send(pingRequest(1));
    await last.nothing();
    clock.advance(NOT_READ_PAUSE_MS);
    expect((await last.reply()).errorCode).toBeNull();
    last.sendBytes(longer(transactRequest(7, signed), TRANSACTION_BYTES_MAX));
    expect((await last.reply()).errorCode).toBe("FORMAT");
  });

  test("with a query is answered, or told what is wrong with it", async () => {
    const { server } = messageScene();
    const client = new TestClient(server);
    const form = Blob.of(new Uint8Array(2 * LONG_MESSAGE_BYTES).fill(7));
    client.send(queryRequest(3, form, Address.of(1)));
    client.send(queryRequest(4, null, Address.of(1)));
    const replies = await client.replies(2);
    const values = replies.map(({ value }) => (value instanceof Blob ? value.count : value));
    expect(new Set(values)).toEqual(new Set([form.count, null]));
    expect(replies.every(({ errorCode }) => errorCode === null)).toBe(true);
    client.sendBytes(longer(queryRequest(5, null, Address.of(1)), 2 * LONG_MESSAGE_BYTES));
    expect(textOf(await client.reply())).toStartWith("FORMAT Bad format");
    client.send(queryRequest(6, 1, Address.of(1)));
    expect((await client.reply()).value).toBe(1);
  });
});
