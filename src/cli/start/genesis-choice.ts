// The State a new network begins with: of our own making, or read from a file.

import { CVM_TABLE } from "../../cvm/cvm-table.ts";
import { MissingDataError } from "../../data/cell.ts";
import { BadFormatError } from "../../data/errors.ts";
import { decodeMultiCell } from "../../data/multi-cell.ts";
import { createGenesis } from "../../genesis/genesis.ts";
import { genesisFault } from "../../genesis/genesis-fault.ts";
import { State } from "../../state/state.ts";
import { CommandError, EXIT } from "../failure.ts";
import { readInput } from "../files/input-file.ts";

/** First bytes of a gzip file. */
const GZIP = [0x1f, 0x8b];
const STATE_BYTES_MAX = 2 ** 30;

/** A network of one peer, which is also its own governance and genesis user. */
export function genesisOfOne(publicKey: Uint8Array): State {
  return createGenesis({
    governanceKey: publicKey,
    genesisKey: publicKey,
    peerKeys: [publicKey],
  });
}

function readBytes(path: string): Uint8Array {
  const bytes = readInput(path, "the genesis State", STATE_BYTES_MAX);
  if (bytes[0] !== GZIP[0] || bytes[1] !== GZIP[1]) return bytes;
  try {
    return Bun.gunzipSync(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(EXIT.DATAERR, `${path} is no whole gzip file: ${reason}`);
  }
}

/** @throws CommandError when the file does not hold a complete State */
export function genesisFromFile(path: string): State {
  const bytes = readBytes(path);
  let fault: string | null = "expected the complete multi-cell message of a genesis State";
  try {
    const state = decodeMultiCell(bytes, CVM_TABLE);
    if (state instanceof State) {
      fault = genesisFault(state);
      if (fault === null) return state;
    }
  } catch (error) {
    if (!(error instanceof BadFormatError || error instanceof MissingDataError)) throw error;
    throw new CommandError(EXIT.DATAERR, `${path} is not a complete State: ${error.message}`);
  }
  throw new CommandError(EXIT.DATAERR, `${path} holds another value: ${fault}`);
}
