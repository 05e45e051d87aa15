// Damage to a store is found: by `store check`, or by opening and reading it. A bit that changes
// nothing of what is stored (in the unused part of a page) is told apart by comparing all rows.

import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check } from "../../../src/cli/store/check.ts";
import { StoreError } from "../../../src/store/store.ts";
import { TEST_MS } from "../../patience.ts";
import { DiskPeer } from "../store-scene.ts";

setDefaultTimeout(TEST_MS);

const BLOCKS = 40;
const FLIPS = 200;
const TABLES = ["cells", "roots", "meta", "positions", "batches"];

let directory: string;
/**
 * The file of a peer that was stopped, and of one that was killed with all it wrote still in
 * batches.
 */
let sound: Buffer;
let killed: Buffer;
let path: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "convex-check-"));
  const disk = new DiskPeer(join(directory, "peer"));
  await disk.work(BLOCKS);
  path = join(directory, "flipped.db");
  cpSync(disk.path, path);
  cpSync(`${disk.path}-wal`, `${path}-wal`);
  inOneFile();
  killed = readFileSync(path);
  await disk.close();
  sound = readFileSync(disk.path);
});

/** Folds the log into the file. */
function inOneFile(): void {
  const database = new Database(path);
  database.run("PRAGMA journal_mode = DELETE");
  database.close();
}

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What is wrong with the file, null for nothing. */
async function finding(file = path): Promise<string | null> {
  try {
    return (await check(file, true)).findings[0] ?? null;
  } catch (error) {
    if (error instanceof StoreError) return error.message;
    throw error;
  }
}

/** All that is stored, as text. */
function contents(): string {
  const database = new Database(path, { readonly: true });
  try {
    return TABLES.map((table) =>
      JSON.stringify(database.query(`SELECT * FROM ${table}`).values()),
    ).join("\n");
  } finally {
    database.close();
  }
}

/** A generator of its own, so that a failure can be repeated. */
function* draws(seed: number): Generator<number> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

test("a sound store has no findings", async () => {
  for (const whole of [sound, killed]) {
    writeFileSync(path, whole);
    const figures = await check(path, true);
    expect(figures.findings).toEqual([]);
    expect(figures.cells).toBeGreaterThan(BLOCKS * 5);
  }
});

test.each(["stopped", "killed"])(
  `each of ${FLIPS} flipped bits is found, or changes nothing that is stored: a peer that was %s`,
  async (end) => {
    const whole = end === "stopped" ? sound : killed;
    writeFileSync(path, whole);
    const stored = contents();
    const draw = draws(7);
    let found = 0;
    for (let i = 0; i < FLIPS; i++) {
      const bytes = Buffer.from(whole);
      const at = Math.floor((draw.next().value as number) * bytes.length);
      const bit = 1 << Math.floor((draw.next().value as number) * 8);
      bytes[at] = (bytes[at] as number) ^ bit;
      writeFileSync(path, bytes);
      if ((await finding()) !== null) found++;
      else expect({ at, bit, same: contents() === stored }).toEqual({ at, bit, same: true });
    }
    process.stderr.write(`${found} of ${FLIPS} flipped bits found, the others in unused space\n`);
    // The pages of batches that were folded are free.
    expect(found).toBeGreaterThan(FLIPS / (end === "stopped" ? 4 : 2));
  },
);

test("what is missing is found", async () => {
  const statements = [
    "DELETE FROM cells WHERE id = 9",
    "DELETE FROM roots WHERE name = 'genesis'",
    "DELETE FROM roots WHERE name = 'peer'",
    "DELETE FROM meta",
    "DELETE FROM positions WHERE block = 7 AND place = 0",
    "UPDATE positions SET block = 8 WHERE block = 9",
    "UPDATE roots SET hash = (SELECT hash FROM roots WHERE name = 'genesis') WHERE name = 'state'",
  ];
  for (const [i, statement] of statements.entries()) {
    // A file of its own each: a handle on a damaged one may stay locked until it is collected.
    const file = `${path}-${i}`;
    writeFileSync(file, sound);
    const database = new Database(file);
    database.run(statement);
    database.run("PRAGMA journal_mode = DELETE");
    database.close();
    expect([statement, await finding(file)]).not.toEqual([statement, null]);
  }
});
