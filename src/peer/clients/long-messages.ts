// What becomes of long messages, before they are read: all others wait while one is, and anybody
// can send them. None that is right and of use is refused: what a transaction holds costs 20 juice
// a byte, of ten million at most, and all but queries, transactions and Beliefs are short.

import type { Value } from "../../data/cell.ts";
import { isLong } from "../../data/integer.ts";
import { Keyword } from "../../data/keyword.ts";
import { CVMString } from "../../data/string.ts";
import { TAG } from "../../data/tag.ts";
import { PLAIN_MESSAGE_BYTES } from "../../net/bounds.ts";
import { BELIEF_TAG, MESSAGE_TAG, payloadHead } from "../../net/message.ts";
import { Result } from "../../state/result.ts";
import { QUERY_BYTES_MAX, TRANSACTION_BYTES_MAX } from "../bounds.ts";
import { peerError } from "../peer-result.ts";
import { tooMuchWork } from "./queries.ts";

/**
 * `BELIEF`: who hears Beliefs decides; `QUERY`: read when its turn comes; `READ` at once; `REFUSED`
 * with a Result, or in silence where none could be told from another.
 */
export type LongMessage =
  | { readonly type: "BELIEF" | "READ" }
  | { readonly type: "QUERY"; readonly id: Value }
  | { readonly type: "REFUSED"; readonly result: Result | null };

const READ: LongMessage = { type: "READ" };
const BELIEF: LongMessage = { type: "BELIEF" };

/**
 * @param payload of more than LONG_MESSAGE_BYTES
 * @param mayRead whether so many bytes may be read now
 */
export function longMessage(payload: Uint8Array, mayRead: (bytes: number) => boolean): LongMessage {
  const [tag] = payload;
  if (tag === BELIEF_TAG || tag === TAG.SIGNED) return BELIEF;
  const head = payloadHead(payload);
  const id = isLong(head?.id ?? null) ? (head?.id ?? null) : null;
  const { length } = payload;
  switch (head?.name) {
    case MESSAGE_TAG.QUERY.name:
      if (id === null) return { type: "REFUSED", result: badFormat("a long query without an id") };
      if (length > QUERY_BYTES_MAX) return { type: "REFUSED", result: tooMuchWork().withId(id) };
      return mayRead(length) ? { type: "QUERY", id } : overload(id);
    case MESSAGE_TAG.TRANSACT.name:
      if (length <= TRANSACTION_BYTES_MAX) return mayRead(length) ? READ : overload(id);
      return { type: "REFUSED", result: id === null ? null : unpayable().withId(id) };
  }
  if (length <= PLAIN_MESSAGE_BYTES) return mayRead(length) ? READ : overload(null);
  return { type: "REFUSED", result: badFormat(`a message of its kind has no ${length} bytes`) };
}

function overload(id: Value): LongMessage {
  const result = id === null ? null : peerError("LOAD", "Trx overload").withId(id);
  return { type: "REFUSED", result };
}

function unpayable(): Result {
  const words = `Nothing pays for a transaction of more than ${TRANSACTION_BYTES_MAX} bytes`;
  return peerError("LIMIT", words);
}

/** There is no id to be found: nil says that the sender must know by itself (sheet 04 §5). */
function badFormat(words: string): Result {
  return Result.of({ result: CVMString.of(`Bad format: ${words}`), error: Keyword.of("FORMAT") });
}
