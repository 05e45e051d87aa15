// POST query (sheet 05 §1.8): a form run on the State at finality, without effect. JSON bodies
// carry the form as text, CVX bodies as a form; an address that can't be read means the genesis
// user.

import type { Hono } from "hono";
import * as v from "valibot";
import type { Address } from "../../data/address.ts";
import type { Value } from "../../data/cell.ts";
import { Keyword } from "../../data/keyword.ts";
import { CVMMap } from "../../data/map.ts";
import { ParseError } from "../../lang/reader.ts";
import type { Result } from "../../state/result.ts";
import { sendCell } from "../content.ts";
import type { DirectRoutes } from "../direct-routes.ts";
import { negotiated, operation, refusal } from "../documentation.ts";
import type { Exchange } from "../exchange.ts";
import { OPTIONAL_ADDRESS, sourceField } from "../field-schemas.ts";
import { CVX_TYPE, contentType } from "../media-type.ts";
import type { PacedPeer } from "../paced-peer.ts";
import { bodyBytes, jsonDocument, jsonReader, LARGE_BODY_BYTES } from "../request-body.ts";
import { parseAddress, RequestError, scalarOf } from "../request-fields.ts";
import { readRequestForm } from "../request-form.ts";
import type { RequestIds } from "../request-ids.ts";
import { RESULT } from "../response-schemas.ts";

const QUERY = v.pipe(
  v.object({
    address: OPTIONAL_ADDRESS,
    source: sourceField("query requires a 'source' field holding a string.", ""),
  }),
  v.metadata({ ref: "QueryRequest" }),
);

const describeQuery = operation({
  operationId: "query",
  tags: ["Transactions"],
  summary: "Run code without effect",
  description: "Runs on the State at finality, as an account, and costs nothing.",
  otherBodies: { [CVX_TYPE]: "A map, e.g. {:address #12 :source (* 2 3)}: the source is a form" },
  responses: {
    200: negotiated("What came of it, errors of the code included", RESULT),
    400: refusal("Malformed body, or source that is not one form"),
    413: negotiated("The body, or what came of it, is too large", RESULT),
  },
});

interface QueryRequest {
  readonly form: Value;
  readonly address: Address | null;
}

/** One form out of a CVX body. @throws RequestError 400 */
export function readCvxBody(bytes: Uint8Array): Value {
  try {
    return readRequestForm(bytes);
  } catch (error) {
    if (error instanceof ParseError) throw new RequestError(400, "Invalid CVX body");
    throw error;
  }
}

async function cvxQuery(c: Exchange): Promise<QueryRequest> {
  const body = readCvxBody(await bodyBytes(c));
  if (!(body instanceof CVMMap)) throw new RequestError(400, "query body is not a map.");
  return {
    form: body.get(Keyword.of("source")) ?? null,
    address: parseAddress(scalarOf(body.get(Keyword.of("address")) ?? null)),
  };
}

const isCvx = (c: Exchange) => contentType(c) === CVX_TYPE;

/**
 * An error of the code is a Result with status 200 (sheet 05 §1.4); 400 for a body that can't be
 * read.
 */
export function queryRoutes(
  app: Hono,
  direct: DirectRoutes,
  peer: PacedPeer,
  ids: RequestIds,
): void {
  const readQuery = jsonReader(QUERY, { bytesMax: LARGE_BODY_BYTES, isPlain: true });
  direct.post(app, "/query", [describeQuery, jsonDocument(QUERY)], async (c) => {
    // To print a Result may take longer than to come to it.
    const send = (result: Result) => sendCell(c, ids.stamp(result));
    if (isCvx(c)) {
      const { form, address } = await cvxQuery(c);
      return peer.queryFor(form, address, send);
    }
    const { source, address = null } = (await readQuery(c)).fields;
    return peer.queryFor(source.form, address, send);
  });
}
