// POST message (sheet 05 §1.8, sheet 04 §5): one message of the binary protocol, as text or bytes,
// and its Result.

import type { Context, Hono } from "hono";
import { CVM_TABLE } from "../../cvm/cvm-table.ts";
import { MissingDataError, type Value } from "../../data/cell.ts";
import { BadFormatError, BadStructureError } from "../../data/errors.ts";
import { decodeMultiCell, encodeMultiCell } from "../../data/multi-cell.ts";
import { CVMString } from "../../data/string.ts";
import { type Message, readMessage } from "../../net/message.ts";
import type { MessageServer } from "../../peer/clients/message-server.ts";
import { SYSTEM_CLOCK } from "../../peer/clock.ts";
import type { PeerApi } from "../../peer/peer-api.ts";
import { Result } from "../../state/result.ts";
import type { Clients } from "../access/clients.ts";
import { sendCell } from "../content.ts";
import { negotiated, operation } from "../documentation.ts";
import { serverError, statusOf, withServerSource } from "../failed-result.ts";
import { HttpLink } from "../http-link.ts";
import { CVX_TYPE, contentType, JSON_TYPE, RAW_TYPE, TEXT_TYPE } from "../media-type.ts";
import { reading } from "../missing-cells.ts";
import type { PacedPeer } from "../paced-peer.ts";
import { bodyBytes } from "../request-body.ts";
import { RequestError } from "../request-fields.ts";
import { ERROR_OR_RESULT, RESULT } from "../response-schemas.ts";
import { readCvxBody } from "./query.ts";

const describeMessage = operation({
  operationId: "message",
  tags: ["Network"],
  summary: "Send a message of the binary protocol",
  description: "Messages that nobody answers give the value Sent.",
  otherBodies: {
    [CVX_TYPE]: "E.g. [:Q 1 (+ 1 2) #12]",
    [TEXT_TYPE]: "The same",
    [RAW_TYPE]: "A CAD3 message",
  },
  responses: {
    200: negotiated("The Result", RESULT),
    400: negotiated("Not a message", ERROR_OR_RESULT),
    402: negotiated("Refused with :FUNDS", RESULT),
    403: negotiated("Refused with :SIGNATURE", RESULT),
    404: negotiated("It names data that this peer does not hold", RESULT),
    408: negotiated("There was no answer", RESULT),
    413: negotiated("Too large", ERROR_OR_RESULT),
    422: negotiated("Refused for another reason", RESULT),
  },
});

const SENT = Result.of({ result: CVMString.of("Sent") });

/** Messages that concern nobody here: a goodbye to a connection that ends anyway, and the like. */
const IDLE: ReadonlySet<Message["type"]> = new Set([
  "GOODBYE",
  "LATTICE_VALUE",
  "RESULT",
  "UNKNOWN",
]);

const UNREADABLE = [BadFormatError, BadStructureError, MissingDataError];

/** The message in a request, as its payload; or the Result that refuses it. */
async function payloadOf(c: Context): Promise<Uint8Array> {
  const type = contentType(c);
  if (type === JSON_TYPE) throw new RequestError(400, "JSON not acceptable as message format");
  const bytes = await bodyBytes(c);
  return type === RAW_TYPE ? bytes : encodeMultiCell(readCvxBody(bytes));
}

function readPayload(payload: Uint8Array, peer: PeerApi): Message | Result {
  if (payload.length === 0) return serverError("FORMAT", "Empty Message", "CLIENT");
  try {
    return readMessage(decodeMultiCell(payload, CVM_TABLE, peer.cells));
  } catch (error) {
    if (!UNREADABLE.some((kind) => error instanceof kind)) throw error;
    const code = error instanceof MissingDataError ? "MISSING" : "FORMAT";
    return serverError(code, (error as Error).message, "CLIENT");
  }
}

function resultOf(answer: Uint8Array | null, peer: PeerApi): Result {
  if (answer === null) return serverError("TIMEOUT", "There was no answer", "SERVER").withId(0);
  const value: Value = decodeMultiCell(answer, CVM_TABLE, peer.cells);
  if (value instanceof Result) return value;
  throw new Error("the peer answered a message with something else than a Result");
}

/** Whether nobody answers: the message is for nobody here, or has no id to answer it by. */
function isUnanswered(message: Message): boolean {
  return IDLE.has(message.type) || ("id" in message && message.id === null);
}

/**
 * What is not answered at all, as `[:BYE]`, Beliefs and requests without an id, gives the Result
 * "Sent"; what the peer answers by closing gives 408.
 */
export function messageRoutes(
  app: Hono,
  peer: PacedPeer,
  messages: MessageServer,
  clients: Clients,
): void {
  const exchange = async (c: Context, payload: Uint8Array): Promise<Result> => {
    const message = readPayload(payload, peer);
    if (message instanceof Result) return message;
    if (isUnanswered(message)) return SENT;
    if (message.type === "DATA_REQUEST" && message.hashes === null) return resultOf(null, peer);
    const isOneWay = message.type === "BELIEF";
    const link = new HttpLink(payload, clients.address(c), SYSTEM_CLOCK, isOneWay);
    messages.attach(link);
    const answer = await link.answer;
    if (isOneWay) return SENT;
    await peer.turn();
    return resultOf(answer, peer);
  };

  app.post("/message", describeMessage, async (c) => {
    const result = withServerSource(await exchange(c, await payloadOf(c)));
    return reading(404, () => sendCell(c, result, statusOf(result)));
  });
}
