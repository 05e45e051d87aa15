// POST query (sheet 05 §1.8): a form run on the State at finality, without effect. JSON bodies carry
// the form as text, CVX bodies as a form; an address that can't be read means the genesis user.

import type { Context, Hono } from "hono";
import { readForm } from "../../cvm/read-form.ts";
import type { Address } from "../../data/address.ts";
import type { Value } from "../../data/cell.ts";
import { Keyword } from "../../data/keyword.ts";
import { CVMMap } from "../../data/map.ts";
import { ParseError } from "../../lang/reader.ts";
import type { PeerApi } from "../../peer/peer-api.ts";
import { CVX_TYPE, sendCell } from "../content.ts";
import { bodyBytes, jsonBody } from "../request-body.ts";
import { field, parseAddress, RequestError, text } from "../request-fields.ts";
import type { RequestIds } from "../request-ids.ts";

interface QueryRequest {
  readonly form: Value;
  readonly address: Address | null;
}

/** Reads exactly one form. @throws RequestError 400 with the reader's words after `prefix` */
export function readSource(source: string | Uint8Array, prefix = ""): Value {
  try {
    return readForm(source);
  } catch (error) {
    if (error instanceof ParseError) throw new RequestError(400, prefix + error.message);
    throw error;
  }
}

function readCvxBody(bytes: Uint8Array): Value {
  try {
    return readForm(bytes);
  } catch (error) {
    if (error instanceof ParseError) throw new RequestError(400, "Invalid CVX body");
    throw error;
  }
}

async function cvxQuery(c: Context): Promise<QueryRequest> {
  const body = readCvxBody(await bodyBytes(c));
  if (!(body instanceof CVMMap)) throw new RequestError(400, "query body is not a map.");
  return {
    form: body.get(Keyword.of("source")) ?? null,
    address: parseAddress(body.get(Keyword.of("address")) ?? null),
  };
}

async function jsonQuery(c: Context): Promise<QueryRequest> {
  const body = await jsonBody(c);
  const source = text(field(body, "source"));
  if (source === null)
    throw new RequestError(400, "query requires a 'source' field holding a string.");
  return { form: readSource(source), address: parseAddress(field(body, "address")) };
}

export function queryRoutes(app: Hono, peer: PeerApi, ids: RequestIds): void {
  app.post("/query", async (c) => {
    const isCvx = c.req.header("content-type") === CVX_TYPE;
    const request = isCvx ? await cvxQuery(c) : await jsonQuery(c);
    return sendCell(c, ids.stamp(await peer.query(request.form, request.address)));
  });
}
