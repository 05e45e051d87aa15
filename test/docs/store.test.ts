// The commands of docs/store.md and docs/backup.md, on a data directory with some blocks.

import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TEST_MS } from "../patience.ts";
import { DiskPeer } from "../peer/store-scene.ts";
import { runPage } from "./command-blocks.ts";

setDefaultTimeout(TEST_MS);

test("docs/store.md and docs/backup.md", async () => {
  const folder = mkdtempSync(join(tmpdir(), "convex-docs-store-"));
  try {
    const disk = new DiskPeer(join(folder, "data"));
    await disk.work(5);
    await disk.close();
    for (const [page, words] of [
      ["docs/store.md", "is sound"],
      ["docs/backup.md", "restored"],
    ] as const) {
      const { exitCode, output } = await runPage(page, { folder });
      expect({ page, exitCode, output: exitCode === 0 ? "" : output }).toEqual({
        page,
        exitCode: 0,
        output: "",
      });
      expect(output).toContain(words);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
