// POST transaction/submit and transact (sheet 05 §1.8–§1.10).

import type { Hono } from "hono";
import * as v from "valibot";
import { KeyPair, SEED_LENGTH, SIGNATURE_LENGTH } from "../../crypto/ed25519.ts";
import { toHex } from "../../crypto/hex.ts";
import { CVM_TABLE } from "../../cvm/cvm-table.ts";
import { ByteReader } from "../../data/byte-reader.ts";
import { Cell, MissingDataError, Ref, type Value } from "../../data/cell.ts";
import { BadFormatError } from "../../data/errors.ts";
import { decodeMultiCell } from "../../data/multi-cell.ts";
import { SignedData } from "../../data/signed.ts";
import { PRINT_LIMIT, print } from "../../lang/printer.ts";
import type { PeerApi } from "../../peer/peer-api.ts";
import { Invoke, isTransaction } from "../../state/transaction.ts";
import { sendInTurn } from "../content.ts";
import type { DirectRoutes } from "../direct-routes.ts";
import { negotiated, operation, refusal } from "../documentation.ts";
import type { Exchange } from "../exchange.ts";
import { failedResult } from "../failed-result.ts";
import { accountKeyField, addressField, hexField, ofLength } from "../field-schemas.ts";
import { contentType, RAW_TYPE } from "../media-type.ts";
import { reading } from "../missing-cells.ts";
import type { PacedPeer } from "../paced-peer.ts";
import { bodyBytes, jsonDocument, jsonInput, jsonReader, MAX_BODY_BYTES } from "../request-body.ts";
import { RequestError } from "../request-fields.ts";
import type { RequestIds } from "../request-ids.ts";
import { ERROR_OR_RESULT, RESULT } from "../response-schemas.ts";
import { nextSequence, TRANSACTION_SOURCE } from "./prepare.ts";

const BAD_SIGNATURE = "Parameter 'sig' must be a 64 byte hex String (128 hex chars)";
const NO_SEED = "Valid Ed25519 seed required for transact (hex string)";

const REFERENCE = hexField(
  "Parameter 'hash' must be provided as a String",
  "Parameter 'hash' did not parse correctly, must be a hex string.",
  "The hash that prepare gave, or the whole of a short transaction",
);

/** A submission; the transaction it names is looked up before its signature is looked at. */
function submitBody(peer: PeerApi) {
  return v.pipe(
    v.object({
      hash: v.pipe(
        REFERENCE,
        v.transform((bytes) => submittedTransaction(bytes, peer)),
      ),
      accountKey: accountKeyField(
        "Expected JSON body containing 'accountKey' field",
        () =>
          "Parameter 'accountKey' did not parse correctly, must be 64 hex characters (32 bytes).",
      ),
      sig: v.pipe(
        hexField(
          "Parameter 'sig' must be provided as a String",
          BAD_SIGNATURE,
          "Ed25519 signature of the hash",
        ),
        ofLength(SIGNATURE_LENGTH, BAD_SIGNATURE),
      ),
    }),
    v.metadata({ ref: "SubmitRequest" }),
  );
}

const TRANSACT = v.pipe(
  v.object({
    address: addressField("Transact requires a valid address."),
    source: TRANSACTION_SOURCE,
    seed: v.pipe(
      hexField(NO_SEED, NO_SEED, "Ed25519 seed of the account's key; it crosses the network"),
      ofLength(SEED_LENGTH, "Seed must be 32 bytes"),
    ),
  }),
  v.metadata({ ref: "TransactRequest" }),
);

const RESULTS = {
  200: negotiated("Its Result at finality, errors included", RESULT),
  413: refusal("The body is too large"),
};

const describeSubmit = operation({
  operationId: "submit",
  tags: ["Transactions"],
  summary: "Submit a prepared transaction with its signature",
  responses: {
    ...RESULTS,
    400: negotiated("Malformed body, or bytes that are no transaction", ERROR_OR_RESULT),
    404: negotiated("A hash that this peer does not know", ERROR_OR_RESULT),
  },
});

