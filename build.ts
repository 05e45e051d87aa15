// Builds the self-contained executable: `bun run build [--target bun-linux-x64]` → dist/convex-peer.

import { mkdirSync, statSync } from "node:fs";
import { parseArgs } from "node:util";

const OUTFILE = "dist/convex-peer";
const { values } = parseArgs({ options: { target: { type: "string" } } });

mkdirSync("dist", { recursive: true });
const result = await Bun.build({
  entrypoints: ["src/cli/main.ts"],
  minify: true,
  bytecode: true,
  format: "esm",
  sourcemap: "none",
  target: "bun",
  compile: {
    outfile: OUTFILE,
    ...(values.target === undefined ? {} : { target: values.target as Bun.Build.CompileTarget }),
    autoloadDotenv: false,
    autoloadBunfig: false,
  },
});
for (const log of result.logs) process.stderr.write(`${log}\n`);
if (!result.success) process.exit(1);
process.stdout.write(`${OUTFILE}  ${(statSync(OUTFILE).size / 1e6).toFixed(0)} MB\n`);
