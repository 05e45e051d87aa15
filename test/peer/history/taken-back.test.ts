// A peer that others have led out of a fork: blocks that it had executed were taken back, and its
// store is sound all the same.

import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check } from "../../../src/cli/store/check.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import type { Cell } from "../../../src/data/cell.ts";
import { hashKey } from "../../../src/data/encode.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import { Peer } from "../../../src/peer/peer.ts";
import { ExecutedBlocks } from "../../../src/peer/rounds/executed-blocks.ts";
import { LiveFeed } from "../../../src/rest/live/live-feed.ts";
import { Block } from "../../../src/state/block.ts";
import { Order } from "../../../src/state/order.ts";
import { STORE_FILE } from "../../../src/store/sqlite-file.ts";
import { sqliteStore } from "../../../src/store/sqlite-store.ts";
import { errorOf, keyPair, newState, TestClock, transfer } from "../scene.ts";

type FeedReader = { read(): Promise<{ value?: Uint8Array | undefined }> };

const SHARED = 2;
let directory: string;
let path: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "convex-taken-back-"));
  path = join(directory, STORE_FILE);
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Reads a feed until it says this; its clock goes on meanwhile. */
async function textUntil(words: string, reader: FeedReader, clock: TestClock): Promise<string> {
  let text = "";
  while (!text.includes(words)) {
    let isRead = false;
    const chunk = reader.read().finally(() => {
      isRead = true;
    });
    while (!isRead) {
      clock.advance(1_000);
      await Bun.sleep(1);
    }
    text += new TextDecoder().decode((await chunk).value);
  }
  return text;
}

test("positions of blocks that were taken back are no damage, and lead nobody astray", async () => {
  const store = sqliteStore(directory, CVM_TABLE);
  const clock = new TestClock();
  const peer = new Peer({ store, keyPair: keyPair(0), genesis: newState(), clock });
  const told: number[] = [];
  new ExecutedBlocks(peer).subscribe(({ position }) => told.push(position));
  const feed = new LiveFeed(peer, clock);
  const topics = { blocks: true, status: false, transactions: new Set([]), log: new Set([]) };
  const reader = feed.open(topics, null).getReader();
  for (let sequence = 1; sequence <= 2 * SHARED; sequence++) {
    clock.advance(1_000);
    expect(errorOf(await peer.submit(transfer(2, sequence)))).toBeNull();
  }
  // Only who was told of blocks hears that they were taken back.
  await textUntil(`"index":${2 * SHARED - 1}`, reader, clock);
  const { blocks } = peer.order as Order;
  const blockOf = (...transactions: SignedData[]) =>
    SignedData.sign(keyPair(0), Block.of(clock.now(), Vector.from(transactions)));
  // Its sequence number is used up there by another one, and then it comes in vain.
  const [third, fourth] = [transfer(2, SHARED + 1), transfer(2, SHARED + 2)];
  const others = [blockOf(transfer(2, SHARED + 1, 7)), blockOf(transfer(5, 1)), blockOf(third)];
  const shared = [...blocks].slice(0, SHARED);
  const order = Vector.from([...shared, ...others] as Cell[]);
  const count = order.count;
  peer.follow(Order.of(clock.now() + 1, Vector.of(count, count, count, count), order));
  await peer.settled();
  expect(peer.position).toBe(count);
  expect(peer.positionOf(hashKey(third))).toEqual({ block: count - 1, index: 0 });
  expect(peer.positionOf(hashKey(fourth))).toBeNull();
  // From the first that stands in another's place on, all are told once more.
  expect(told).toEqual([0, 1, 2, 3, 2, 3, 4]);
  const text = await textUntil('"position":2', reader, clock);
  expect(text).toContain("event: rewind");
  feed.close();
  await peer.close();
  store.close();
  expect((await check(path, true)).findings).toEqual([]);
});

test("what is not where the Order says is found all the same", async () => {
  const database = new Database(path);
  database.run("UPDATE positions SET block = 0 WHERE block = 3");
  database.run("PRAGMA journal_mode = DELETE");
  database.close();
  const { findings } = await check(path, true);
  expect(findings).toContain("block 3 has positions that are not where the Order says");
});
