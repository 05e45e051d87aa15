// GET blocks, blocks/{n} and tx (sheet 05 §1.8): the Order of this peer as JSON.

import type { Hono } from "hono";
import * as v from "valibot";
import { Blob } from "../../data/blob.ts";
import type { Integer } from "../../data/cell.ts";
import { hashBytes } from "../../data/encode.ts";
import { Keyword } from "../../data/keyword.ts";
import { CVMMap } from "../../data/map.ts";
import { SignedData } from "../../data/signed.ts";
import { Vector } from "../../data/vector.ts";
import type { PeerApi } from "../../peer/peer-api.ts";
import { Block } from "../../state/block.ts";
import { CONSENSUS_LEVEL } from "../../state/order.ts";
import { type Fields, fieldsJson, sendCell, sendFields, sendJson } from "../content.ts";
import { HASH_PATTERN, json, negotiated, operation, refusal } from "../documentation.ts";
import { reading } from "../missing-cells.ts";
import { inTurn, type PacedPeer } from "../paced-peer.ts";
import { queryInput } from "../request-body.ts";
import { parseHashKey, parseLong, RequestError } from "../request-fields.ts";
import { BLOCK, BLOCKS, TRANSACTION } from "../response-schemas.ts";

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1_000;

const BAD_NUMBER = "Invalid offset or limit parameter: must be a number";

function countParameter(fallback: number, description: string) {
  return v.pipe(
    v.optional(v.string(), String(fallback)),
    v.metadata({ description, type: "integer", default: fallback }),
    v.check((text) => parseLong(text, false) !== null, BAD_NUMBER),
  );
}

/** Which part of a list is asked for. */
export const PAGE = v.object({
  offset: v.pipe(
    countParameter(0, "Number of the first"),
    // As it was given, also beyond 2^53, where no list has an element.
    v.transform((text) => parseLong(text, false) as Integer),
    v.check((offset) => offset >= 0, "Offset must be non-negative"),
  ),
  limit: v.pipe(
    countParameter(LIMIT_DEFAULT, `Most to answer, up to ${LIMIT_MAX}`),
    v.transform(Number),
    v.minValue(1, `Limit must be between 1 and ${LIMIT_MAX}`),
    v.maxValue(LIMIT_MAX, `Limit must be between 1 and ${LIMIT_MAX}`),
  ),
});

const TRANSACTION_QUERY = v.object({
  hash: v.pipe(
    v.string("Missing required query parameter: hash"),
    v.metadata({ description: "Hash of the signed transaction", pattern: HASH_PATTERN }),
  ),
});

const describeBlocks = operation({
  operationId: "getBlocks",
  tags: ["Network"],
  summary: "Blocks in order",
  responses: { 200: json("A page of them", BLOCKS), 400: refusal("Not a page") },
});

const describeBlock = operation({
  operationId: "getBlock",
  tags: ["Network"],
  summary: "A block",
  path: { number: { description: "Its position, counted from 0", pattern: "^\\d{1,15}$" } },
  responses: {
    200: json("What is known of it", BLOCK),
    400: refusal("Not a position"),
    404: refusal("Beyond the last block"),
  },
});

const describeTransaction = operation({
  operationId: "getTransaction",
  tags: ["Transactions"],
  summary: "An executed transaction by its hash",
  responses: {
    200: negotiated("Transaction, Result and place", TRANSACTION),
    400: refusal("Not a hash"),
    404: refusal("Not executed, or not kept by this peer"),
  },
});

/** The fields of a block; `finality` is the number of blocks that are final. */
export function blockFields(signed: SignedData, index: number, finality: number): Fields {
  const block = signed.value;
  return [
    ["transactionCount", block instanceof Block ? (block.transactions?.count ?? 0) : 0],
    ["peer", signed.publicKey === null ? null : Blob.of(signed.publicKey)],
    ["hash", Blob.of(hashBytes(signed))],
    ["index", index],
    ["finalised", index < finality],
    ["timestamp", block instanceof Block ? block.timestamp : null],
  ];
}

