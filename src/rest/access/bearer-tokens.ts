// Bearer tokens (RFC 6750): secrets that a request shows to be let in. Only their hashes are kept,
// and compared in constant time.

import { createHash, timingSafeEqual } from "node:crypto";

/** Fewer characters could be guessed. */
const TOKEN_LENGTH_MIN = 16;

/** A token that is no secret. */
export class TokenError extends Error {}

const digest = (token: string) => createHash("sha256").update(token).digest();

export class BearerTokens {
  readonly #digests: readonly Buffer[];

  /** @throws TokenError when one is too short */
  constructor(tokens: readonly string[]) {
    for (const token of tokens) {
      if (token.length >= TOKEN_LENGTH_MIN) continue;
      throw new TokenError(`an API token must have at least ${TOKEN_LENGTH_MIN} characters`);
    }
    this.#digests = tokens.map(digest);
  }

  /** The number of the token that an Authorization header shows, null when it shows none. */
  shown(authorization: string | undefined): number | null {
    const token = /^bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) return null;
    const shown = digest(token);
    // All are compared, so that the time does not tell which one was close.
    const matches = this.#digests.map((known) => timingSafeEqual(known, shown));
    const index = matches.indexOf(true);
    return index < 0 ? null : index;
  }
}
