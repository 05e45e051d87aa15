// Tools that look at the peer and its State.

import * as v from "valibot";
import type { Value } from "../../data/cell.ts";
import { Keyword } from "../../data/keyword.ts";
import { memorySize } from "../../data/memory-size.ts";
import { CVMString } from "../../data/string.ts";
import { PRINT_LIMIT, print } from "../../lang/printer.ts";
import type { Fields } from "../content.ts";
import { parseHashKey } from "../request-fields.ts";
import { transactionByHash } from "../routes/blocks.ts";
import { statusMap } from "../routes/status.ts";
import { keysOf, optionalText, pathOf, text } from "./arguments.ts";
import { valueAt } from "./state-path.ts";
import { answer, READS_STATE, type Tool, type ToolContext, tool } from "./tool.ts";
import { ToolError } from "./tool-error.ts";
import type { Watches } from "./watches.ts";

/** Bytes of a value that is answered itself; of larger ones only the size is. */
const VALUE_BYTES_MAX = 4_096;

const PATH_WORDS = "Vector of keys into the State, e.g. [:accounts 12 :balance]";

/** A value printed as far as it may be. */
export function printed(value: Value): CVMString | null {
  const text = print(value, PRINT_LIMIT);
  return text === null ? null : CVMString.of(text);
}

const peerStatus = tool({
  name: "peerStatus",
  title: "Status of the peer",
  description: "Hashes and consensus points of this peer.",
  input: v.object({}),
  annotations: READS_STATE,
  call: (_input, { peer }) => answer([["status", statusMap(peer.status())]]),
});

const getTransaction = tool({
  name: "getTransaction",
  title: "Look up a transaction",
  description: "An executed transaction by the hash of its signed form, with result and place.",
  input: v.object({ hash: text("getTransaction requires 'hash' string", "32 bytes in hex") }),
  annotations: READS_STATE,
  call: ({ hash }, { peer }) => {
    const key = parseHashKey(hash);
    if (key === null) throw new ToolError("'hash' must be 32 bytes in hex");
    const found = transactionByHash(peer, key);
    if (found === null) return answer([["found", false]]);
    const member = (name: string) => found.get(Keyword.of(name)) ?? null;
    return answer([
      ["found", true],
      ["position", member("position")],
      ["tx", printed(member("tx"))],
      ["result", printed(member("result"))],
    ]);
  },
});

function stateFields(value: Value): Fields {
  const size = memorySize(value);
  if (size > VALUE_BYTES_MAX) return [["size", size]];
  return [
    ["value", value],
    ["result", printed(value)],
  ];
}

const queryState = tool({
  name: "queryState",
  title: "Look into the State",
  description: "The value at a path of the State; of large values only the size in bytes.",
  input: v.object({
    path: v.nullish(v.pipe(v.unknown(), v.metadata({ description: PATH_WORDS }))),
  }),
  annotations: READS_STATE,
  call: ({ path }, { peer }) => {
    const expected = "as a non-empty CVM vector, e.g. '[:accounts 0 :balance]'";
    const message = `queryState requires 'path' ${expected}`;
    const keys = pathOf(typeof path === "string" ? path : "", message);
    const value = valueAt(peer.state(), keys);
    if (value === undefined) return answer([["exists", false]]);
    return answer([["exists", true], ...stateFields(value)]);
  },
});

function watchesOf({ watches }: ToolContext): Watches {
  if (watches !== null) return watches;
  throw new ToolError("watchState requires an active GET /mcp stream");
}

const watchState = tool({
  name: "watchState",
  title: "Watch the State",
  description: [
    "Tells of changes of the value at a path by notifications/stateChanged on the stream that the",
    "client has opened with GET /mcp and its Mcp-Session-Id.",
  ].join(" "),
  input: v.object({ path: text("watchState requires 'path' string", PATH_WORDS) }),
  annotations: READS_STATE,
  call: ({ path }, context) => {
    const watches = watchesOf(context);
    const keys = pathOf(path, "watchState requires 'path' as a non-empty CVM vector");
    const { id, value } = watches.add(keys);
    return answer([
      ["watchId", CVMString.of(id)],
      ["value", value],
    ]);
  },
});

const unwatchState = tool({
  name: "unwatchState",
  title: "Stop watching the State",
  description: "Ends a watch by its id, or all whose paths begin with a path: [] ends all.",
  input: v.object({
    watchId: optionalText("watchId", "What watchState answered"),
    path: optionalText("path", PATH_WORDS),
  }),
  annotations: { readOnlyHint: false, idempotentHint: true },
  call: ({ watchId, path }, { watches }) => {
    if (watchId != null) return answer([["removed", watches?.remove(watchId) ?? 0]]);
    if (path == null) throw new ToolError("unwatchState requires 'watchId' or 'path'");
    const prefix = keysOf(path, "path");
    return answer([["removed", watches?.removeBelow(prefix) ?? 0]]);
  },
});

const signingServiceInfo = tool({
  name: "signingServiceInfo",
  title: "Signing service",
  description:
    "Whether this peer keeps keys for clients. It never does: keys stay with their owners.",
  input: v.object({}),
  annotations: READS_STATE,
  call: () => answer([["available", false]]),
});

export const CHAIN_TOOLS: readonly Tool[] = [
  peerStatus,
  getTransaction,
  queryState,
  watchState,
  unwatchState,
  signingServiceInfo,
];
