// POST transaction/prepare, transaction/submit and transact (sheet 05 §1.8–§1.10). What a client signs
// is the ref encoding of the transaction: its own bytes when embedded, else 20 ‖ hash.

import type { Hono } from "hono";
import { KeyPair } from "../../crypto/ed25519.ts";
import { toHex } from "../../crypto/hex.ts";
import { CVM_TABLE } from "../../cvm/cvm-table.ts";
import type { Address } from "../../data/address.ts";
import { ByteReader } from "../../data/byte-reader.ts";
import { Cell, type Integer, MissingDataError, Ref, type Value } from "../../data/cell.ts";
import { slotLength, writeSlot } from "../../data/encode.ts";
import { BadFormatError } from "../../data/errors.ts";
import { add } from "../../data/integer.ts";
import type { CVMMap } from "../../data/map.ts";
import { decodeMultiCell, encodeMultiCell } from "../../data/multi-cell.ts";
import { SignedData } from "../../data/signed.ts";
import { CVMString } from "../../data/string.ts";
import { Writer } from "../../data/writer.ts";
import { PRINT_LIMIT, print } from "../../lang/printer.ts";
import type { PeerApi } from "../../peer/peer-api.ts";
import { Invoke, isTransaction } from "../../state/transaction.ts";
import { RAW_TYPE, sendCell, sendFields } from "../content.ts";
import { failedResult } from "../failed-result.ts";
import { bodyBytes, jsonBody, MAX_BODY_BYTES } from "../request-body.ts";
import {
  field,
  parseAccountKey,
  parseAddress,
  parseHex,
  parseLong,
  RequestError,
  text,
} from "../request-fields.ts";
import type { RequestIds } from "../request-ids.ts";
import { readSource } from "./query.ts";

/** Ed25519 signatures are 64 bytes. */
const SIGNATURE_LENGTH = 64;
const SEED_LENGTH = 32;

/** The bytes a client signs for a transaction. */
export function refEncoding(cell: Cell): Uint8Array {
  const w = new Writer(slotLength(cell));
  writeSlot(w, cell);
  return w.take(0);
}

function nextSequence(peer: PeerApi, address: Address): Integer {
  const account = peer.state().account(address);
  if (account === null)
    throw new RequestError(404, `The account does not exist: #${address.value}`);
  return add(account.sequence, 1) ?? 1;
}

function requireSource(body: CVMMap): { form: Value; source: string } {
  const source = text(field(body, "source"));
  if (source === null) throw new RequestError(400, "Source code must be a string");
  return { source, form: readSource(source, "Could not parse source code: ") };
}

function prepareRoute(app: Hono, peer: PeerApi): void {
  app.post("/transaction/prepare", async (c) => {
    const body = await jsonBody(c);
    const address = parseAddress(field(body, "address"));
    if (address === null) {
      throw new RequestError(400, "Transaction prepare requires a valid 'address' field.");
    }
    const { form, source } = requireSource(body);
    const given = field(body, "sequence");
    const sequence = given === null ? nextSequence(peer, address) : parseLong(given, true);
    if (sequence === null) throw new RequestError(400, "sequence (if provided) must be an integer");
    const transaction = Invoke.of(address, sequence, form);
    peer.remember(transaction);
    return sendFields([
      ["sequence", sequence],
      ["address", address],
      ["data", CVMString.of(toHex(encodeMultiCell(transaction)))],
      ["source", CVMString.of(source)],
      ["hash", CVMString.of(toHex(refEncoding(transaction)))],
    ]);
  });
}

/** The transaction that a ref encoding names. @throws BadFormatError, MissingDataError */
function resolveReference(bytes: Uint8Array, peer: PeerApi): Value {
  const reader = new ByteReader(bytes, CVM_TABLE, peer.cells);
  const slot = reader.slot();
  if (reader.pos !== bytes.length) throw new BadFormatError("Excess bytes after the reference");
  return slot instanceof Ref ? slot.load() : slot;
}

