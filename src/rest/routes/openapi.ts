// The OpenAPI 3.1 document, made from the schemas that validate requests: /openapi.json, and
// /openapi, where clients of the reference look for it.

import type { Context, Hono } from "hono";
import { generateSpecs } from "hono-openapi";
import packageJson from "../../../package.json" with { type: "json" };
import { sendJson } from "../content.ts";
import { refusal } from "../documentation.ts";

const DOCUMENTATION = {
  info: {
    title: "Convex peer API",
    version: packageJson.version,
    description: [
      "The HTTP API of a Convex peer, compatible with that of the Java reference 0.8.5.",
      "",
      "Errors of code and refusals by consensus are Results with status 200 and an errorCode;",
      "other statuses mean that the request itself could not be served.",
      "Media types are chosen by Accept: JSON, application/cvx (text), application/cvx-raw (CAD3).",
    ].join("\n"),
    license: { name: "Apache-2.0", identifier: "Apache-2.0" },
  },
  servers: [{ url: "/" }],
  components: {
    securitySchemes: {
      operator: { type: "http" as const, scheme: "bearer", description: "The operator's token" },
    },
  },
};

/** What any route may answer, by who asks and how often. */
const ACCESS = {
  responses: {
    401: refusal("The operator has this API need a token"),
    403: refusal("The operator has this API answer other addresses"),
    429: refusal("Too many requests: again after Retry-After seconds"),
    503: refusal("Too much waits to be done: again after Retry-After seconds"),
  },
};

/** The document of an app's routes. */
function openApiDocument(app: Hono): Promise<object> {
  return generateSpecs(app, {
    excludeStaticFile: false,
    documentation: DOCUMENTATION,
    defaultOptions: { GET: ACCESS, POST: ACCESS, DELETE: ACCESS },
  });
}

/** The document is made at the first request, of all routes that the app has then, and kept. */
export function openApiRoutes(app: Hono): void {
  let text: Promise<string> | null = null;
  const send = async (_c: Context) => {
    text ??= openApiDocument(app).then((document) => JSON.stringify(document));
    return sendJson(await text);
  };
  app.get("/openapi.json", send);
  app.get("/openapi", send);
}
