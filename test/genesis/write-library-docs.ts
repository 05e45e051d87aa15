// Writes docs/libraries.md from the documentation of the libraries.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { readCommandLine } from "../../release/tool.ts";
import { libraryDocs } from "./library-docs.ts";
import { testGenesis } from "./test-genesis.ts";

readCommandLine(
  { command: "bun run docs:libraries", usage: "\n\n  writes docs/libraries.md anew", flags: {} },
  () => null,
);

const FOLDER = join(import.meta.dir, "../../docs");

mkdirSync(FOLDER, { recursive: true });
await Bun.write(join(FOLDER, "libraries.md"), libraryDocs(testGenesis()));
