// Two processes that back up to one file at the same time.

import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CAD3_TABLE } from "../../src/data/decode.ts";
import { hashKey } from "../../src/data/encode.ts";
import { CVMString } from "../../src/data/string.ts";
import { Vector } from "../../src/data/vector.ts";
import { CellStore } from "../../src/store/cell-store.ts";
import { backupToFile, restoreTo } from "../../src/store/file-backup.ts";
import { STORE_FILE, sqliteStore } from "../../src/store/sqlite-store.ts";
import { SqliteTables } from "../../src/store/sqlite-tables.ts";

test("of two backups to one file the later one is kept, with its own positions", async () => {
  const folder = mkdtempSync(join(tmpdir(), "convex-two-"));
  const store = sqliteStore(folder, CAD3_TABLE);
  let blocks = Vector.EMPTY;
  const grow = (count: number) => {
    for (let i = 0; i < count; i++) {
      const block = CVMString.of(`block ${blocks.count}`.padEnd(200));
      const positions = [[hashKey(block), { block: blocks.count, index: -1 }]] as const;
      blocks = blocks.append(block);
      store.write({ roots: [["v", blocks]], positions });
    }
  };
  const path = join(folder, "backup");
  const backup = async (pause: () => Promise<void>) => {
    const source = SqliteTables.toRead(join(folder, STORE_FILE));
    try {
      await backupToFile(source, path, () => {}, pause);
    } finally {
      source.close();
    }
  };
  grow(20);
  let later: Promise<void> | null = null;
  let goOn = () => {};
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  // The second one begins while the first copies, and is not done when the first one would be.
  const first = backup(async () => {
    if (later !== null) return;
    grow(20);
    later = backup(() => held);
  });
  await expect(first).rejects.toMatchObject({ code: "BUSY" });
  goOn();
  await later;
  const tables = SqliteTables.toRead(path);
  const restored = join(folder, "restored.db");
  await restoreTo(tables, [tables], restored, async () => {});
  const made = SqliteTables.toRead(restored);
  expect(made.countPositionsBefore(1_000)).toBe(40);
  expect(made.metas()).toEqual([]);
  const copy = new CellStore(made, CAD3_TABLE);
  expect((copy.cell(copy.root("v") as string) as Vector).count).toBe(40);
  copy.close();
  tables.close();
  store.close();
  rmSync(folder, { recursive: true });
});
