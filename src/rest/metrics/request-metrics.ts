// Metrics of the HTTP API: how many requests, how they ended, how long they took.

import type { MiddlewareHandler } from "hono";
import { Counter, Gauge, Histogram, type Registry } from "./prom.ts";

/** Seconds: answers in a millisecond, results at finality, the longest wait there is. */
const BUCKETS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 8];

/** Kinds of requests by the first words of their path; the rest is `read`. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ["query", "query"],
  ["transaction", "transact"],
  ["transact", "transact"],
  ["message", "message"],
  ["createAccount", "faucet"],
  ["faucet", "faucet"],
]);

function kindOf(path: string): string {
  const [, first = "", , third = ""] = path.split("/");
  if (first === "mcp") return "mcp";
  return (first === "api" ? KINDS.get(third) : undefined) ?? "read";
}

/** Middleware that measures every request. */
export function requestMetrics(registry: Registry): MiddlewareHandler {
  const registers = [registry];
  const total = new Counter({
    name: "convex_http_requests_total",
    help: "Answered requests by kind and class of status",
    labelNames: ["kind", "status"],
    registers,
  });
  const duration = new Histogram({
    name: "convex_http_request_seconds",
    help: "Time from a request to its answer, by kind",
    labelNames: ["kind"],
    buckets: BUCKETS,
    registers,
  });
  const open = new Gauge({
    name: "convex_http_requests_open",
    help: "Requests that wait for their answer",
    registers,
  });
  return async (c, next) => {
    const startedAt = performance.now();
    const kind = kindOf(c.req.path);
    open.inc();
    try {
      await next();
    } finally {
      open.dec();
      duration.observe({ kind }, (performance.now() - startedAt) / 1000);
      total.inc({ kind, status: `${Math.floor(c.res.status / 100)}xx` });
    }
  };
}
