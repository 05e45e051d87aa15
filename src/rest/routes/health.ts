// GET /livez and /readyz: for those who restart peers, and those who send traffic to them. What the two say
// is the truth about consensus, not about HTTP.

import type { Hono } from "hono";
import type { PeerHealth } from "../../peer/health.ts";

const UNAVAILABLE = 503;

export function healthRoutes(app: Hono, health: () => PeerHealth): void {
  app.get("/livez", (c) => {
    const { isLive, obstacle } = health();
    if (isLive) return c.json({ status: "live" });
    return c.json({ status: "halted", reason: obstacle }, UNAVAILABLE);
  });
  app.get("/readyz", (c) => {
    const { isReady, role, obstacle, ...figures } = health();
    const { position, backlog, points, isStale } = figures;
    const status = isReady ? "ready" : "not ready";
    const body = { status, role, reason: obstacle, stale: isStale, position, backlog, points };
    return isReady ? c.json(body) : c.json(body, UNAVAILABLE);
  });
}
