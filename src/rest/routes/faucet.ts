// POST createAccount and faucet (sheet 05 §1.8, §1.11); 403 where no faucet was switched on.

import type { Hono } from "hono";
import { Address } from "../../data/address.ts";
import type { Value } from "../../data/cell.ts";
import { CVMString } from "../../data/string.ts";
import { toJsonPretty } from "../../lang/json.ts";
import { JSON_TYPE, sendCell, sendError, sendFields } from "../content.ts";
import { cappedAmount, type Faucet } from "../faucet.ts";
import { jsonBody } from "../request-body.ts";
import {
  field,
  parseAccountKey,
  parseAddress,
  parseLong,
  RequestError,
  text,
} from "../request-fields.ts";

const FORBIDDEN = "Faucet use not authorised on this server";

function requireAccountKey(value: Value): Uint8Array {
  const source = text(value);
  if (source === null) {
    throw new RequestError(400, "Expected JSON body containing 'accountKey' field");
  }
  const key = parseAccountKey(source);
  if (key === null) throw new RequestError(400, `Unable to parse accountKey: ${source}`);
  return key;
}

export function faucetRoutes(app: Hono, faucet: Faucet | null): void {
  app.post("/createAccount", async (c) => {
    if (faucet === null) return sendError(c, 403, FORBIDDEN);
    const body = await jsonBody(c);
    const accountKey = requireAccountKey(field(body, "accountKey"));
    const result = await faucet.createAccount(accountKey, parseLong(field(body, "faucet"), false));
    if (result.result instanceof Address) return sendFields([["address", result.result]]);
    return sendCell(c, result);
  });

  app.post("/faucet", async (c) => {
    if (faucet === null) return sendError(c, 403, FORBIDDEN);
    const body = await jsonBody(c);
    const address = parseAddress(field(body, "address"));
    if (address === null) {
      throw new RequestError(400, "Expected JSON body containing valid 'address' field");
    }
    const amount = parseLong(field(body, "amount"), false);
    if (amount === null) {
      const expected = "Faucet requires an 'amount' field containing a long value.";
      throw new RequestError(400, expected);
    }
    const result = await faucet.give(address, amount);
    if (result.error !== null) return sendCell(c, result);
    const echo = body
      .assoc(CVMString.of("address"), address)
      .assoc(CVMString.of("amount"), cappedAmount(amount));
    return new Response(toJsonPretty(echo), { headers: { "Content-Type": JSON_TYPE } });
  });
}
