// Routes that are asked thousands of times a second: they are answered without hono's router,
// context and middleware, which take a third of the time of a query. They are routes of the app as
// well, by the same function: there the document of the API finds them.

import type { Hono, MiddlewareHandler } from "hono";
import type { Exchange } from "./exchange.ts";

export type Answering = (exchange: Exchange) => Promise<Response>;

export class DirectRoutes {
  readonly #base: string;
  readonly #answers = new Map<string, Answering>();

  /** @param base path below which the routes are */
  constructor(base: string) {
    this.#base = base;
  }

  /** Adds a route to the app, and to these. */
  post(app: Hono, path: string, documents: MiddlewareHandler[], answer: Answering): void {
    app.on("POST", [path], ...documents, answer);
    this.#answers.set(this.#base + path, answer);
  }

  /** What answers a request, undefined when the app does. */
  find(method: string, path: string): Answering | undefined {
    return method === "POST" ? this.#answers.get(path) : undefined;
  }
}
