// POST createAccount and faucet (sheet 05 §1.8, §1.11); 403 where no faucet was switched on.

import type { Context, Hono, MiddlewareHandler } from "hono";
import * as v from "valibot";
import { Address } from "../../data/address.ts";
import { CVMString } from "../../data/string.ts";
import type { Result } from "../../state/result.ts";
import { sendError, sendFields, sendInTurn } from "../content.ts";
import { json, operation, refusal } from "../documentation.ts";
import { statusOf, withServerSource } from "../failed-result.ts";
import { cappedAmount, FAUCET_MAX, type Faucet } from "../faucet.ts";
import { accountKeyField, addressField, longField } from "../field-schemas.ts";
import type { PacedPeer } from "../paced-peer.ts";
import { jsonInput, LARGE_BODY_BYTES } from "../request-body.ts";
import { parseLong } from "../request-fields.ts";
import type { RequestIds } from "../request-ids.ts";
import { CREATED, FAUCET } from "../response-schemas.ts";

const NO_FAUCET = "Faucet use not authorised on this server";

const CREATE_ACCOUNT = v.pipe(
  v.object({
    accountKey: accountKeyField(
      "Expected JSON body containing 'accountKey' field",
      (text) => `Unable to parse accountKey: ${text}`,
    ),
    faucet: v.pipe(
      v.optional(v.unknown()),
      v.metadata({ description: "Copper that the account begins with", examples: [1_000_000] }),
      v.transform((amount) => parseLong(amount, false)),
    ),
  }),
  v.metadata({ ref: "CreateAccountRequest" }),
);

const NO_AMOUNT = "Faucet requires an 'amount' field containing a long value.";

const GIVE = v.pipe(
  v.object({
    address: addressField("Expected JSON body containing valid 'address' field"),
    amount: longField(NO_AMOUNT, `Copper; at most ${FAUCET_MAX} are given`),
  }),
  v.metadata({ ref: "FaucetRequest" }),
);

const REFUSALS = {
  400: refusal("Malformed body"),
  403: refusal("This peer has no faucet"),
  413: refusal("The body is too large"),
  503: refusal("The faucet is busy: again after Retry-After seconds"),
};

const describeCreate = operation({
  operationId: "createAccount",
  tags: ["Accounts"],
  summary: "Create an account with a key",
  responses: { 200: json("Its Address, or the Result of what went wrong", CREATED), ...REFUSALS },
});

const describeGive = operation({
  operationId: "faucet",
  tags: ["Accounts"],
  summary: "Ask for coins of a test network",
  responses: {
    200: json("The request with what was given, or the Result of what went wrong", FAUCET),
    ...REFUSALS,
  },
});

/** What the peer would not take has a status of its own; what failed in the machine has none. */
const sendFailure = (c: Context, peer: PacedPeer, result: Result): Promise<Response> =>
  sendInTurn(c, peer, withServerSource(result), statusOf(result));

const UNLIMITED = { bytesMax: LARGE_BODY_BYTES };

/** @param faucet null: both answer 403 */
export function faucetRoutes(
  app: Hono,
  faucet: Faucet | null,
  peer: PacedPeer,
  ids: RequestIds,
): void {
  const requireFaucet: MiddlewareHandler = async (c, next) => {
    if (faucet === null) return sendError(c, 403, NO_FAUCET);
    await next();
  };
  const create = jsonInput(CREATE_ACCOUNT, UNLIMITED);
  app.post("/createAccount", describeCreate, requireFaucet, create, async (c) => {
    const { fields } = c.req.valid("json");
    const result = await (faucet as Faucet).createAccount(fields.accountKey, fields.faucet ?? null);
    if (result.result instanceof Address) return sendFields([["address", result.result]]);
    return sendInTurn(c, peer, ids.stamp(result));
  });

  app.post("/faucet", describeGive, requireFaucet, jsonInput(GIVE, UNLIMITED), async (c) => {
    const { fields, body } = c.req.valid("json");
    const result = await (faucet as Faucet).give(fields.address, fields.amount);
    if (result.error !== null) return sendFailure(c, peer, ids.stamp(result));
    const echo = body
      .assoc(CVMString.of("address"), fields.address.value)
      .assoc(CVMString.of("amount"), cappedAmount(fields.amount));
    return sendInTurn(c, peer, echo);
  });
}
