// Compiles the libraries and writes what they give for src/genesis/compiled-libraries.ts. Run it
// after changing a source in src/genesis/lib, or the compiler.

import { join } from "node:path";
import { readCommandLine } from "../../release/tool.ts";
import { encodeLibraries } from "../../src/genesis/compiled-libraries.ts";
import { deployGenesis } from "../../src/genesis/genesis.ts";

readCommandLine(
  {
    command: "bun run libraries",
    usage: "\n\n  writes src/genesis/lib/compiled.base64 anew",
    flags: {},
  },
  () => null,
);

/** Keys do not reach the accounts of libraries: any will do. */
const KEY = new Uint8Array(32);
const FILE = join(import.meta.dir, "../../src/genesis/lib/compiled.base64");

const state = deployGenesis({ governanceKey: KEY, genesisKey: KEY, peerKeys: [KEY] });
await Bun.write(FILE, encodeLibraries(state));