function signedAt(peer: PeerApi, position: number, index: number): SignedData | null {
  const block = peer.block(position)?.value;
  const transactions = block instanceof Block ? block.transactions : null;
  if (transactions === null || index >= transactions.count) return null;
  const signed = transactions.get(index);
  return signed instanceof SignedData ? signed : null;
}

/**
 * An executed transaction by hash key, without its Result. Short ones are parts of their block,
 * which the store does not know by hash.
 */
export function signedByHash(peer: PeerApi, hash: string): SignedData | null {
  const position = peer.positionOf(hash);
  if (position === null || position.index < 0) return null;
  return signedAt(peer, position.block, position.index);
}

/** The signed transaction at a place, with its Result; null when either is gone. */
export function transactionAt(peer: PeerApi, position: number, index: number): CVMMap | null {
  const signed = signedAt(peer, position, index);
  const result = peer.blockResult(position)?.result(index) ?? null;
  if (signed === null || result === null) return null;
  return CVMMap.from([
    [Keyword.of("tx"), signed],
    [Keyword.of("position"), Vector.of(position, index)],
    [Keyword.of("result"), result],
  ]);
}

/** An executed transaction by hash key; null for anything else. */
export function transactionByHash(peer: PeerApi, hash: string): CVMMap | null {
  const position = peer.positionOf(hash);
  if (position === null || position.index < 0) return null;
  return transactionAt(peer, position.block, position.index);
}

function finalityOf(peer: PeerApi): number {
  return peer.status().points[CONSENSUS_LEVEL.FINALITY] ?? 0;
}

function blockPage(peer: PeerApi, offset: Integer, limit: number): string {
  const finality = finalityOf(peer);
  const items: string[] = [];
  const first = Number(offset);
  for (let i = first; i < first + limit; i++) {
    const signed = peer.block(i);
    if (signed === null) break;
    items.push(fieldsJson(blockFields(signed, i, finality)));
  }
  const count = peer.status().points[CONSENSUS_LEVEL.BLOCK] ?? 0;
  return `{"items":[${items.join(",")}],"count":${count},"offset":${offset}}`;
}

/** The position that a path names. @throws RequestError 400 */
export function positionOf(name: string): number {
  if (parseLong(name, false) === null) {
    throw new RequestError(400, "Invalid block number format: must be a number");
  }
  const position = Number(name);
  if (position < 0) throw new RequestError(400, "Block number must be non-negative");
  return position;
}

/**
 * Positions count from 0; `tx` knows executed transactions alone. 404 also for what the peer no
 * longer keeps.
 */
export function blockRoutes(app: Hono, peer: PacedPeer): void {
  app.get("/blocks", describeBlocks, inTurn(peer), queryInput(PAGE), (c) => {
    const { offset, limit } = c.req.valid("query");
    return sendJson(reading(404, () => blockPage(peer, offset, limit)));
  });

  app.get("/blocks/:number", describeBlock, (c) => {
    const name = c.req.param("number");
    const position = positionOf(name);
    return reading(404, () => {
      const signed = peer.block(position);
      if (signed === null) throw new RequestError(404, `The block does not exist: ${name}`);
      return sendFields(blockFields(signed, position, finalityOf(peer)));
    });
  });

  app.get("/tx", describeTransaction, inTurn(peer), queryInput(TRANSACTION_QUERY), (c) => {
    const { hash } = c.req.valid("query");
    const key = parseHashKey(hash);
    if (key === null) throw new RequestError(400, `Invalid hash: ${hash}`);
    return reading(404, () => {
      const found = transactionByHash(peer, key);
      if (found === null) throw new RequestError(404, `The transaction is not known: ${hash}`);
      return sendCell(c, found);
    });
  });
}
