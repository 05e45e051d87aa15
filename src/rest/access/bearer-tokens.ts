// Bearer tokens (RFC 6750): secrets that a request shows to be let in. Only their hashes are kept,
// and compared in constant time.

import { createHash, timingSafeEqual } from "node:crypto";

/** Fewer characters could be guessed. */
const TOKEN_LENGTH_MIN = 16;

/** A token that is no secret, or that no request can show. */
export class TokenError extends Error {}

const digest = (token: string) => createHash("sha256").update(token).digest();

export class BearerTokens {
  readonly #digests: readonly Buffer[];

  /** @throws TokenError when one is too short, or is cut off where it is shown */
  constructor(tokens: readonly string[]) {
    for (const token of tokens) {
      if (token.length < TOKEN_LENGTH_MIN)
        throw new TokenError(`a token must have at least ${TOKEN_LENGTH_MIN} characters`);
      // What else a header can't carry would be another token there.
      if (!/^[\x21-\x7e]+$/.test(token))
        throw new TokenError("a token has no spaces, and no other characters than those of ASCII");
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
