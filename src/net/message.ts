// hot: see test/bench. Messages (sheet 04 §5.1–5.3): there is no type byte, the type is what the
// top cell is, or the first keyword of a vector. Requests carry an id chosen by their sender; the
// reply is a Result with that id. Replies are recognised by tag, so that this layer needs no record
// of the State.

import { HASH_LENGTH } from "../crypto/sha3.ts";
import { Address } from "../data/address.ts";
import { Blob } from "../data/blob.ts";
import { ByteReader } from "../data/byte-reader.ts";
import { Cell, type Integer, MissingDataError, type Value } from "../data/cell.ts";
import { CAD3_TABLE } from "../data/decode.ts";
import { BadFormatError } from "../data/errors.ts";
import { isLong } from "../data/integer.ts";
import { Keyword } from "../data/keyword.ts";
import { DataRecord, DenseRecord } from "../data/record.ts";
import { SignedData } from "../data/signed.ts";
import { CVMString } from "../data/string.ts";
import { TAG } from "../data/tag.ts";
import { Vector } from "../data/vector.ts";
import { MISSING_LIMIT } from "./bounds.ts";

/** Tags of the records that are messages by themselves. */
export const BELIEF_TAG = 0xd4;
export const RESULT_TAG = 0xdd;

/** First elements of the vectors that are messages. */
export const MESSAGE_TAG = {
  STATUS: Keyword.of("SR"),
  QUERY: Keyword.of("Q"),
  TRANSACT: Keyword.of("TX"),
  DATA_REQUEST: Keyword.of("DR"),
  CHALLENGE: Keyword.of("CH"),
  PING: Keyword.of("PING"),
  GOODBYE: Keyword.of("BYE"),
  LATTICE_VALUE: Keyword.of("LV"),
  LATTICE_QUERY: Keyword.of("LQ"),
} as const;

/** Number that a reply repeats; null when the message has none that a reply could carry. */
export type MessageId = Integer | null;

/** A request that needs nothing but its id. */
export interface BareMessage {
  readonly type: "STATUS" | "PING" | "LATTICE_VALUE" | "LATTICE_QUERY";
  readonly id: MessageId;
}

export interface QueryMessage {
  readonly type: "QUERY";
  readonly id: MessageId;
  /**
   * Whether it has the four elements that it must have; `form` and `address` are null otherwise.
   */
  readonly isComplete: boolean;
  readonly form: Value;
  /** Null also when that element is no Address. */
  readonly address: Address | null;
}

export interface TransactMessage {
  readonly type: "TRANSACT";
  readonly id: MessageId;
  /** Null when the third element is something else, or absent. */
  readonly signed: SignedData | null;
}

export interface DataRequestMessage {
  readonly type: "DATA_REQUEST";
  /** Repeated by the reply whatever it is. */
  readonly id: Value;
  /**
   * The hashes one behind another, 32 bytes each: as keys they would take fifteen times the memory,
   * and many requests may wait. Null when there are too many, or one of them is no hash.
   */
  readonly hashes: Uint8Array | null;
}

export interface ChallengeMessage {
  readonly type: "CHALLENGE";
  readonly id: MessageId;
  /** Null when the vector ends before it. */
  readonly body: { readonly signed: Value } | null;
}

export interface BeliefMessage {
  readonly type: "BELIEF";
  /** A Belief, or signed data that should hold an Order. */
  readonly payload: Cell;
}

export interface ResultMessage {
  readonly type: "RESULT";
  readonly id: Value;
  readonly result: DataRecord | DenseRecord;
}

export interface GoodbyeMessage {
  readonly type: "GOODBYE";
}

export interface UnknownMessage {
  readonly type: "UNKNOWN";
  /** Of a vector that begins with a keyword nobody knows yet. */
  readonly id: MessageId;
}

export type Message =
  | BareMessage
  | QueryMessage
  | TransactMessage
  | DataRequestMessage
  | ChallengeMessage
  | BeliefMessage
  | ResultMessage
  | GoodbyeMessage
  | UnknownMessage;

const UNKNOWN: UnknownMessage = { type: "UNKNOWN", id: null };
const GOODBYE: GoodbyeMessage = { type: "GOODBYE" };

/**
 * What a decoded payload is.
 * @throws MissingDataError when an element that decides it is not there
 */
