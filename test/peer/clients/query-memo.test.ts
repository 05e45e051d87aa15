// Answers given again for a moment: only to the same question about the same State, each with the
// id it was asked with.

import { describe, expect, test } from "bun:test";
import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { Address } from "../../../src/data/address.ts";
import type { Integer } from "../../../src/data/cell.ts";
import { encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { queryRequest, transactRequest } from "../../../src/net/message.ts";
import {
  QUERY_MEMO_BYTES,
  QUERY_MEMO_ENTRY_BYTES,
  QUERY_MEMO_MS,
} from "../../../src/peer/bounds.ts";
import { QueryMemo } from "../../../src/peer/clients/query-memo.ts";
import { Result } from "../../../src/state/result.ts";
import { messageScene, TestClient } from "../message-scene.ts";
import { newPeer, TestClock, transfer } from "../scene.ts";

const STATE = {};
const IDS: readonly Integer[] = [
  0,
  1,
  -1,
  127,
  128,
  -128,
  -129,
  255,
  65_535,
  2 ** 40,
  2 ** 53 - 1,
  2n ** 63n - 1n,
  -(2n ** 63n),
];

function request(id: Integer, source = "(+ 1 2)", address = 11): Uint8Array {
  return encodeMultiCell(queryRequest(id as number, readForm(source), Address.of(address)));
}

function reply(id: Integer, result: string | number = 3): Uint8Array {
  return encodeMultiCell(Result.of({ id, result: readForm(String(result)) }));
}

function filled(): QueryMemo {
  const memo = new QueryMemo();
  memo.remember(request(5), reply(5), STATE, 0);
  return memo;
}

describe("an answer is given again", () => {
  test("under whatever id it is asked for", () => {
    const memo = filled();
    for (const id of IDS) expect(memo.reply(request(id), STATE, 0)).toEqual(reply(id));
  });

  test("however it was remembered", () => {
    for (const id of IDS) {
      const memo = new QueryMemo();
      memo.remember(request(id), reply(id), STATE, 0);
      expect(memo.reply(request(7), STATE, 0)).toEqual(reply(7));
    }
  });

  test("not to another question, on another State, or later", () => {
    expect(filled().reply(request(5, "(+ 1 3)"), STATE, 0)).toBeNull();
    expect(filled().reply(request(5, "(+ 1 2)", 12), STATE, 0)).toBeNull();
    expect(filled().reply(request(5), {}, 0)).toBeNull();
    expect(filled().reply(request(5), STATE, QUERY_MEMO_MS)).not.toBeNull();
    expect(filled().reply(request(5), STATE, QUERY_MEMO_MS + 1)).toBeNull();
  });

  test("not for ids that are no canonical integers, nor for other messages", () => {
    const memo = filled();
    const rest = Buffer.from(request(0)).toString("hex").slice(12);
    for (const id of ["1100", "120001", "12ff80", "1900", "00", "b1", "330161", "18"]) {
      const bytes = Uint8Array.fromHex(`8004330151${id}${rest}`);
      expect(memo.reply(bytes, STATE, 0)).toBeNull();
    }
    const named = request(5);
    named[4] = "X".charCodeAt(0);
    expect(memo.reply(named, STATE, 0)).toBeNull();
    const other = encodeMultiCell(transactRequest(5, transfer(2, 1)));
    memo.remember(other, reply(5), STATE, 0);
    expect(memo.reply(other, STATE, 0)).toBeNull();
    expect(memo.reply(new Uint8Array([0x80]), STATE, 0)).toBeNull();
    expect(memo.reply(request(5).slice(0, 6), STATE, 0)).toBeNull();
  });
});

test("only so much is remembered", () => {
  const memo = new QueryMemo();
  const long = `"${"x".repeat(QUERY_MEMO_ENTRY_BYTES)}"`;
  memo.remember(request(1, long), reply(1), STATE, 0);
  expect(memo.reply(request(1, long), STATE, 0)).toBeNull();
  memo.remember(request(1), reply(1, long), STATE, 0);
  expect(memo.reply(request(1), STATE, 0)).toBeNull();
  const value = `"${"y".repeat(3_000)}"`;
  let remembered = 0;
  for (let i = 0; i < 1_000; i++) memo.remember(request(i, String(i)), reply(i, value), STATE, 0);
  for (let i = 0; i < 1_000; i++) {
    if (memo.reply(request(i, String(i)), STATE, 0) !== null) remembered++;
  }
  expect(remembered).toBeGreaterThan(100);
  expect(remembered * 3_000).toBeLessThan(QUERY_MEMO_BYTES);
});

describe("clients", () => {
  test("of one peer get the same answer, and another after the next block", async () => {
    const clock = new TestClock();
    const peer = newPeer({ clock });
    const { server } = messageScene(peer, { clock });
    const clients = [1, 2, 3].map(() => new TestClient(server));
    const balance = (id: number) => queryRequest(id, readForm("*balance*"), Address.of(2));
    const ask = async () => {
      const values: unknown[] = [];
      for (const [i, client] of clients.entries()) {
        client.send(balance(i));
        const answer = await client.reply();
        expect("field" in answer.result ? answer.result.field(0) : null).toBe(i);
        values.push(answer.value);
      }
      expect(new Set(values).size).toBe(1);
      return values[0];
    };
    const before = await ask();
    expect(await ask()).toBe(before);
    clients[0]?.send(transactRequest(9, transfer(2, 1, 3, 1000)));
    await clients[0]?.reply();
    expect(await ask()).not.toBe(before);
  });

  test("are told of errors anew each time", async () => {
    const { server, peer } = messageScene();
    const client = new TestClient(server);
    let runs = 0;
    const run = peer.query.bind(peer);
    peer.query = (form, address) => {
      runs++;
      return run(form, address);
    };
    for (let i = 0; i < 3; i++) {
      client.send(queryRequest(i, readForm("nowhere-defined"), Address.of(2)));
      expect((await client.reply()).errorCode).toBe("UNDECLARED");
    }
    expect(runs).toBe(3);
    for (let i = 0; i < 3; i++) {
      client.send(queryRequest(i, readForm("3"), Address.of(2)));
      expect((await client.reply()).value).toBe(3);
    }
    expect(runs).toBe(4);
  });
});
