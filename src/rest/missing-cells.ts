// Cells that a request names, or that what it names leads to, and that this peer does not hold:
// history older than what it has synced or kept. Or that a client has put together wrongly, which
// shows only when they are read through.

import { toHex } from "../crypto/hex.ts";
import { bytesOfKey } from "../crypto/sha3.ts";
import { MissingDataError } from "../data/cell.ts";
import { BadStructureError } from "../data/errors.ts";
import { RequestError } from "./request-fields.ts";

/** A refusal that names the absent cell. */
export function missingCell(status: number, hashKey: string): RequestError {
  return new RequestError(status, `Missing Data: 0x${toHex(bytesOfKey(hashKey))}`);
}

/**
 * What a route reads.
 * @throws RequestError with the status when a cell turns out to be absent, 400 when it is damaged
 */
export function reading<T>(status: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof BadStructureError) {
      throw new RequestError(400, `Damaged data: ${error.message}`);
    }
    if (!(error instanceof MissingDataError)) throw error;
    throw missingCell(status, error.hashKey);
  }
}
