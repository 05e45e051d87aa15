// What becomes of long messages, before they are read: all others wait while one is, and anybody
// can send them. None that is right and of use is refused: what a transaction holds costs 20 juice
// a byte, of ten million at most, and all but queries, transactions and Beliefs are short.

import type { Value } from "../../data/cell.ts";
import { isLong } from "../../data/integer.ts";
import { TAG } from "../../data/tag.ts";
import { PLAIN_MESSAGE_BYTES } from "../../net/bounds.ts";
import { BELIEF_TAG, MESSAGE_TAG, payloadHead } from "../../net/message.ts";
import type { Result } from "../../state/result.ts";
import { QUERY_BYTES_MAX, TRANSACTION_BYTES_MAX } from "../bounds.ts";
import { peerError } from "../peer-result.ts";
import { badFormatResult } from "./message-answers.ts";
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
const SILENTLY_REFUSED: LongMessage = { type: "REFUSED", result: null };

/**
 * @param payload of more than LONG_MESSAGE_BYTES
 * @param mayRead whether so many bytes may be read now
 */
export function longMessage(payload: Uint8Array, mayRead: (bytes: number) => boolean): LongMessage {
  const [tag] = payload;
  if (tag === BELIEF_TAG || tag === TAG.SIGNED) return BELIEF;
  const { length } = payload;
  const head = payloadHead(payload);
  const headId = head?.id ?? null;
  const id = isLong(headId) ? headId : null;
  const overload = () => refused(id, peerError("LOAD", "Trx overload"));
  switch (head?.name) {
    case MESSAGE_TAG.QUERY.name:
      if (id === null) return badFormat("a long query without an id");
      if (length > QUERY_BYTES_MAX) return refused(id, tooMuchWork());
      return mayRead(length) ? { type: "QUERY", id } : overload();
    case MESSAGE_TAG.TRANSACT.name:
      if (length > TRANSACTION_BYTES_MAX) return refused(id, unpayable());
      return mayRead(length) ? READ : overload();
  }
  if (length > PLAIN_MESSAGE_BYTES)
    return badFormat(`a message of its kind has no ${length} bytes`);
  return mayRead(length) ? READ : SILENTLY_REFUSED;
}

/** In silence where there is no id to answer to. */
function refused(id: Value, result: Result): LongMessage {
  return { type: "REFUSED", result: id === null ? null : result.withId(id) };
}

function badFormat(words: string): LongMessage {
  return { type: "REFUSED", result: badFormatResult(words) };
}

function unpayable(): Result {
  const words = `Nothing pays for a transaction of more than ${TRANSACTION_BYTES_MAX} bytes`;
  return peerError("LIMIT", words);
}
