// GET /livez and /readyz: for those who restart peers, and those who send traffic to them. What the
// two say is the truth about consensus, not about HTTP. A reader may ask for more than the peer
// itself does: `max_seconds_behind` and `min_peers`.

import type { Hono } from "hono";
import * as v from "valibot";
import type { PeerHealth } from "../../peer/health.ts";
import { lagMs } from "../../peer/lag.ts";
import type { PeerApi } from "../../peer/peer-api.ts";
import { json, operation, refusal } from "../documentation.ts";
import { queryInput } from "../request-body.ts";
import { HEALTH, LIVE } from "../response-schemas.ts";

const READY = 200;
const SYNCING = 206;
const UNAVAILABLE = 503;

const describeLive = operation({
  operationId: "getLive",
  tags: ["Operator"],
  summary: "Whether restarting this peer would help",
  responses: { 200: json("It lives", LIVE), 503: json("It has stopped for good", LIVE) },
});

const describeReady = operation({
  operationId: "getReady",
  tags: ["Operator"],
  summary: "Whether this peer does its part in consensus",
  responses: {
    200: json("It does", HEALTH),
    206: json("It is catching up", HEALTH),
    400: refusal("Not a number"),
    503: json("It does not, for the reason that is named", HEALTH),
  },
});

function limitParameter(name: string, description: string) {
  return v.optional(
    v.pipe(
      v.string(),
      v.metadata({ description, type: "number" }),
      v.regex(/^\d{1,9}(?:\.\d{1,9})?$/, `Parameter '${name}' must be a number`),
      v.transform(Number),
    ),
  );
}

const DEMANDS = v.object({
  max_seconds_behind: limitParameter(
    "max_seconds_behind",
    "Longest that a known block may wait to be executed",
  ),
  min_peers: limitParameter("min_peers", "Least number of other peers there is a connection to"),
});

type Demands = v.InferOutput<typeof DEMANDS>;

/** What the reader asks for and does not get, null when nothing. */
function shortfall(
  { max_seconds_behind: secondsMax, min_peers: peersMin }: Demands,
  secondsBehind: number,
  peers: number,
): string | null {
  if (secondsMax !== undefined && secondsBehind > secondsMax) {
    return `Behind by ${secondsBehind.toFixed(1)} s: at most ${secondsMax} are asked for`;
  }
  if (peersMin !== undefined && peers < peersMin) {
    return `Connected to ${peers} peers: at least ${peersMin} are asked for`;
  }
  return null;
}

/** @param health asked at each request */
export function healthRoutes(app: Hono, peer: PeerApi, health: () => PeerHealth): void {
  app.get("/livez", describeLive, (c) => {
    const { isLive, obstacle } = health();
    if (isLive) return c.json({ status: "live" });
    return c.json({ status: "halted", reason: obstacle }, UNAVAILABLE);
  });

  app.get("/readyz", describeReady, queryInput(DEMANDS), (c) => {
    const { isReady, isStuck, role, obstacle, isStale, position, backlog, points, peers } =
      health();
    const secondsBehind = lagMs(peer, Date.now()) / 1000;
    const unmet = shortfall(c.req.valid("query"), secondsBehind, peers);
    const isServing = isReady && unmet === null;
    const isSyncing = !isServing && !isStuck && unmet === null && backlog > 0;
    const status = isServing ? "ready" : isSyncing ? "syncing" : "not ready";
    const reason = obstacle ?? unmet;
    const figures = { secondsBehind, peers, stale: isStale, position, backlog, points };
    const code = isServing ? READY : isSyncing ? SYNCING : UNAVAILABLE;
    return c.json({ status, role, reason, ...figures }, code);
  });
}
