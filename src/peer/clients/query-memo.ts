// hot: see test/bench. Answers to queries, for a moment: a query depends on nothing but the State,
// its form and its address, and many clients ask the same between two blocks. Requests are compared
// as bytes, so that one that was answered just now is neither decoded nor run again.

import { keyOf } from "../../crypto/sha3.ts";
import { TAG } from "../../data/tag.ts";
import { RESULT_FIELDS, RESULT_TAG } from "../../state/result.ts";
import { QUERY_MEMO_BYTES, QUERY_MEMO_ENTRY_BYTES, QUERY_MEMO_MS } from "../bounds.ts";

/** `[:Q id …]`: a vector of 4 that begins with the keyword of one letter. */
const REQUEST_START: readonly number[] = [TAG.VECTOR, 4, TAG.KEYWORD, 1, "Q".charCodeAt(0)];
const ID_START = REQUEST_START.length;
/** Tag and number of fields of a Result, before its id. */
const REPLY_START = 2;
/** Bytes of the longest integer whose tag says how many they are. */
const INTEGER_BYTES_MAX = 8;

/** Of one State at a time: another one empties it, and so does QUERY_MEMO_MS. */
export class QueryMemo {
  /** What follows the id in a reply, by what follows the id in a request. */
  readonly #replies = new Map<string, Uint8Array>();
  #bytes = 0;
  #state: object | null = null;
  #since = 0;

  /**
   * The reply to a request that was answered on the same State a moment ago, else null.
   * @param state whose identity tells one State from another
   */
  reply(request: Uint8Array, state: object, nowMs: number): Uint8Array | null {
    if (this.#replies.size === 0) return null;
    const end = endOfId(request);
    if (end < 0 || request.length - end > QUERY_MEMO_ENTRY_BYTES) return null;
    if (state !== this.#state || nowMs - this.#since > QUERY_MEMO_MS) {
      this.#clear();
      return null;
    }
    const rest = this.#replies.get(keyOf(request.subarray(end)));
    if (rest === undefined) return null;
    const idLength = end - ID_START;
    const reply = new Uint8Array(REPLY_START + idLength + rest.length);
    reply[0] = RESULT_TAG;
    reply[1] = RESULT_FIELDS;
    for (let i = 0; i < idLength; i++) reply[REPLY_START + i] = request[ID_START + i] as number;
    reply.set(rest, REPLY_START + idLength);
    return reply;
  }

  /** Remembers what a request was answered with on a State, both as payloads. */
  remember(request: Uint8Array, reply: Uint8Array, state: object, nowMs: number): void {
    const end = endOfId(request);
    const length = request.length + reply.length;
    if (end < 0 || length > QUERY_MEMO_ENTRY_BYTES) return;
    if (state !== this.#state || nowMs - this.#since > QUERY_MEMO_MS) {
      this.#clear();
      this.#state = state;
      this.#since = nowMs;
    }
    if (this.#bytes + length > QUERY_MEMO_BYTES) return;
    this.#bytes += length;
    const idLength = end - ID_START;
    this.#replies.set(keyOf(request.subarray(end)), reply.slice(REPLY_START + idLength));
  }

  #clear(): void {
    this.#replies.clear();
    this.#bytes = 0;
    this.#state = null;
  }
}

/** Where the id of a query ends; -1 for other messages, and for ids in a form that is refused. */
function endOfId(request: Uint8Array): number {
  if (request.length <= ID_START) return -1;
  for (let i = 0; i < ID_START; i++) if (request[i] !== REQUEST_START[i]) return -1;
  const bytes = (request[ID_START] as number) - TAG.INTEGER_BASE;
  const end = ID_START + 1 + bytes;
  if (bytes < 0 || bytes > INTEGER_BYTES_MAX || end >= request.length) return -1;
  return isMinimal(request, ID_START + 1, end) ? end : -1;
}

/** Whether no shorter integer has this value. */
function isMinimal(bytes: Uint8Array, start: number, end: number): boolean {
  if (start === end) return true;
  const first = bytes[start] as number;
  if (end - start === 1) return first !== 0;
  const second = bytes[start + 1] as number;
  return first === 0 ? second >= 0x80 : first !== 0xff || second < 0x80;
}
