// Has the other end of a connection prove its key (sheet 04 §6).

import { MissingDataError } from "../data/cell.ts";
import { BadFormatError, BadStructureError } from "../data/errors.ts";
import { CHALLENGE_TIMEOUT_MS } from "./bounds.ts";
import { type ChallengeIdentity, makeChallenge, provenKey } from "./challenge.ts";
import type { Connection } from "./connection.ts";
import { challengeRequest } from "./message.ts";
import { NoReplyError } from "./pending-requests.ts";

export interface KeyProofOptions {
  readonly identity: ChallengeIdentity;
  /** 32 bytes that nobody can guess. */
  readonly token: Uint8Array;
  /** The only key that will do; null when any will. */
  readonly expectedKey?: Uint8Array | null;
  readonly timeoutMs?: number;
}

/**
 * The key that the other end proves, which the connection then knows; null when it proves none, or
 * another than the one expected, or does not answer in time.
 */
export async function proveKey(
  connection: Connection,
  options: KeyProofOptions,
): Promise<Uint8Array | null> {
  const { identity, token, expectedKey = null, timeoutMs = CHALLENGE_TIMEOUT_MS } = options;
  const challenge = makeChallenge(identity, token, expectedKey);
  try {
    const build = (id: number) => challengeRequest(id, challenge.signed);
    const reply = await connection.request(build, timeoutMs);
    if (reply.error !== null) return null;
    const key = provenKey(identity, challenge, reply.value, expectedKey);
    if (key !== null) connection.proved(key);
    return key;
  } catch (error) {
    if (isNoProof(error)) return null;
    throw error;
  }
}

function isNoProof(error: unknown): boolean {
  return (
    error instanceof NoReplyError ||
    error instanceof BadFormatError ||
    error instanceof BadStructureError ||
    error instanceof MissingDataError
  );
}
