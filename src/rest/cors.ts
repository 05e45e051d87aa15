// CORS (sheet 05 §1.6): the API may be asked by pages of any origin. It knows no cookies, so that
// there is nothing for such a page to abuse.

import type { MiddlewareHandler } from "hono";

const PREFLIGHT = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Methods": "GET,HEAD,PUT,PATCH,POST,DELETE",
  // Authorization beyond what the reference allows: pages of the operator show a token by it.
  "Access-Control-Allow-Headers": "content-type, authorization",
  Vary: "Origin, Access-Control-Request-Headers",
};

export const allowAllOrigins: MiddlewareHandler = async (c, next) => {
  if (c.req.method === "OPTIONS") return new Response(null, { status: 204, headers: PREFLIGHT });
  await next();
  c.res.headers.set("Access-Control-Allow-Origin", "*");
  if (c.req.header("origin") !== undefined) c.res.headers.append("Vary", "Origin");
};
