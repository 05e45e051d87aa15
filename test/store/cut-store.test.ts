// A store cut at every write boundary of a script, and a log that lost its end at every place: what
// is left is always a root that was written, old or new, with all it reaches.

import { afterAll, describe, expect, test } from "bun:test";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CAD3_TABLE } from "../../src/data/decode.ts";
import { CVMString } from "../../src/data/string.ts";
import { Vector } from "../../src/data/vector.ts";
import type { Backend } from "../../src/store/backend.ts";
import { CellStore } from "../../src/store/cell-store.ts";
import { MemoryBackend, MemoryImage } from "../../src/store/memory-store.ts";
import { SqliteBackend, STORE_FILE } from "../../src/store/sqlite-store.ts";
import type { Store } from "../../src/store/store.ts";
import { expectComplete } from "./closure.ts";
import { CutError, FaultBackend } from "./fault-backend.ts";

const WRITES = 12;
const ROOT = "counted";

/** So that batches are being folded at most of the cuts; with the usual limits they never are. */
const EAGER_FOLD = { entries: 30, bytes: 8_000, slice: 7, direct: 1_000_000 };
const FOLDS = [
  ["with all in batches", undefined],
  ["while they are folded", EAGER_FOLD],
] as const;

const scratch = mkdtempSync(join(tmpdir(), "convex-fault-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Writes vectors of growing length; returns how many writes came back. */
function runScript(store: Store): number {
  let vector = Vector.EMPTY;
  for (let i = 0; i < WRITES; i++) {
    for (let k = 0; k < 12; k++) vector = vector.append(CVMString.of(`${i} and ${k}`.padEnd(150)));
    try {
      store.write({ roots: [[ROOT, vector]], meta: [["count", `${i + 1}`]] });
    } catch (error) {
      if (error instanceof CutError) return i;
      throw error;
    }
  }
  return WRITES;
}

/** Number of writes that a store shows; its root must be that of the count, and complete. */
function writesIn(backend: Backend): number {
  const store = new CellStore(backend, CAD3_TABLE);
  const count = Number(store.meta("count") ?? "0");
  const hash = store.root(ROOT);
  if (hash === null) {
    expect(count).toBe(0);
    return 0;
  }
  expect((store.cell(hash) as Vector).count).toBe(count * 12);
  expectComplete(store, ROOT);
  return count;
}

/** Number of boundaries that the script passes on a backend; at least 15 within each write. */
function boundariesOn(inner: Backend): number {
  const backend = new FaultBackend(inner, { cutAt: Number.POSITIVE_INFINITY });
  expect(runScript(new CellStore(backend, CAD3_TABLE))).toBe(WRITES);
  expect(backend.boundaries).toBeGreaterThan(WRITES * 15);
  return backend.boundaries;
}

describe("cut at every write boundary", () => {
  test("in memory", () => {
    const boundaries = boundariesOn(new MemoryBackend());
    for (let cutAt = 0; cutAt < boundaries; cutAt++) {
      const image = new MemoryImage();
      const backend = new FaultBackend(new MemoryBackend(image), { cutAt });
      const acknowledged = runScript(new CellStore(backend, CAD3_TABLE));
      expect(backend.isCut).toBe(true);
      const left = writesIn(new MemoryBackend(image));
      expect([acknowledged, acknowledged + 1]).toContain(left);
    }
  });

  test.each(FOLDS)("on disk, by the files as they are at that moment, %s", (name, fold) => {
    const options = fold === undefined ? {} : { fold };
    const counted = new SqliteBackend(join(scratch, `counted ${name}`), options);
    const boundaries = boundariesOn(counted);
    counted.close();
    for (let cutAt = 0; cutAt < boundaries; cutAt += 5) {
      const live = join(scratch, `live-${cutAt}`);
      const durable = join(scratch, `durable-${cutAt}`);
      const inner = new SqliteBackend(live, options);
      const onCut = () => cpSync(live, durable, { recursive: true });
      const acknowledged = runScript(
        new CellStore(new FaultBackend(inner, { cutAt, onCut }), CAD3_TABLE),
      );
      const left = new SqliteBackend(durable, options);
      expect([acknowledged, acknowledged + 1]).toContain(writesIn(left));
      left.close();
      inner.close();
      rmSync(live, { recursive: true });
      rmSync(durable, { recursive: true });
    }
  });
});

test.each(FOLDS)(
  "a log cut off anywhere leaves a prefix of the writes, whole, %s",
  (name, fold) => {
    const options = fold === undefined ? {} : { fold };
    const live = join(scratch, `live-log ${name}`);
    const backend = new SqliteBackend(live, options);
    expect(runScript(new CellStore(backend, CAD3_TABLE))).toBe(WRITES);
    const log = readFileSync(join(live, `${STORE_FILE}-wal`));
    const seen = new Set<number>();
    let last = 0;
    const lengths = Array.from({ length: 40 }, (_, i) => Math.floor((log.length * i) / 39));
    for (const length of lengths) {
      const durable = join(scratch, `log-${length}`);
      cpSync(live, durable, { recursive: true });
      rmSync(join(durable, `${STORE_FILE}-shm`));
      writeFileSync(join(durable, `${STORE_FILE}-wal`), log.subarray(0, length));
      const left = new SqliteBackend(durable, options);
      const count = writesIn(left);
      expect(count).toBeGreaterThanOrEqual(last);
      last = count;
      seen.add(count);
      left.close();
      rmSync(durable, { recursive: true });
    }
    backend.close();
    expect(last).toBe(WRITES);
    expect(seen.size).toBeGreaterThan(WRITES / 2);
  },
);
