import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CAD3_TABLE } from "../../src/data/decode.ts";
import { CellStore } from "../../src/store/cell-store.ts";
import { MemoryBackend, MemoryImage, memoryStore } from "../../src/store/memory-store.ts";
import { sqliteStore } from "../../src/store/sqlite-store.ts";
import { FaultBackend } from "./fault-backend.ts";
import { storeSuite } from "./store-suite.ts";

storeSuite("a store in memory", () => {
  const image = new MemoryImage();
  return { open: () => memoryStore(CAD3_TABLE, image), remove: () => {} };
});

storeSuite("a store behind a fault plan that never strikes", () => {
  const image = new MemoryImage();
  const plan = { cutAt: Number.POSITIVE_INFINITY };
  return {
    open: () => new CellStore(new FaultBackend(new MemoryBackend(image), plan), CAD3_TABLE),
    remove: () => {},
  };
});

storeSuite("a store on disk", () => {
  const directory = mkdtempSync(join(tmpdir(), "convex-store-"));
  return {
    open: () => sqliteStore(directory, CAD3_TABLE),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
});
