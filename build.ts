// Builds the self-contained executable: `bun run build [--target linux-arm64]` → dist/convex-peer.

import { statSync } from "node:fs";
import { parseArgs } from "node:util";
import { writeExecutable } from "./release/executable.ts";
import { isTarget, TARGETS } from "./src/cli/release/target.ts";

const OUTFILE = "dist/convex-peer";
const { values } = parseArgs({
  options: {
    target: { type: "string" },
    "release-key": { type: "string" },
    "base-url": { type: "string" },
  },
});
const target = values.target?.replace(/^bun-/, "") ?? null;
if (target !== null && !isTarget(target)) {
  process.stderr.write(`unknown target '${target}': there are ${TARGETS.join(", ")}\n`);
  process.exit(64);
}
await writeExecutable(OUTFILE, target, {
  releaseKey: values["release-key"],
  releaseUrl: values["base-url"],
});
process.stdout.write(`${OUTFILE}  ${(statSync(OUTFILE).size / 1e6).toFixed(0)} MB\n`);
