// GET peers, accounts and blocks/{n}/transactions: lists that the page shows. The reference has
// none of them; shapes follow its `blocks`.

import type { Hono } from "hono";
import { Address } from "../../data/address.ts";
import { Blob } from "../../data/blob.ts";
import type { Integer, Value } from "../../data/cell.ts";
import { hashBytes } from "../../data/encode.ts";
import { Keyword } from "../../data/keyword.ts";
import { SignedData } from "../../data/signed.ts";
import { CVMString } from "../../data/string.ts";
import { print } from "../../lang/printer.ts";
import type { PeerApi } from "../../peer/peer-api.ts";
import { Block } from "../../state/block.ts";
import { PeerStatus } from "../../state/peer-status.ts";
import type { Result } from "../../state/result.ts";
import { Call, Multi, Transaction, Transfer } from "../../state/transaction.ts";
import { type Fields, fieldsJson, sendJson } from "../content.ts";
import { json, operation, refusal } from "../documentation.ts";
import { reading } from "../missing-cells.ts";
import { inTurn, type PacedPeer } from "../paced-peer.ts";
import { queryInput } from "../request-body.ts";
import { RequestError } from "../request-fields.ts";
import { ACCOUNTS, BLOCK_TRANSACTIONS, PEERS } from "../response-schemas.ts";
import { accountFields } from "./accounts.ts";
import { PAGE, positionOf } from "./blocks.ts";

/** Characters of a printed transaction or value; longer ones are to be asked for by hash. */
const PRINTED_MAX = 4_096;
/** Transactions that are printed at once, half a millisecond each where they are nested deeply. */
const PRINTED_PER_TURN = 16;

const KEYWORD = { url: Keyword.of("url"), juice: Keyword.of("juice"), fees: Keyword.of("fees") };

const describePeers = operation({
  operationId: "getPeers",
  tags: ["Network"],
  summary: "Peers that the State has a record of, by key",
  responses: { 200: json("A page of them", PEERS), 400: refusal("Not a page") },
});

const describeAccounts = operation({
  operationId: "getAccounts",
  tags: ["Accounts"],
  summary: "Accounts by Address",
  responses: { 200: json("A page of them", ACCOUNTS), 400: refusal("Not a page") },
});

const describeTransactions = operation({
  operationId: "getBlockTransactions",
  tags: ["Transactions"],
  summary: "The transactions of a block",
  path: { number: { description: "Position of the block, from 0", pattern: "^\\d{1,15}$" } },
  responses: {
    200: json("A page of them", BLOCK_TRANSACTIONS),
    400: refusal("Not a position, or not a page"),
    404: refusal("Beyond the last block, or not kept by this peer"),
  },
});

const page = (items: readonly Fields[], count: number, offset: Integer) =>
  sendJson(`{"items":[${items.map(fieldsJson).join(",")}],"count":${count},"offset":${offset}}`);

function printed(value: Value): CVMString | null {
  const text = print(value, PRINTED_MAX);
  return text === null ? null : CVMString.of(text);
}

/** What a list says of a peer. */
function peerFields(key: Value, record: PeerStatus): Fields {
  const url = record.metadata?.get(KEYWORD.url) ?? null;
  return [
    ["key", key],
    ["controller", record.controller],
    ["stake", record.stake],
    ["delegatedStake", record.delegatedStake],
    ["balance", record.balance],
    ["url", url instanceof CVMString ? url : null],
    ["timestamp", record.timestamp],
  ];
}

function typeOf(transaction: Transaction): string {
  if (transaction instanceof Transfer) return "transfer";
  if (transaction instanceof Call) return "call";
  return transaction instanceof Multi ? "multi" : "invoke";
}

/** As in Result JSON: the name of a keyword; other codes printed. */
const errorName = (code: Value) =>
  code instanceof Keyword ? CVMString.of(code.name) : printed(code);

/** @param result null for what is not executed, or too long ago to be kept */
function transactionFields(
  signed: SignedData,
  index: number,
  result: Result | null,
  isExecuted: boolean,
): Fields {
  const transaction = signed.value as Transaction;
  const code = result?.error ?? null;
  const info = (name: Keyword) => result?.info?.get(name) ?? null;
  return [
    ["hash", Blob.of(hashBytes(signed))],
    ["index", index],
    ["type", CVMString.of(typeOf(transaction))],
    ["origin", transaction.origin],
    ["sequence", transaction.sequence],
    ["text", printed(transaction)],
    ["isExecuted", isExecuted],
    ["errorCode", code === null ? null : errorName(code)],
    ["result", result === null ? null : printed(result.result)],
    ["juice", info(KEYWORD.juice)],
    ["fees", info(KEYWORD.fees)],
  ];
}

interface Range {
  readonly offset: Integer;
  readonly limit: number;
}

/** The positions that a page of a list of `count` covers. */
function positions({ offset, limit }: Range, count: number): number[] {
  const first = Number(offset);
  return Array.from({ length: Math.max(0, Math.min(limit, count - first)) }, (_, i) => first + i);
}

/** What the store has of a block. @throws RequestError 404 when that is nothing */
function blockAt(peer: PeerApi, position: number) {
  const block = peer.block(position)?.value;
  if (!(block instanceof Block)) {
    throw new RequestError(404, `The block does not exist: ${position}`);
  }
  return { transactions: block.transactions, results: peer.blockResult(position) };
}

async function transactionsOf(peer: PacedPeer, position: number, range: Range): Promise<Response> {
  const { transactions, results } = reading(404, () => blockAt(peer, position));
  const fieldsAt = (i: number): Fields[] => {
    const signed = transactions?.get(i);
    // What is no transaction was refused with its block.
    const isOne = signed instanceof SignedData && signed.value instanceof Transaction;
    const result = results?.result(i) ?? null;
    const isExecuted = result !== null || (results === null && position < peer.position);
    return isOne ? [transactionFields(signed, i, result, isExecuted)] : [];
  };
  const count = transactions?.count ?? 0;
  const wanted = positions(range, count);
  const items: Fields[] = [];
  for (let from = 0; from < wanted.length; from += PRINTED_PER_TURN) {
    const some = wanted.slice(from, from + PRINTED_PER_TURN);
    await peer.turn();
    items.push(...reading(404, () => some.flatMap(fieldsAt)));
  }
  return page(items, count, range.offset);
}

/** Each takes `offset` and `limit`, and answers `items`, `count` of all and `offset`. */
export function listRoutes(app: Hono, peer: PacedPeer): void {
  app.get("/peers", describePeers, inTurn(peer), queryInput(PAGE), (c) => {
    const range = c.req.valid("query");
    const { peers } = peer.state();
    return reading(404, () => {
      const items = positions(range, peers.count).flatMap((i) => {
        const [key, record] = peers.entryAt(i);
        return record instanceof PeerStatus ? [peerFields(key, record)] : [];
      });
      return page(items, peers.count, range.offset);
    });
  });

  app.get("/accounts", describeAccounts, inTurn(peer), queryInput(PAGE), (c) => {
    const { accounts } = peer.state();
    const range = c.req.valid("query");
    return reading(404, () => {
      const items = positions(range, accounts.count).flatMap((i) => {
        const address = Address.of(i);
        const account = peer.state().account(address);
        return account === null ? [] : [accountFields(address, account)];
      });
      return page(items, accounts.count, range.offset);
    });
  });

  app.get("/blocks/:number/transactions", describeTransactions, queryInput(PAGE), (c) => {
    const position = positionOf(c.req.param("number"));
    const range = c.req.valid("query");
    return transactionsOf(peer, position, range);
  });
}
