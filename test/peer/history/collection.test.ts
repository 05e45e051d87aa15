// Collection of a running peer's store: the State, the Order and every answer stay, what the window
// no longer covers goes, and the peer works on meanwhile and afterwards.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import type { Cell } from "../../../src/data/cell.ts";
import { hashKey } from "../../../src/data/encode.ts";
import type { SignedData } from "../../../src/data/signed.ts";
import type { HistoryUpkeep } from "../../../src/peer/history/history-upkeep.ts";
import { Peer } from "../../../src/peer/peer.ts";
import type { Block } from "../../../src/state/block.ts";
import { Collection } from "../../../src/store/collection.ts";
import { BUILD_FILE, PREVIOUS_FILE, STORE_FILE } from "../../../src/store/sqlite-file.ts";
import { sqliteStore } from "../../../src/store/sqlite-store.ts";
import { SqliteTables } from "../../../src/store/sqlite-tables.ts";
import type { Store } from "../../../src/store/store.ts";
import { applyBlock } from "../../../src/transition/apply-block.ts";
import { expectComplete } from "../../store/closure.ts";
import { errorOf, keyPair, newState, stateHash, TestClock, transfer } from "../scene.ts";
import { killRounds } from "./collection-kill.ts";

const SECOND_MS = 1_000;
/** `bun run test/peer/history/collection-kill.ts` kills as often as one likes. */
const KILLS = 5;
const ROOTS = ["belief", "genesis", "peer", "state"];

let directory: string;
let store: Store;
let clock: TestClock;
let peer: Peer;
let sequence: number;

function open(historyMs: number | null): void {
  store = sqliteStore(directory, CVM_TABLE);
  peer = new Peer({ store, keyPair: keyPair(0), genesis: newState(), clock, historyMs });
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "convex-collection-"));
  clock = new TestClock();
  sequence = 0;
  open(10 * SECOND_MS);
});

