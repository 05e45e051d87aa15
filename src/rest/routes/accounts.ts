// GET accounts/{address} (sheet 05 §1.8), as JSON with the type application/json: the reference labels
// the same text text/plain, and no known client minds.

import type { Hono } from "hono";
import { memorySize } from "../../data/memory-size.ts";
import { CVMString } from "../../data/string.ts";
import type { PeerApi } from "../../peer/peer-api.ts";
import { sendFields } from "../content.ts";
import { parseAddress, RequestError } from "../request-fields.ts";

export function accountRoutes(app: Hono, peer: PeerApi): void {
  app.get("/accounts/:address", (c) => {
    const name = c.req.param("address");
    const address = parseAddress(CVMString.of(name));
    if (address === null) throw new RequestError(400, `Invalid address: ${name}`);
    const account = peer.state().account(address);
    if (account === null)
      throw new RequestError(404, `The account does not exist: #${address.value}`);
    return sendFields([
      ["sequence", account.sequence],
      ["address", address],
      ["memorySize", memorySize(account)],
      ["balance", account.balance],
      ["allowance", account.allowance],
      ["type", CVMString.of(account.key === null ? "actor" : "user")],
      ["key", account.key],
    ]);
  });
}
