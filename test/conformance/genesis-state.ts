// The State that expressions, blocks and scenarios start from.

import { join } from "node:path";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { decodeMultiCell } from "../../src/data/multi-cell.ts";
import { State } from "../../src/state/state.ts";
import { readMaybeZipped } from "./vector-file.ts";

/** A State in a file NAME.cad3 or NAME.cad3.gz, a complete message. */
export function readGenesis(dir: string, name = "genesis"): State {
  const bytes = new Uint8Array(readMaybeZipped(join(dir, `${name}.cad3`)));
  const state = decodeMultiCell(bytes, CVM_TABLE, null);
  if (state instanceof State) return state;
  throw new Error(`${name}.cad3 does not hold a State`);
}
