// What a subscriber wants to hear of.

import * as v from "valibot";
import type { Integer } from "../../data/cell.ts";
import { parseAddress, RequestError } from "../request-fields.ts";

/** Addresses in one subscription, of each kind. */
const ADDRESSES_MAX = 100;
const GENERAL = ["blocks", "status"];

export interface Topics {
  readonly blocks: boolean;
  readonly status: boolean;
  /** Accounts whose transactions count. */
  readonly transactions: ReadonlySet<Integer>;
  /** Accounts whose log entries count. */
  readonly log: ReadonlySet<Integer>;
}

const words = (description: string) => v.optional(v.pipe(v.string(), v.metadata({ description })));

export const TOPICS_QUERY = v.object({
  topics: words("Comma between them: blocks, status"),
  transactions: words("Addresses with comma between them: what these accounts execute"),
  log: words("Addresses with comma between them: what they write to the log"),
});

const listOf = (text: string | undefined) =>
  (text ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");

function addressesOf(text: string | undefined): ReadonlySet<Integer> {
  const addresses = listOf(text).map((item) => {
    const address = parseAddress(item);
    if (address === null) throw new RequestError(400, `Invalid address: ${item}`);
    return address.value;
  });
  if (addresses.length <= ADDRESSES_MAX) return new Set(addresses);
  throw new RequestError(400, `At most ${ADDRESSES_MAX} addresses in a subscription`);
}

/** @throws RequestError 400 */
export function topicsOf(query: v.InferOutput<typeof TOPICS_QUERY>): Topics {
  const general = listOf(query.topics);
  const unknown = general.find((topic) => !GENERAL.includes(topic));
  if (unknown !== undefined) {
    throw new RequestError(400, `Unknown topic: ${unknown}; there are ${GENERAL.join(", ")}`);
  }
  const topics = {
    blocks: general.includes("blocks"),
    status: general.includes("status"),
    transactions: addressesOf(query.transactions),
    log: addressesOf(query.log),
  };
  if (topics.blocks || topics.status || topics.transactions.size + topics.log.size > 0) {
    return topics;
  }
  throw new RequestError(400, "Expected topics, e.g. ?topics=blocks&transactions=12");
}
