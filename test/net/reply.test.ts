// Replies to data requests: the cells that were asked for, whatever else stands in the message.

import { expect, test } from "bun:test";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Blob } from "../../src/data/blob.ts";
import { NO_CELLS, type Value } from "../../src/data/cell.ts";
import { encoding, hashKey } from "../../src/data/encode.ts";
import { joinCells } from "../../src/data/multi-cell.ts";
import { DenseRecord } from "../../src/data/record.ts";
import { Vector } from "../../src/data/vector.ts";
import { Writer } from "../../src/data/writer.ts";
import { MISSING_LIMIT } from "../../src/net/bounds.ts";
import { RESULT_TAG } from "../../src/net/message.ts";
import { Reply } from "../../src/net/reply.ts";
import { dataReplyPayload } from "../../src/peer/clients/message-answers.ts";
import { memoryStore } from "../../src/store/memory-store.ts";

const long = (i: number) => Blob.of(new Uint8Array(200).fill(i));

/** What is answered to a request for cells of which some are there. */
function replyTo(asked: readonly Value[], held: readonly Value[]): Uint8Array {
  const store = memoryStore(CVM_TABLE);
  store.write({ roots: held.map((cell, i) => [`${i}`, cell as Blob]) });
  const hashes = asked.map((cell) => Buffer.from(hashKey(cell), "latin1"));
  return dataReplyPayload(1, Buffer.concat(hashes), store);
}

/** A payload with one more cell behind it. */
function withCell(payload: Uint8Array, bytes: Uint8Array): Uint8Array {
  const w = new Writer(payload.length + bytes.length + 3);
  w.write(payload);
  w.vlq(bytes.length);
  w.write(bytes);
  return w.take(0);
}

const cellsOf = (payload: Uint8Array, asked: readonly Value[]) =>
  new Reply(payload, CVM_TABLE, NO_CELLS).dataCells(asked.map((cell) => hashKey(cell)));

test.each([1, 16, 17, MISSING_LIMIT])(
  "of %d cells those that are there come as they are",
  (count) => {
    const asked = Array.from({ length: count }, (_, i) =>
      i % 3 === 0 ? Vector.of(i, i) : long(i),
    );
    const held = asked.filter((_, i) => i % 5 !== 4);
    const found = cellsOf(replyTo(asked, held), asked);
    expect([...found.keys()].sort()).toEqual(held.map((cell) => hashKey(cell)).sort());
    for (const cell of held) expect(found.get(hashKey(cell))).toEqual(encoding(cell));
  },
);

test("a cell that nobody has asked for is not read", () => {
  const asked = [long(1), long(2)];
  const unreadable = new Uint8Array(1_000).fill(0xff);
  const payload = withCell(replyTo(asked, asked), unreadable);
  expect(cellsOf(payload, asked).size).toBe(2);
  expect(cellsOf(payload, [long(3)]).size).toBe(0);
});

test("a cell that is named and not brought is not there, nor is nil", () => {
  const [brought, named] = [long(1), long(2)];
  const result = new DenseRecord(RESULT_TAG, Vector.of(1, Vector.of(brought, named, null)));
  const payload = joinCells(encoding(result), [encoding(brought)]);
  expect([...cellsOf(payload, [brought, named, null]).keys()]).toEqual([hashKey(brought)]);
});
