// What surrounds accounts on the web (sheet 05 §1.8, §1.11): identicons, DID documents, and the
// reference's stub of a payment check.

import type { Context, Hono } from "hono";
import * as v from "valibot";
import { Blob } from "../../data/blob.ts";
import { CVMString } from "../../data/string.ts";
import type { PeerApi } from "../../peer/peer-api.ts";
import type { Clients } from "../access/clients.ts";
import { sendFields, sendJson } from "../content.ts";
import { didDocument, subjectOf } from "../did-document.ts";
import { json, operation, other, refusal } from "../documentation.ts";
import { IDENTICON_SIZE, identiconPixels } from "../identicon.ts";
import { encodePng } from "../png.ts";
import { jsonInput, LARGE_BODY_BYTES } from "../request-body.ts";
import { field, parseHex, RequestError } from "../request-fields.ts";
import { DID_DOCUMENT, VERIFIED } from "../response-schemas.ts";

const describeIdenticon = operation({
  operationId: "getIdenticon",
  tags: ["Identity"],
  summary: "The picture of a key",
  path: { hex: { description: "Hex digits", pattern: "^(?:0x)?(?:[0-9a-fA-F]{2})+$" } },
  responses: {
    200: other("7 × 7 pixels", "image/png"),
    400: refusal("Not hex digits"),
  },
});

function identiconRoute(app: Hono): void {
  app.get("/identicon/:hex", describeIdenticon, (c) => {
    const name = c.req.param("hex");
    const bytes = parseHex(name);
    if (bytes === null || bytes.length === 0) {
      throw new RequestError(400, `Invalid hex string for identicon: ${name}`);
    }
    const png = encodePng(identiconPixels(bytes), IDENTICON_SIZE, IDENTICON_SIZE);
    const headers = {
      "Content-Type": "image/png",
      "Cache-Control": "public, max-age=31536000",
      ETag: `"${Buffer.from(bytes).toString("hex")}"`,
    };
    return new Response(png, { headers });
  });
}

const VERIFY = v.pipe(
  v.object({
    payer: v.string("Missing 'payer' field"),
    isValid: v.optional(v.unknown()),
    invalidReason: v.optional(v.unknown()),
  }),
  v.metadata({ ref: "VerifyRequest" }),
);

const describeVerify = operation({
  operationId: "verify",
  tags: ["Identity"],
  summary: "Repeat a payment check",
  description: "A stub that the reference has for x402: it says what it is told.",
  responses: { 200: json("The verdict", VERIFIED), 400: refusal("Malformed body") },
});

function verifyRoute(app: Hono): void {
  app.post("/verify", describeVerify, jsonInput(VERIFY, { bytesMax: LARGE_BODY_BYTES }), (c) => {
    const { body } = c.req.valid("json");
    const isValid = field(body, "isValid") !== false;
    const reason = field(body, "invalidReason") ?? CVMString.of("insufficient_funds");
    return sendFields([
      ["isValid", isValid],
      ...(isValid ? [] : ([["invalidReason", reason]] as const)),
      ["payer", field(body, "payer")],
    ]);
  });
}

const DID_RESPONSES = {
  200: json("Its DID document", DID_DOCUMENT),
  404: refusal("No such account or name"),
};

const describeSubject = (operationId: string) =>
  operation({
    operationId,
    tags: ["Identity"],
    summary: "DID document of an account",
    path: { id: "Address or CNS name" },
    responses: DID_RESPONSES,
  });

const describeOwn = operation({
  operationId: "getPeerDid",
  tags: ["Identity"],
  summary: "DID document of the account that controls this peer",
  responses: DID_RESPONSES,
});

function didRoutes(app: Hono, peer: PeerApi, clients: Clients): void {
  const subject = async (c: Context, id: string) => {
    const address = await subjectOf(peer, id);
    const account = address === null ? null : peer.state().account(address);
    if (address === null || account === null) {
      throw new RequestError(404, `There is no account for ${id}`);
    }
    const did = `did:web:${clients.hostName(c)}:${id}`;
    return sendJson(JSON.stringify(didDocument(did, address, account.key)));
  };

  app.get("/.well-known/did.json", describeOwn, (c) => {
    const state = peer.state();
    const controller = state.peer(Blob.of(peer.status().peer))?.controller ?? null;
    const account = controller === null ? null : state.account(controller);
    if (controller === null || account === null) {
      throw new RequestError(404, "This peer is not registered in the State");
    }
    const did = `did:web:${clients.hostName(c)}`;
    return sendJson(JSON.stringify(didDocument(did, controller, account.key)));
  });
  app.get("/did/:id/did.json", describeSubject("getDid"), (c) => subject(c, c.req.param("id")));
  app.get("/:id/did.json", describeSubject("getShortDid"), (c) => subject(c, c.req.param("id")));
}

/** @param clients tells by which host the request came, which a DID document names */
export function identityRoutes(app: Hono, peer: PeerApi, clients: Clients): void {
  identiconRoute(app);
  verifyRoute(app);
  didRoutes(app, peer, clients);
}
