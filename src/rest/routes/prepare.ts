// POST transaction/prepare (sheet 05 §1.8, §1.10). What a client signs is the ref encoding of the
// transaction: its own bytes when embedded, else 20 ‖ hash.

import type { Hono } from "hono";
import * as v from "valibot";
import { toHex } from "../../crypto/hex.ts";
import type { Address } from "../../data/address.ts";
import type { Integer, Value } from "../../data/cell.ts";
import { slotLength, writeSlot } from "../../data/encode.ts";
import { add } from "../../data/integer.ts";
import { storedBytes } from "../../data/memory-size.ts";
import { encodeMultiCell } from "../../data/multi-cell.ts";
import { CVMString } from "../../data/string.ts";
import { Writer } from "../../data/writer.ts";
import type { PeerApi } from "../../peer/peer-api.ts";
import { Invoke } from "../../state/transaction.ts";
import { type Fields, sendFields } from "../content.ts";
import type { DirectRoutes } from "../direct-routes.ts";
import { json, operation, refusal } from "../documentation.ts";
import { addressField, optionalLongField, type Source, sourceField } from "../field-schemas.ts";
import { jsonDocument, jsonReader } from "../request-body.ts";
import { RequestError } from "../request-fields.ts";
import { PREPARED } from "../response-schemas.ts";

/**
 * Largest storage size, in bytes, of what is prepared. Code of a whole body without nesting has
 * less; forms in each other by the hundred thousand have eight times that.
 */
const PREPARED_BYTES_MAX = 2_000_000;

/** Source code of a transaction. */
export const TRANSACTION_SOURCE = sourceField(
  "Source code must be a string",
  "Could not parse source code: ",
);

const PREPARE = v.pipe(
  v.object({
    address: addressField("Transaction prepare requires a valid 'address' field."),
    source: TRANSACTION_SOURCE,
    sequence: optionalLongField(
      "sequence (if provided) must be an integer",
      "Left out: the one after the account's",
    ),
  }),
  v.metadata({ ref: "PrepareRequest" }),
);

const describePrepare = operation({
  operationId: "prepare",
  tags: ["Transactions"],
  summary: "Make a transaction for signing",
  description: "The peer remembers it for a while, so that submit can name it by its hash.",
  responses: {
    200: json("The transaction, and what is to be signed", PREPARED),
    400: refusal("Malformed body, or source that is not one form"),
    404: refusal("No such account"),
    413: refusal("The body, or the transaction, is too large"),
  },
});

/** The bytes a client signs for a transaction, and names it by. */
export function refEncoding(value: Value): Uint8Array {
  const w = new Writer(slotLength(value));
  writeSlot(w, value);
  return w.take(0);
}

/** The sequence that the account's next transaction must have. @throws RequestError 404 */
export function nextSequence(peer: PeerApi, address: Address): Integer {
  const account = peer.state().account(address);
  if (account !== null) return add(account.sequence, 1) ?? 1;
  throw new RequestError(404, `The account does not exist: #${address.value}`);
}

/**
 * Makes a transaction and remembers it; answers what is to be signed.
 * @throws RequestError 400, 404, 413
 */
export function prepared(
  peer: PeerApi,
  address: Address,
  source: Source,
  given: Integer | null,
): Fields {
  const sequence = given ?? nextSequence(peer, address);
  if (sequence < 0) throw new RequestError(400, `Illegal sequence number: ${sequence}`);
  const transaction = Invoke.of(address, sequence, source.form);
  const size = storedBytes(transaction);
  if (size > PREPARED_BYTES_MAX) {
    throw new RequestError(413, `Content Too Large: the transaction has ${size} bytes`);
  }
  peer.remember(transaction);
  return [
    ["sequence", sequence],
    ["address", address],
    ["data", CVMString.of(toHex(encodeMultiCell(transaction)))],
    ["source", CVMString.of(source.text)],
    ["hash", CVMString.of(toHex(refEncoding(transaction)))],
  ];
}

/**
 * The peer remembers what it has prepared, so that `transaction/submit` needs no more of
 * it than the hash.
 */
export function prepareRoutes(app: Hono, direct: DirectRoutes, peer: PeerApi): void {
  const readBody = jsonReader(PREPARE, { isPlain: true });
  const documents = [describePrepare, jsonDocument(PREPARE)];
  direct.post(app, "/transaction/prepare", documents, async (c) => {
    const { address, source, sequence = null } = (await readBody(c)).fields;
    return sendFields(prepared(peer, address, source, sequence));
  });
}
