// GET events: what happens, as it happens, as server-sent events with JSON in them.

import type { Hono } from "hono";
import { clientOf } from "../../net/client-address.ts";
import type { Clients } from "../access/clients.ts";
import { STREAM_AGAIN_S, sendBusy } from "../content.ts";
import { operation, other, refusal } from "../documentation.ts";
import { FeedFullError, type LiveFeed } from "../live/live-feed.ts";
import { TOPICS_QUERY, topicsOf } from "../live/topics.ts";
import { queryInput } from "../request-body.ts";

const EVENT_STREAM = "text/event-stream";

const describeEvents = operation({
  operationId: "getEvents",
  tags: ["Network"],
  summary: "Blocks, transactions, log entries and status as they come",
  description: [
    "Server-sent events named block, transaction, log and status; of what is final.",
    "A reader that comes back with Last-Event-ID is told what it missed, up to 1,000 blocks;",
    "an event named gap says which blocks were left out, rewind that a fork took blocks back.",
  ].join(" "),
  responses: {
    200: other("A stream without end", EVENT_STREAM),
    400: refusal("No such topic, or no Address"),
    503: refusal("Too many subscribers: again after Retry-After seconds"),
  },
});

/** The position that a reader who was here before goes on from; null for a new one. */
function resumedFrom(lastEventId: string | undefined): number | null {
  if (lastEventId === undefined || !/^\d{1,15}$/.test(lastEventId)) return null;
  return Number(lastEventId);
}

/**
 * One stream a request; 503 with Retry-After when the feed is full. `Last-Event-ID` takes it up
 * again.
 */
export function eventRoutes(app: Hono, feed: LiveFeed, clients: Clients): void {
  app.get("/events", describeEvents, queryInput(TOPICS_QUERY), (c) => {
    const topics = topicsOf(c.req.valid("query"));
    const headers = {
      "Content-Type": EVENT_STREAM,
      "Cache-Control": "no-cache",
      "X-Accel-Buffering": "no",
    };
    // Nobody would read the stream, nor end it.
    if (c.req.method === "HEAD") return new Response(null, { headers });
    try {
      const from = resumedFrom(c.req.header("last-event-id"));
      const stream = feed.open(topics, from, clientOf(clients.address(c)));
      return new Response(stream, { headers });
    } catch (error) {
      if (!(error instanceof FeedFullError)) throw error;
      return sendBusy(c, 503, error.message, STREAM_AGAIN_S);
    }
  });
}