const describeTransact = operation({
  operationId: "transact",
  tags: ["Transactions"],
  summary: "Execute a transaction in one go",
  description: "Signed by the client as CAD3 body, or by the peer with the seed of a JSON body.",
  otherBodies: { [RAW_TYPE]: "The signed transaction as CAD3 message" },
  responses: {
    ...RESULTS,
    400: refusal("Malformed body, or source that is not one form"),
    404: refusal("No such account"),
  },
});

/** The transaction that a ref encoding names. @throws BadFormatError, MissingDataError */
function resolveReference(bytes: Uint8Array, peer: PeerApi): Value {
  const reader = new ByteReader(bytes, CVM_TABLE, peer.cells);
  const slot = reader.slot();
  if (reader.pos !== bytes.length) throw new BadFormatError("Excess bytes after the reference");
  return slot instanceof Ref ? slot.load() : slot;
}

/** @throws FailedRequest 404 for a transaction not known, 400 for what is none */
export function submittedTransaction(bytes: Uint8Array, peer: PeerApi): Cell {
  try {
    const value = resolveReference(bytes, peer);
    if (value instanceof Cell && isTransaction(value)) return value;
  } catch (error) {
    if (error instanceof MissingDataError) {
      const advice =
        "prepare it on this peer first, or send the whole signed transaction to transact";
      throw failedResult("MISSING", 404, `${error.message}: ${advice}`);
    }
    if (!(error instanceof BadFormatError)) throw error;
    throw failedResult("FORMAT", 400, `Bad format: ${error.message}`);
  }
  const message = `Bad format: Value with hash 0x${toHex(bytes)} is not a transaction`;
  throw failedResult("FORMAT", 400, `${message}: can't submit it!`);
}

function rawTransact(bytes: Uint8Array, peer: PeerApi): SignedData {
  const value = decodeRaw(bytes, peer);
  if (value instanceof SignedData) return value;
  const printed =
    reading(400, () => print(value, PRINT_LIMIT)) ?? "a value that is too long to print";
  throw new RequestError(400, `Expected signed transaction but got: ${printed}`);
}

function decodeRaw(bytes: Uint8Array, peer: PeerApi): Value {
  try {
    return decodeMultiCell(bytes, CVM_TABLE, peer.cells);
  } catch (error) {
    if (error instanceof BadFormatError) throw new RequestError(400, "Invalid Raw body");
    throw error;
  }
}

const isRaw = (c: Exchange) => contentType(c) === RAW_TYPE;

async function rawBody(c: Exchange): Promise<Uint8Array> {
  if (Number(c.req.header("content-length") ?? "0") > MAX_BODY_BYTES) {
    throw new RequestError(400, "Invalid Raw body");
  }
  return bodyBytes(c);
}

/**
 * Answered when the transaction is final, or refused: then a Result with an error and status 200
 * (sheet 05 §1.4).
 */
export function transactionRoutes(
  app: Hono,
  direct: DirectRoutes,
  peer: PacedPeer,
  ids: RequestIds,
): void {
  const submission = submitBody(peer);
  const readSubmission = jsonReader(submission, { isPlain: true });
  const documents = [describeSubmit, jsonDocument(submission)];
  direct.post(app, "/transaction/submit", documents, async (c) => {
    const { hash: transaction, accountKey, sig } = (await readSubmission(c)).fields;
    const signed = SignedData.of(accountKey, sig, transaction);
    return sendInTurn(c, peer, ids.stamp(await peer.submit(signed)));
  });

  app.post(
    "/transact",
    describeTransact,
    jsonInput(TRANSACT, { isOther: isRaw, isPlain: true }),
    async (c) => {
      let signed: SignedData;
      if (isRaw(c)) signed = rawTransact(await rawBody(c), peer);
      else {
        const { address, source, seed } = c.req.valid("json").fields;
        const transaction = Invoke.of(address, nextSequence(peer, address), source.form);
        signed = SignedData.sign(KeyPair.fromSeed(seed), transaction);
      }
      return sendInTurn(c, peer, ids.stamp(await peer.submit(signed)));
    },
  );
}
