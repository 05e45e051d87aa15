// What a peer answers on the wire, as Results (sheet 04 §5.3–5.5, §6).

import { HASH_LENGTH, keyAt } from "../../crypto/sha3.ts";
import { Blob } from "../../data/blob.ts";
import {
  type CellSource,
  MAX_EMBEDDED_LENGTH,
  type MissingDataError,
  type Value,
} from "../../data/cell.ts";
import { encodedLength, encoding, hashKey } from "../../data/encode.ts";
import { Keyword } from "../../data/keyword.ts";
import { joinCells } from "../../data/multi-cell.ts";
import { SignedData } from "../../data/signed.ts";
import { CVMString } from "../../data/string.ts";
import { Vector } from "../../data/vector.ts";
import { vlqLength } from "../../data/writer.ts";
import { MAX_MESSAGE_LENGTH } from "../../net/bounds.ts";
import {
  answerChallenge,
  type ChallengeIdentity,
  type ChallengeRefusal,
} from "../../net/challenge.ts";
import type { ChallengeMessage, MessageId } from "../../net/message.ts";
import { Result } from "../../state/result.ts";
import type { PeerStatusReport } from "../peer-api.ts";

/** The vector of nine that a STATUS request is answered with (sheet 04 §5.4). */
export function statusVector({ belief, genesis, peer, state, points }: PeerStatusReport): Vector {
  const [blocks = 0, proposal = 0, consensus = 0] = points;
  const stateHash = Blob.of(state);
  return Vector.of(
    Blob.of(belief),
    stateHash,
    Blob.of(genesis),
    Blob.of(peer),
    stateHash,
    consensus,
    proposal,
    blocks,
    Vector.from(points),
  );
}

/**
 * The Result for a message in which no id can be found: without an id, its receiver must know by
 * itself what it is about (sheet 04 §5).
 */
export function badFormatResult(words: string): Result {
  return Result.of({ result: CVMString.of(`Bad format: ${words}`), error: Keyword.of("FORMAT") });
}

/** The Result for a challenge: the response, or why there is none. */
export function challengeResult(
  identity: ChallengeIdentity,
  id: MessageId,
  body: ChallengeMessage["body"],
): Result {
  const answer = answerChallenge(identity, body);
  if (answer instanceof SignedData) return Result.of({ id, result: answer });
  return refusedChallenge(id, answer);
}

/** The Result for a challenge of which a cell is not there. */
export function absentChallengeResult(id: MessageId, { message }: MissingDataError): Result {
  return refusedChallenge(id, { code: "UNEXPECTED", message });
}

function refusedChallenge(id: MessageId, { code, message }: ChallengeRefusal): Result {
  return Result.of({ id, result: CVMString.of(message), error: Keyword.of(code) });
}

/**
 * The payload of the reply to a data request: a vector of the cells asked for, nil for those that
 * are not held. Cells that are too long to stand in it follow behind, without what they name; those
 * that would make the message too long are left out.
 * @param hashes 32 bytes each
 */
export function dataReplyPayload(id: Value, hashes: Uint8Array, source: CellSource): Uint8Array {
  const elements: Value[] = [];
  for (let at = 0; at < hashes.length; at += HASH_LENGTH) {
    elements.push(source.cell(keyAt(hashes, at, at + HASH_LENGTH)));
  }
  const vector = Vector.from(elements);
  const top = Result.of({ id, result: vector });
  const cells: Uint8Array[] = [];
  const seen = new Set<string>();
  let total = encodedLength(top);
  for (const cell of [...partsOf(vector), ...elements]) {
    const length = encodedLength(cell);
    if (length <= MAX_EMBEDDED_LENGTH || seen.has(hashKey(cell))) continue;
    seen.add(hashKey(cell));
    const needed = vlqLength(length) + length;
    if (total + needed > MAX_MESSAGE_LENGTH) continue;
    total += needed;
    cells.push(encoding(cell));
  }
  return joinCells(encoding(top), cells, total);
}

/** The cells that make up a vector, without its elements, parents first. */
function partsOf(vector: Vector): Vector[] {
  const parts = [vector];
  for (const part of parts) {
    const children = part.isTree ? part.slots : [part.prefix];
    for (const child of children) if (child instanceof Vector) parts.push(child);
  }
  return parts;
}
