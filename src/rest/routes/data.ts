// GET data/{hash}, POST data/encode and data/decode (sheet 05 §1.8): cells by hash, and between
// text and bytes.

import type { Context, Hono } from "hono";
import * as v from "valibot";
import { toHex } from "../../crypto/hex.ts";
import { CVM_TABLE } from "../../cvm/cvm-table.ts";
import type { Value } from "../../data/cell.ts";
import { BadFormatError } from "../../data/errors.ts";
import { CVMMap } from "../../data/map.ts";
import { decodeMultiCell, encodeMultiCell } from "../../data/multi-cell.ts";
import { CVMString } from "../../data/string.ts";
import { ParseError } from "../../lang/reader.ts";
import type { PeerApi } from "../../peer/peer-api.ts";
import { sendBytes, sendCell, sendPrinted } from "../content.ts";
import { HASH_PATTERN, negotiated, operation, refusal } from "../documentation.ts";
import { hexField, sourceField } from "../field-schemas.ts";
import {
  acceptedType,
  BYTES_TYPE,
  CVX_TYPE,
  contentType,
  JSON_TYPE,
  RAW_TYPE,
  TEXT_TYPE,
} from "../media-type.ts";
import { missingCell, reading } from "../missing-cells.ts";
import { inTurn, type PacedPeer } from "../paced-peer.ts";
import { bodyBytes, jsonInput, LARGE_BODY_BYTES } from "../request-body.ts";
import { parseHashKey, RequestError } from "../request-fields.ts";
import { readRequestForm } from "../request-form.ts";
import { DECODED, ENCODED, RESULT } from "../response-schemas.ts";
import { signedByHash } from "./blocks.ts";
import { refEncoding } from "./prepare.ts";

const NO_CVX = "Could not parse CVX data: ";

const ENCODE = v.pipe(
  v.object({ data: sourceField("Encode requires 'data' field", NO_CVX) }),
  v.metadata({ ref: "EncodeRequest" }),
);

const DECODE = v.pipe(
  v.object({
    cad3: hexField(
      "Decode requires 'cad3' field",
      "Decode requires 'cad3' as hex digits",
      "A CAD3 message",
    ),
  }),
  v.metadata({ ref: "DecodeRequest" }),
);

const TOO_LARGE = negotiated("The value is too large", RESULT);

const describeData = operation({
  operationId: "getData",
  tags: ["Data"],
  summary: "A cell by its hash",
  path: { hash: { description: "SHA3-256 of its encoding", pattern: HASH_PATTERN } },
  responses: {
    200: negotiated("The cell, as JSON by the rules of sheet 05 §1.3", v.unknown()),
    400: refusal("Not a hash, or a cell that this peer does not hold"),
    413: TOO_LARGE,
  },
});

const describeEncode = operation({
  operationId: "encode",
  tags: ["Data"],
  summary: "Text to bytes",
  otherBodies: { [CVX_TYPE]: "One form", [TEXT_TYPE]: "One form" },
  responses: {
    200: negotiated("Its CAD3 message; as application/cvx-raw the bytes themselves", ENCODED),
    400: refusal("Not one form"),
    413: TOO_LARGE,
  },
});

const describeDecode = operation({
  operationId: "decode",
  tags: ["Data"],
  summary: "Bytes to text",
  otherBodies: { [BYTES_TYPE]: "A CAD3 message", [CVX_TYPE]: "A CAD3 message" },
  responses: {
    200: negotiated("The value printed", DECODED),
    400: refusal("Not a CAD3 message"),
    413: TOO_LARGE,
  },
});

const isNoJson = (c: Context) => contentType(c) !== JSON_TYPE;
const LARGE = { isOther: isNoJson, bytesMax: LARGE_BODY_BYTES };
const isBytes = (c: Context) => contentType(c) === BYTES_TYPE || contentType(c) === CVX_TYPE;
const isText = (c: Context) => contentType(c) === CVX_TYPE || contentType(c) === TEXT_TYPE;

async function formOfText(c: Context): Promise<Value> {
  const bytes = await bodyBytes(c, LARGE_BODY_BYTES);
  try {
    return readRequestForm(bytes);
  } catch (error) {
    if (error instanceof ParseError) throw new RequestError(400, NO_CVX + error.message);
    throw error;
  }
}

function encodeRoute(app: Hono): void {
  app.post("/data/encode", describeEncode, jsonInput(ENCODE, LARGE), async (c) => {
    let form: Value;
    if (!isNoJson(c)) form = c.req.valid("json").fields.data.form;
    else if (isText(c)) form = await formOfText(c);
    else throw new RequestError(400, "Expected JSON request or plain CVX data to encode");
    const bytes = encodeMultiCell(form);
    if (acceptedType(c) === RAW_TYPE) return sendBytes(bytes, RAW_TYPE);
    const entries: [string, Uint8Array][] = [
      ["hash", refEncoding(form)],
      ["cad3", bytes],
    ];
    const map = entries.map(
      ([name, value]) => [CVMString.of(name), CVMString.of(toHex(value))] as const,
    );
    return sendCell(c, CVMMap.from(map));
  });
}

function decodeCad3(bytes: Uint8Array, peer: PeerApi): Value {
  try {
    return decodeMultiCell(bytes, CVM_TABLE, peer.cells);
  } catch (error) {
    if (!(error instanceof BadFormatError)) throw error;
    throw new RequestError(400, "Error decoding CAD3 data - bad format");
  }
}

function decodeRoute(app: Hono, peer: PeerApi): void {
  app.post("/data/decode", describeDecode, jsonInput(DECODE, LARGE), async (c) => {
    let bytes: Uint8Array;
    if (!isNoJson(c)) bytes = c.req.valid("json").fields.cad3;
    else if (isBytes(c)) bytes = await bodyBytes(c, LARGE_BODY_BYTES);
    else throw new RequestError(400, "Expected CAD3 data to decode");
    return reading(400, () => sendPrinted(c, decodeCad3(bytes, peer)));
  });
}

/** GET answers 400 for a hash that is not here, as the reference does, and not 404. */
export function dataRoutes(app: Hono, peer: PacedPeer): void {
  app.get("/data/:hash", describeData, inTurn(peer), (c) => {
    const name = c.req.param("hash");
    const key = parseHashKey(name);
    if (key === null) throw new RequestError(400, `Invalid hash: ${name}`);
    return reading(400, () => {
      const cell = peer.cells.cell(key) ?? signedByHash(peer, key);
      if (cell === null) throw missingCell(400, key);
      return sendCell(c, cell);
    });
  });
  encodeRoute(app);
  decodeRoute(app, peer);
}
