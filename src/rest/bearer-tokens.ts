// Bearer tokens (RFC 6750): secrets that a request shows to be let in. Only their hashes are kept, and
// compared in constant time.

import { createHash, timingSafeEqual } from "node:crypto";
import type { Context } from "hono";

/** Fewer characters could be guessed. */
export const TOKEN_LENGTH_MIN = 16;

const digest = (token: string) => createHash("sha256").update(token).digest();

export class BearerTokens {
  readonly #digests: readonly Buffer[];

  /** @throws Error when a token is too short to be a secret */
  constructor(tokens: readonly string[]) {
    for (const token of tokens) {
      if (token.length >= TOKEN_LENGTH_MIN) continue;
      throw new Error(`an API token must have at least ${TOKEN_LENGTH_MIN} characters`);
    }
    this.#digests = tokens.map(digest);
  }

  /** Whether the request shows one of the tokens. */
  accepts(c: Context): boolean {
    const header = c.req.header("authorization") ?? "";
    const token = /^bearer +(\S+)$/i.exec(header)?.[1];
    if (token === undefined) return false;
    const shown = digest(token);
    // All are compared, so that the time does not tell which one was close.
    return this.#digests.filter((known) => timingSafeEqual(known, shown)).length > 0;
  }
}
