// GET accounts/{address} and peers/{key} (sheet 05 §1.8), as JSON with the type application/json:
// the reference labels the same text text/plain, and no known client minds.

import type { Hono } from "hono";
import type { Address } from "../../data/address.ts";
import { Blob } from "../../data/blob.ts";
import { memorySize } from "../../data/memory-size.ts";
import { CVMString } from "../../data/string.ts";
import type { AccountStatus } from "../../state/account-status.ts";
import { type Fields, sendCompact, sendFields } from "../content.ts";
import { HASH_PATTERN, json, negotiated, operation, refusal } from "../documentation.ts";
import { inTurn, type PacedPeer } from "../paced-peer.ts";
import { parseAccountKey, parseAddress, RequestError } from "../request-fields.ts";
import { ACCOUNT, PEER, RESULT } from "../response-schemas.ts";

const describeAccount = operation({
  operationId: "getAccount",
  tags: ["Accounts"],
  summary: "An account",
  path: {
    address: {
      description: "Address of the account: 12, #12 or 0x0c",
      pattern: "^(?:#?\\d{1,18}|0x[0-9a-fA-F]{1,15})$",
    },
  },
  responses: {
    200: json("The account at finality", ACCOUNT),
    400: refusal("Not an Address"),
    404: refusal("No such account"),
  },
});

const describePeer = operation({
  operationId: "getPeer",
  tags: ["Network"],
  summary: "A peer as the State has it",
  path: { key: { description: "Key of the peer", pattern: HASH_PATTERN } },
  responses: {
    200: json("Its record at finality", PEER),
    400: refusal("Not a key"),
    404: refusal("No such peer"),
    413: negotiated("What it says of itself is too large", RESULT),
  },
});

/** What clients are told of an account. */
export function accountFields(address: Address, account: AccountStatus): Fields {
  return [
    ["sequence", account.sequence],
    ["address", address],
    ["memorySize", memorySize(account)],
    ["balance", account.balance],
    ["allowance", account.allowance],
    ["type", CVMString.of(account.key === null ? "actor" : "user")],
    ["key", account.key],
  ];
}

/**
 * Addresses and keys are looked up in the State at finality: 400 for a malformed one, 404 for one
 * that is not there.
 */
export function accountRoutes(app: Hono, peer: PacedPeer): void {
  app.get("/accounts/:address", describeAccount, (c) => {
    const name = c.req.param("address");
    const address = parseAddress(name);
    if (address === null) throw new RequestError(400, `Invalid address: ${name}`);
    const account = peer.state().account(address);
    if (account === null) {
      throw new RequestError(404, `The account does not exist: #${address.value}`);
    }
    return sendFields(accountFields(address, account));
  });

  app.get("/peers/:key", describePeer, inTurn(peer), (c) => {
    const name = c.req.param("key");
    const key = parseAccountKey(name);
    if (key === null) throw new RequestError(400, `Invalid peer key: ${name}`);
    const record = peer.state().peer(Blob.of(key));
    if (record === null) throw new RequestError(404, `The peer does not exist: ${name}`);
    return sendCompact(c, record);
  });
}
