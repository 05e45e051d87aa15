// Results that the peer itself gives, as opposed to those of the CVM (sheet 04 §5.5, §7).

import { bytesOfKey } from "../crypto/sha3.ts";
import { Blob } from "../data/blob.ts";
import type { Value } from "../data/cell.ts";
import { Keyword } from "../data/keyword.ts";
import { CVMMap } from "../data/map.ts";
import { CVMString } from "../data/string.ts";
import { Vector } from "../data/vector.ts";
import { Result } from "../state/result.ts";

const SOURCE = Keyword.of("source");
const PEER = Keyword.of("PEER");
const TX = Keyword.of("tx");
const LOC = Keyword.of("loc");

/** Codes of errors that a peer answers with by itself. */
export type PeerErrorCode =
  | "EXCEPTION"
  | "FORMAT"
  | "LIMIT"
  | "LOAD"
  | "MISSING"
  | "NETWORK"
  | "NOBODY"
  | "PEER"
  | "SEQUENCE"
  | "SIGNATURE"
  | "STATE"
  | "TIMEOUT";

/** An error Result of source `:PEER`. */
export function peerError(
  code: PeerErrorCode,
  message: string,
  more: readonly (readonly [string, Value])[] = [],
): Result {
  const entries = more.map(([name, value]) => [Keyword.of(name), value] as const);
  return Result.of({
    result: CVMString.of(message),
    error: Keyword.of(code),
    info: CVMMap.from([[SOURCE, PEER], ...entries]),
  });
}

/** The Result with `:source :PEER` in place of the source it had. */
export function withPeerSource(result: Result): Result {
  return result.withInfo((result.info ?? CVMMap.EMPTY).assoc(SOURCE, PEER));
}

/** The Result of an executed transaction as its client gets it: with hash and place. */
export function withLocation(
  result: Result,
  signedHashKey: string,
  block: number,
  index: number,
): Result {
  const info = (result.info ?? CVMMap.EMPTY)
    .assoc(TX, Blob.of(bytesOfKey(signedHashKey)))
    .assoc(LOC, Vector.from([block, index]));
  return result.withInfo(info);
}
