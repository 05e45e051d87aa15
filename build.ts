// Builds the self-contained executable, dist/convex-peer.

import { statSync } from "node:fs";
import { writeExecutable } from "./release/executable.ts";
import { oneOf, readCommandLine } from "./release/tool.ts";
import { TARGETS } from "./src/cli/release/target.ts";

const OUTFILE = "dist/convex-peer";
const TOOL = {
  command: "bun run build",
  usage: `[--target TARGET] [--release-key BASE64] [--base-url URL]

  --target TARGET       the machine it is for; this one when it is left out. One of
                        ${TARGETS.join(", ")}
  --release-key BASE64  public key that signs the releases \`upgrade\` may take
  --base-url URL        where it takes them from`,
  flags: { target: "text", "release-key": "text", "base-url": "text" },
} as const;

const { target, origin } = readCommandLine(TOOL, ({ values }) => {
  const name = values.target?.replace(/^bun-/, "");
  return {
    target: name === undefined ? null : oneOf(name, "--target", TARGETS),
    origin: { releaseKey: values["release-key"], releaseUrl: values["base-url"] },
  };
});
await writeExecutable(OUTFILE, target, origin);
process.stdout.write(`${OUTFILE}  ${(statSync(OUTFILE).size / 1e6).toFixed(0)} MB\n`);