export function readMessage(payload: Value): Message {
  if (payload instanceof Vector) return readVectorMessage(payload);
  if (!(payload instanceof Cell)) return UNKNOWN;
  if (payload.tag === BELIEF_TAG) return { type: "BELIEF", payload };
  if (payload instanceof SignedData && payload.publicKey !== null) {
    return { type: "BELIEF", payload };
  }
  const isRecord = payload instanceof DataRecord || payload instanceof DenseRecord;
  if (isRecord && payload.tag === RESULT_TAG) {
    return { type: "RESULT", id: resultField(payload, RESULT_FIELD.ID), result: payload };
  }
  return UNKNOWN;
}

/** What is believed in a message; null when it is another one. */
export function beliefIn(message: Message | null): Cell | null {
  return message?.type === "BELIEF" ? message.payload : null;
}

/** The head of a vector that is a message, from its bytes alone. */
export interface PayloadHead {
  /** Name of the keyword that it begins with. */
  readonly name: string;
  /** Second element, null when it is none that can be read by itself. */
  readonly id: Value;
}

/** Vectors of so many elements are one cell. */
const ELEMENTS_OF_ONE_CELL = 16;
/** Bytes that certainly hold a keyword, and an element behind it. */
const HEAD_BYTES = 512;

/**
 * The head of a payload, read without the rest; null unless it is a vector in one cell that begins
 * with a keyword and another element.
 */
export function payloadHead(payload: Uint8Array): PayloadHead | null {
  const [tag, count = 0] = payload;
  if (tag !== TAG.VECTOR || count < 2 || count > ELEMENTS_OF_ONE_CELL) return null;
  try {
    const r = new ByteReader(payload.subarray(0, HEAD_BYTES), CAD3_TABLE, null, false, 2);
    const keyword = r.value();
    if (!(keyword instanceof Keyword)) return null;
    return { name: keyword.name, id: readableId(r) };
  } catch (error) {
    if (error instanceof BadFormatError) return null;
    throw error;
  }
}

function readableId(r: ByteReader): Value {
  try {
    return r.value();
  } catch (error) {
    if (error instanceof BadFormatError) return null;
    throw error;
  }
}

function readVectorMessage(vector: Vector): Message {
  const first = vector.count === 0 ? null : vector.get(0);
  if (!(first instanceof Keyword)) return UNKNOWN;
  switch (first.name) {
    case MESSAGE_TAG.STATUS.name:
      return { type: "STATUS", id: idOf(vector) };
    case MESSAGE_TAG.PING.name:
      return { type: "PING", id: idOf(vector) };
    case MESSAGE_TAG.QUERY.name:
      return readQuery(vector);
    case MESSAGE_TAG.TRANSACT.name:
      return readTransact(vector);
    case MESSAGE_TAG.DATA_REQUEST.name:
      return { type: "DATA_REQUEST", id: elementOf(vector, 1), hashes: readHashes(vector) };
    case MESSAGE_TAG.CHALLENGE.name: {
      const body = vector.count < 3 ? null : { signed: vector.get(2) };
      return { type: "CHALLENGE", id: idOf(vector), body };
    }
    case MESSAGE_TAG.GOODBYE.name:
      return GOODBYE;
    case MESSAGE_TAG.LATTICE_VALUE.name:
      return { type: "LATTICE_VALUE", id: idOf(vector) };
    case MESSAGE_TAG.LATTICE_QUERY.name:
      return { type: "LATTICE_QUERY", id: idOf(vector) };
    default:
      return { type: "UNKNOWN", id: idOf(vector) };
  }
}

function elementOf(vector: Vector, index: number): Value {
  return index < vector.count ? vector.get(index) : null;
}

/** The first two elements of a request, of which other elements may be missing. */
export interface RequestHead {
  /** First element of the vector, null when it is no keyword, or not there. */
  readonly tag: Keyword | null;
  readonly id: MessageId;
}

/** The head of a decoded payload, as far as its cells are there. */
export function requestHead(payload: Value): RequestHead {
  if (!(payload instanceof Vector)) return { tag: null, id: null };
  const tag = presentElement(payload, 0);
  const id = presentElement(payload, 1);
  return { tag: tag instanceof Keyword ? tag : null, id: isLong(id) ? id : null };
}

