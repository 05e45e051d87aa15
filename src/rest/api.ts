// What every request to the API passes: its measuring, CORS, whether it may; then a route of its
// own.

import type { Hono } from "hono";
import { getPathNoStrict } from "hono/utils/url";
import type { Access } from "./access/access.ts";
import type { Clients, RequestEnvironment } from "./access/clients.ts";
import { sendRefusal } from "./content.ts";
import { allowAllOrigins, preflight } from "./cors.ts";
import type { Answering, DirectRoutes } from "./direct-routes.ts";
import { type Exchange, exchangeOf } from "./exchange.ts";
import type { IncomingBodies } from "./incoming-bodies.ts";
import type { RequestMeter } from "./metrics/request-meter.ts";

interface ApiParts {
  readonly app: Hono;
  readonly direct: DirectRoutes;
  readonly clients: Clients;
  /** Null where everybody may ask, at any rate. */
  readonly access: Access | null;
  readonly bodies: IncomingBodies;
  /** Null where nothing is counted. */
  readonly meter: RequestMeter | null;
  /** The response to what a route has thrown. */
  readonly failure: (exchange: Exchange, path: string, error: unknown) => Response;
}

export class Api {
  readonly #parts: ApiParts;

  constructor(parts: ApiParts) {
    this.#parts = parts;
  }

  /** All routes. */
  get routes(): Hono["routes"] {
    return this.#parts.app.routes;
  }

  /** The response to a request; `environment` is what its listener knows of it. */
  async fetch(request: Request, environment: RequestEnvironment = {}): Promise<Response> {
    const { meter, direct } = this.#parts;
    // As hono reads it, so that no spelling of a path passes what another one does not.
    const path = getPathNoStrict(request);
    const begun = meter?.begin(path);
    let response = preflight(request);
    if (response === null) {
      const answer = direct.find(request.method, path);
      try {
        response =
          this.#refusal(request, path, environment) ??
          (await this.#answer(request, answer, environment));
      } catch (error) {
        response = this.#parts.failure(exchangeOf(request), path, error);
      }
      allowAllOrigins(response, request, answer !== undefined);
    }
    if (begun !== undefined) meter?.end(begun, response.status);
    return response;
  }

  #refusal(request: Request, path: string, environment: RequestEnvironment): Response | null {
    const { access, clients, bodies } = this.#parts;
    if (access === null) {
      bodies.expect(request, () => {});
      return null;
    }
    const asker = clients.asker(request, environment);
    const refused = access.refusal(path, asker, Date.now());
    if (refused !== null) return sendRefusal(exchangeOf(request), refused);
    bodies.expect(request, (bytes) => access.countBody(asker, bytes, Date.now()));
    return null;
  }

  #answer(
    request: Request,
    answer: Answering | undefined,
    environment: RequestEnvironment,
  ): Response | Promise<Response> {
    if (answer !== undefined) return answer(exchangeOf(request));
    // What is known of the client now may be gone when the route asks for it.
    const { remote, isSecure } = environment;
    return this.#parts.app.fetch(request, { remote, isSecure });
  }
}
