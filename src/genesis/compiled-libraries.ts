// The libraries as they were compiled beforehand, so that a new network stands in a fraction of the
// time that compiling takes. `bun run libraries` makes the file from the sources; a test fails when
// it is not what the sources give. It is a genesis State, as the gzipped multi-cell message in
// Base64, of which only the accounts of libraries are used.

import { CVM_TABLE } from "../cvm/cvm-table.ts";
import { decodeMultiCell, encodeMultiCell } from "../data/multi-cell.ts";
import { State } from "../state/state.ts";
import compiled from "./lib/compiled.base64" with { type: "text" };

let cached: State | null = null;

/** A State whose accounts of libraries are those of every genesis; decoded once a process. */
export function compiledLibraries(): State {
  cached ??= decodeLibraries(compiled);
  return cached;
}

function decodeLibraries(text: string): State {
  const bytes = Bun.gunzipSync(Uint8Array.from(Buffer.from(text, "base64")));
  const state = decodeMultiCell(bytes, CVM_TABLE);
  if (state instanceof State) return state;
  throw new Error("the compiled libraries are no State");
}

/** Text of the file of compiled libraries, for a State that was made from their sources. */
export function encodeLibraries(state: State): string {
  const bytes = Bun.gzipSync(Uint8Array.from(encodeMultiCell(state)), { level: 9 });
  const lines =
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,100}/g) ?? [];
  return `${lines.join("\n")}\n`;
}
