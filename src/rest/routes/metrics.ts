// GET /metrics, for Prometheus.

import type { Hono } from "hono";
import { operation, other } from "../documentation.ts";
import type { Metrics } from "../metrics/metrics.ts";

const describeMetrics = operation({
  operationId: "getMetrics",
  tags: ["Operator"],
  summary: "Figures of this peer for Prometheus",
  responses: { 200: other("The text format of Prometheus", "text/plain") },
});

/** Asks nobody for a token: who may read them is for the rules of access, as group `metrics`. */
export function metricsRoutes(app: Hono, metrics: Metrics): void {
  app.get("/metrics", describeMetrics, async () => {
    const headers = { "Content-Type": metrics.contentType };
    return new Response(await metrics.text(), { headers });
  });
}
