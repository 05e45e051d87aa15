// bun run docs:libraries
//
// Writes docs/libraries.md from the documentation of the libraries.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { libraryDocs } from "./library-docs.ts";
import { testGenesis } from "./test-genesis.ts";

const FOLDER = join(import.meta.dir, "../../docs");

mkdirSync(FOLDER, { recursive: true });
await Bun.write(join(FOLDER, "libraries.md"), libraryDocs(testGenesis()));