afterEach(async () => {
  await peer.close();
  store.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A second passes with each block of one transfer. */
async function work(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    clock.advance(SECOND_MS);
    expect(errorOf(await peer.submit(transfer(2, ++sequence, 3)))).toBeNull();
  }
}

function countCells(): number {
  const tables = SqliteTables.toRead(join(directory, STORE_FILE));
  const count = tables.countCells();
  tables.close();
  return count;
}

function upkeep(): HistoryUpkeep {
  return peer.upkeep as HistoryUpkeep;
}

/** Collects while `meanwhile` goes on between the slices and before the last step. */
async function collect(meanwhile: () => Promise<void> = async () => {}): Promise<void> {
  await upkeep().begin();
  const collection = new Collection(join(directory, STORE_FILE), join(directory, BUILD_FILE));
  await collection.rounds(meanwhile);
  await meanwhile();
  await collection.finish(upkeep().noteRecent(), meanwhile);
  await meanwhile();
  await upkeep().adopt();
}

function expectWhole(): void {
  for (const root of ROOTS) expectComplete(store, root);
  let replayed = newState();
  for (let i = 0; i < peer.position; i++) {
    const signed = peer.block(i) as SignedData;
    replayed = applyBlock(replayed, signed).state;
    expect(peer.positionOf(hashKey(signed))).toEqual({ block: i, index: -1 });
  }
  expect(hashKey(replayed)).toBe(stateHash(peer));
}

test("a collection keeps the State, the Order and the window, and nothing else", async () => {
  await work(60);
  const before = { state: stateHash(peer), cells: countCells() };
  await collect();
  expect(stateHash(peer)).toBe(before.state);
  expect(countCells()).toBeLessThan(before.cells / 2);
  expectWhole();
  expect(peer.blockResult(40)).toBeNull();
  expect(peer.blockResult(55)?.result(0)?.isError).toBe(false);
  await work(5);
  expectWhole();
});

test("a clock that is years ahead for a moment makes nothing be forgotten", async () => {
  await work(20);
  clock.advance(3 * 365 * 86_400 * SECOND_MS);
  await collect();
  expect(peer.blockResult(5)).toBeNull();
  // Ten seconds back from the last block.
  for (let i = 9; i < 20; i++) expect(peer.blockResult(i)?.result(0)?.isError).toBe(false);
});

test("a damaged position is taken for none, never for another's", async () => {
  await work(3);
  const blocks = [0, 1, 2].map((i) => hashKey(peer.block(i) as SignedData));
  const [first, second] = blocks as [string, string];
  const { value } = peer.block(0) as SignedData;
  const inBlock = hashKey((value as Block).listed()[0] as Cell);
  expect(peer.positionOf(inBlock)).toEqual({ block: 0, index: 0 });
  const wrong = [
    [first, { block: 1, index: -1 }],
    [second, { block: -5, index: -1 }],
    [inBlock, { block: 1, index: 0 }],
  ] as const;
  store.write({ roots: [], positions: wrong });
  for (const [hash] of wrong) expect(peer.positionOf(hash)).toBeNull();
  for (const place of [
    { block: 9, index: 0 },
    { block: 0, index: 7 },
    { block: 0, index: -2 },
  ]) {
    store.write({ roots: [], positions: [[inBlock, place]] });
    expect(peer.positionOf(inBlock)).toBeNull();
  }
  expect(peer.positionOf(blocks[2] as string)).toEqual({ block: 2, index: -1 });
});

test("a peer that stops, or is killed, soon after a collection leaves no file of the former store", async () => {
  const previous = join(directory, PREVIOUS_FILE);
  await work(20);
  await collect();
  const files = ["", "-wal", "-shm", "-journal"].map((companion) => previous + companion);
  expect(existsSync(previous)).toBe(true);
  await peer.close();
  store.close();
  expect(files.filter((file) => existsSync(file))).toEqual([]);
  // What a killed one leaves is removed by the next start.
  for (const file of files) writeFileSync(file, "of a killed process");
  open(10 * SECOND_MS);
  expect(files.filter((file) => existsSync(file))).toEqual([]);
  expectWhole();
});

test("a peer that has stopped leaves alone what its successor replaces", async () => {
  await work(20);
  await collect();
  await peer.close();
  store.close();
  const previous = join(directory, PREVIOUS_FILE);
  writeFileSync(previous, "of the process that has the store now");
  clock.advance(60 * SECOND_MS);
  expect(existsSync(previous)).toBe(true);
  open(10 * SECOND_MS);
});

test("a peer that works during a collection loses nothing", async () => {
  await work(30);
  await collect(() => work(3));
  expectWhole();
  await work(3);
  await collect(() => work(2));
  expectWhole();
});

test("what was collected is there again when it is written again", async () => {
  await work(20);
  const old = peer.state();
  const oldHash = hashKey(old);
  await work(30);
  await collect();
  expect(store.has(oldHash)).toBe(false);
  expect(store.holdsCell(old)).toBe(false);
  // Held from before, loaded in part: its cells come out of the file that was replaced.
  store.write({ roots: [["again", old]] });
  expect(expectComplete(store, "again")).toBeGreaterThan(3);
});

test("after a while the file that was replaced is gone, and the peer starts from the new one", async () => {
  await work(40);
  await collect();
  const { state, position } = { state: stateHash(peer), position: peer.position };
  expect(existsSync(join(directory, PREVIOUS_FILE))).toBe(true);
  clock.advance(60 * SECOND_MS);
  expect(existsSync(join(directory, PREVIOUS_FILE))).toBe(false);
  await peer.close();
  store.close();
  open(null);
  await peer.settled();
  expect(stateHash(peer)).toBe(state);
  expect(peer.position).toBe(position);
  expectWhole();
  await work(2);
});

test("a peer without a window forgets nothing", async () => {
  await peer.close();
  store.close();
  open(null);
  await work(30);
  await collect();
  for (let i = 0; i < peer.position; i++) expect(peer.blockResult(i)).not.toBeNull();
  expectWhole();
});

test("a copy is taken only by the store that it was made for", async () => {
  await work(3);
  await expect(upkeep().adopt()).rejects.toThrow("begin the collection again");
  const collection = new Collection(join(directory, STORE_FILE), join(directory, BUILD_FILE));
  await collection.finish("another", async () => {});
  upkeep().noteRecent();
  await expect(upkeep().adopt()).rejects.toThrow("begin the collection again");
  await peer.settled();
  await work(1);
});

test("a store that another process reads is replaced when that has ended", async () => {
  await work(20);
  const reader = new Collection(join(directory, STORE_FILE), join(directory, "other.db"));
  await reader.rounds(async () => {});
  await expect(collect()).rejects.toThrow("Another process reads the store");
  await peer.settled();
  await work(1);
  await upkeep()
    .adopt()
    .catch(() => {});
  reader.close();
  // What was copied is not copied again: `store gc` tries this step alone.
  await upkeep().adopt();
  expectWhole();
  await work(1);
  await collect();
  expectWhole();
});

test("a kill at any step of a collection loses nothing", async () => {
  const killed = await killRounds(KILLS);
  expect(Object.values(killed).reduce((sum, count) => sum + count, 0)).toBe(KILLS);
});