/** Only an integer of 64 bits is an id (sheet 04 §5.2). */
function idOf(vector: Vector): MessageId {
  const id = elementOf(vector, 1);
  return isLong(id) ? id : null;
}

function readQuery(vector: Vector): QueryMessage {
  const isComplete = vector.count >= 4;
  const address = isComplete ? vector.get(3) : null;
  return {
    type: "QUERY",
    id: idOf(vector),
    isComplete,
    form: isComplete ? vector.get(2) : null,
    address: address instanceof Address ? address : null,
  };
}

function readTransact(vector: Vector): TransactMessage {
  const id = idOf(vector);
  // Without an id there is nobody to tell, so that the rest does not matter (sheet 04 §7).
  const signed = id === null ? null : presentElement(vector, 2);
  return { type: "TRANSACT", id, signed: signed instanceof SignedData ? signed : null };
}

/** Null also for an element that is nowhere to be found. */
function presentElement(vector: Vector, index: number): Value {
  try {
    return elementOf(vector, index);
  } catch (error) {
    if (error instanceof MissingDataError) return null;
    throw error;
  }
}

function readHashes(vector: Vector): Uint8Array | null {
  if (vector.count < 2 || vector.count > 2 + MISSING_LIMIT) return null;
  const hashes = new Uint8Array((vector.count - 2) * HASH_LENGTH);
  for (let i = 2; i < vector.count; i++) {
    const hash = vector.get(i);
    if (!(hash instanceof Blob) || hash.count !== HASH_LENGTH) return null;
    hashes.set(hash.toBytes(), (i - 2) * HASH_LENGTH);
  }
  return hashes;
}

/** `[:SR id]`: answered with the nine-element status (sheet 04 §5.4). */
export function statusRequest(id: Integer): Vector {
  return Vector.of(MESSAGE_TAG.STATUS, id);
}

/** `[:PING id]`: answered with the receiver's time in ms since 1970 (sheet 04 §5.3). */
export function pingRequest(id: Integer): Vector {
  return Vector.of(MESSAGE_TAG.PING, id);
}

/**
 * `[:Q id form address]`: a form, transaction or signed transaction to be run detached.
 * @param address account to run a form as; null leaves it to the receiver
 */
export function queryRequest(id: Integer, form: Value, address: Address | null): Vector {
  return Vector.of(MESSAGE_TAG.QUERY, id, form, address);
}

/** `[:TX id signed]`: answered when the transaction is final, or refused (sheet 04 §7). */
export function transactRequest(id: Integer, signed: SignedData): Vector {
  return Vector.of(MESSAGE_TAG.TRANSACT, id, signed);
}

/**
 * `[:DR id hash …]`: answered with a vector of the cells, nil for each that the receiver lacks
 * (sheet 04 §5.5).
 * @throws RangeError above 254 hashes, which nobody would answer
 */
export function dataRequest(id: Integer, hashKeys: readonly string[]): Vector {
  if (hashKeys.length > MISSING_LIMIT) throw new RangeError(`${hashKeys.length} hashes at once`);
  const hashes = hashKeys.map((key) => Blob.of(Buffer.from(key, "latin1")));
  return Vector.from([MESSAGE_TAG.DATA_REQUEST, id, ...hashes]);
}

/**
 * `[:CH id signed]`: answered with a response that the receiver signs with its key, or with an
 * error (sheet 04 §6).
 * @param signed `[token key-or-nil context]`
 */
export function challengeRequest(id: Integer, signed: SignedData): Vector {
  return Vector.of(MESSAGE_TAG.CHALLENGE, id, signed);
}

/** `[:BYE message]`, without a message `[:BYE]`: the sender is about to close the connection. */
export function goodbye(message: string | null = null): Vector {
  if (message === null) return Vector.of(MESSAGE_TAG.GOODBYE);
  return Vector.of(MESSAGE_TAG.GOODBYE, CVMString.of(message));
}

/** Fields of a Result by position (sheet 04 §2). */
export const RESULT_FIELD = { ID: 0, VALUE: 1, ERROR: 2, LOG: 3, INFO: 4 } as const;

/** A field of a Result, nil where it has none. */
export function resultField(result: DataRecord | DenseRecord, index: number): Value {
  if (result instanceof DataRecord) {
    return index < result.fieldCount ? result.field(index) : null;
  }
  return elementOf(result.fields, index);
}
