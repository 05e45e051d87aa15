// Takes the text screenshots of docs/monitor.md anew.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCommandLine } from "../../release/tool.ts";
import { takeScreens, writeScreens } from "./screens.ts";

readCommandLine(
  {
    command: "bun run docs:screens",
    usage: "\n\n  takes the text screenshots of docs/monitor.md anew",
    flags: {},
  },
  () => null,
);

const folder = mkdtempSync(join(tmpdir(), "convex-screens-"));
try {
  writeScreens(await takeScreens(folder));
} finally {
  rmSync(folder, { recursive: true });
}