function submitRoute(app: Hono, peer: PeerApi, ids: RequestIds): void {
  app.post("/transaction/submit", async (c) => {
    const body = await jsonBody(c);
    const hash = text(field(body, "hash"));
    if (hash === null) throw new RequestError(400, "Parameter 'hash' must be provided as a String");
    const bytes = parseHex(hash);
    if (bytes === null) {
      const expected = "Parameter 'hash' did not parse correctly, must be a hex string.";
      throw new RequestError(400, expected);
    }
    const value = submittedTransaction(bytes, hash, peer);
    const signed = SignedData.of(requireKey(body), requireSignature(body), value);
    return sendCell(c, ids.stamp(await peer.submit(signed)));
  });
}

function submittedTransaction(bytes: Uint8Array, hash: string, peer: PeerApi): Cell {
  try {
    const value = resolveReference(bytes, peer);
    if (value instanceof Cell && isTransaction(value)) return value;
  } catch (error) {
    if (error instanceof MissingDataError) {
      const advice =
        "prepare it on this peer first, or send the whole signed transaction to transact";
      throw failedResult("MISSING", 404, `${error.message}: ${advice}`);
    }
    if (error instanceof BadFormatError)
      throw failedResult("FORMAT", 400, `Bad format: ${error.message}`);
    throw error;
  }
  throw failedResult(
    "FORMAT",
    400,
    `Bad format: 0x${hash.replace(/^0x/, "")} is not a transaction`,
  );
}

function requireKey(body: CVMMap): Uint8Array {
  const source = text(field(body, "accountKey"));
  if (source === null) {
    throw new RequestError(400, "Expected JSON body containing 'accountKey' field");
  }
  const key = parseAccountKey(source);
  if (key !== null) return key;
  const expected = "must be 64 hex characters (32 bytes).";
  throw new RequestError(400, `Parameter 'accountKey' did not parse correctly, ${expected}`);
}

function requireSignature(body: CVMMap): Uint8Array {
  const source = text(field(body, "sig"));
  if (source === null) throw new RequestError(400, "Parameter 'sig' must be provided as a String");
  const signature = parseHex(source);
  if (signature !== null && signature.length === SIGNATURE_LENGTH) return signature;
  throw new RequestError(400, "Parameter 'sig' must be a 64 byte hex String (128 hex chars)");
}

function requireSeed(body: CVMMap): Uint8Array {
  const source = text(field(body, "seed"));
  const seed = source === null ? null : parseHex(source);
  if (seed === null) {
    throw new RequestError(400, "Valid Ed25519 seed required for transact (hex string)");
  }
  if (seed.length !== SEED_LENGTH) throw new RequestError(400, "Seed must be 32 bytes");
  return seed;
}

function jsonTransact(body: CVMMap, peer: PeerApi): SignedData {
  const address = parseAddress(field(body, "address"));
  if (address === null) throw new RequestError(400, "Transact requires a valid address.");
  const { form } = requireSource(body);
  const keyPair = KeyPair.fromSeed(requireSeed(body));
  return SignedData.sign(keyPair, Invoke.of(address, nextSequence(peer, address), form));
}

function rawTransact(bytes: Uint8Array, peer: PeerApi): SignedData {
  const value = decodeRaw(bytes, peer);
  if (value instanceof SignedData) return value;
  const printed = print(value, PRINT_LIMIT) ?? "a value that is too long to print";
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

function transactRoute(app: Hono, peer: PeerApi, ids: RequestIds): void {
  app.post("/transact", async (c) => {
    const isRaw = c.req.header("content-type") === RAW_TYPE;
    if (isRaw && Number(c.req.header("content-length") ?? "0") > MAX_BODY_BYTES) {
      throw new RequestError(400, "Invalid Raw body");
    }
    const signed = isRaw
      ? rawTransact(await bodyBytes(c), peer)
      : jsonTransact(await jsonBody(c), peer);
    return sendCell(c, ids.stamp(await peer.submit(signed)));
  });
}

export function transactionRoutes(app: Hono, peer: PeerApi, ids: RequestIds): void {
  prepareRoute(app, peer);
  submitRoute(app, peer, ids);
  transactRoute(app, peer, ids);
}
