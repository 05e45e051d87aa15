// Signatures that the native check refuses and the network might accept. The exact check, which
// decides, takes 0.1–0.4 ms of the main thread, and anybody can send signatures that need it.
// Nobody makes a signature by accident that the exact check alone accepts. So where the choice is
// this peer's own (what it takes in, what it votes with) there are only so many exact checks each
// second; blocks are executed with all that they need (sheet 04 §14).

import type { SignedData } from "../../data/signed.ts";
import { Allowance } from "../allowance.ts";
import { EXACT_CHECKS_PER_SECOND } from "../bounds.ts";
import type { Clock } from "../clock.ts";

export class ExactChecks {
  readonly #allowance: Allowance;

  constructor(clock: Clock) {
    const most = EXACT_CHECKS_PER_SECOND;
    this.#allowance = new Allowance(clock, { perSecond: most, atOnce: most });
  }

  /**
   * Whether data is signed; null when only an exact check could tell, and there have been too many.
   */
  verdictOn(signed: SignedData): boolean | null {
    if (signed.isStrictlySigned()) return true;
    if (signed.verified === null && !this.#allowance.take(1)) return null;
    return signed.isSigned();
  }
}
