// `bun run docs:screens`: takes the text screenshots of docs/monitor.md anew.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { takeScreens, writeScreens } from "./screens.ts";

const folder = mkdtempSync(join(tmpdir(), "convex-screens-"));
try {
  writeScreens(await takeScreens(folder));
} finally {
  rmSync(folder, { recursive: true });
}
