// What becomes of messages that can't be read: they are of no known form, or need a cell at once
// that is neither in them nor in the store.

import { type CellSource, MissingDataError } from "../../data/cell.ts";
import { CAD3_TABLE } from "../../data/decode.ts";
import { decodeMultiCell } from "../../data/multi-cell.ts";
import { TAG } from "../../data/tag.ts";
import { isUnreadable, type UnreadableError } from "../../net/connection.ts";
import { BELIEF_TAG, MESSAGE_TAG, type RequestHead, requestHead } from "../../net/message.ts";
import type { Result } from "../../state/result.ts";
import { peerError } from "../peer-result.ts";
import { absentChallengeResult, badFormatResult } from "./message-answers.ts";

/**
 * `BELIEF`: who hears Beliefs may fetch the cell; `REFUSED` with a Result, or in silence; `CLOSE`:
 * a query that can't be answered, whose sender would wait (sheet 04 §5.3).
 */
export type UnreadableMessage =
  | { readonly type: "BELIEF"; readonly missingKey: string }
  | { readonly type: "REFUSED"; readonly result: Result | null }
  | { readonly type: "CLOSE" };

/** @param source where cells are that the message only names */
export function unreadableMessage(
  payload: Uint8Array,
  error: UnreadableError,
  source: CellSource,
): UnreadableMessage {
  if (!(error instanceof MissingDataError)) {
    return { type: "REFUSED", result: badFormatResult(error.message) };
  }
  if (payload[0] === BELIEF_TAG || payload[0] === TAG.SIGNED) {
    return { type: "BELIEF", missingKey: error.hashKey };
  }
  const { tag, id } = headOf(payload, source);
  if (id === null) {
    return tag === MESSAGE_TAG.QUERY ? { type: "CLOSE" } : { type: "REFUSED", result: null };
  }
  if (tag === MESSAGE_TAG.CHALLENGE) {
    return { type: "REFUSED", result: absentChallengeResult(id, error) };
  }
  return { type: "REFUSED", result: peerError("MISSING", error.message).withId(id) };
}

/** The head of a request that can't be read as a whole, looked at without its records. */
function headOf(payload: Uint8Array, source: CellSource): RequestHead {
  try {
    return requestHead(decodeMultiCell(payload, CAD3_TABLE, source));
  } catch (error) {
    if (isUnreadable(error)) return { tag: null, id: null };
    throw error;
  }
}
