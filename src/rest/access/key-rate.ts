// How many transactions an account key may have taken in through the API. Only what is signed with
// the key and would go into a block counts, so that nobody uses up the rate of another's key.

import { toHex } from "../../crypto/hex.ts";
import type { SignedData } from "../../data/signed.ts";
import { type Rate, RateLimit } from "./rate-limit.ts";

/** A key has had too many transactions taken in. */
export class KeyRateError extends Error {
  /** Seconds until the next may come, rounded up. */
  readonly retryAfterS: number;

  constructor(waitS: number) {
    const retryAfterS = Math.ceil(waitS);
    super(`Too many transactions of this account key: again in ${retryAfterS} s`);
    this.retryAfterS = retryAfterS;
  }
}

export class KeyRate {
  readonly #limit: RateLimit;

  constructor(rate: Rate) {
    this.#limit = new RateLimit(rate);
  }

  /** Counts a transaction that is about to be taken in. @throws KeyRateError */
  take({ publicKey }: SignedData, nowMs: number): void {
    if (publicKey === null) return;
    const waitS = this.#limit.wait(toHex(publicKey), 1, nowMs);
    if (waitS > 0) throw new KeyRateError(waitS);
  }
}
