// Where signatures of transactions are checked before the transactions are taken in: on other threads
// where there are some, so that the main one has its time for consensus. The verdict is left in the
// SignedData.

import { verifyAside } from "../crypto/ed25519.ts";
import type { SignedData } from "../data/signed.ts";

export interface SignatureChecks {
  /** Calls `done` when the signature has been looked at as far as it is worth doing aside. */
  check(signed: SignedData, done: () => void): void;
}

/** Leaves the check to whoever asks for the verdict. */
export const CHECK_IN_PLACE: SignatureChecks = {
  check: (_signed, done) => done(),
};

/**
 * On threads of the system's. What they refuse is left to the exact check, which is dearer and rare: only
 * who makes a bad signature on purpose has one.
 */
export const CHECK_ASIDE: SignatureChecks = {
  check: (signed, done) => {
    const { publicKey } = signed;
    if (publicKey === null || signed.verified !== null) {
      done();
      return;
    }
    verifyAside(publicKey, signed.signedBytes(), signed.signature, (isAccepted) => {
      if (isAccepted) signed.setVerified(true);
      else signed.setStrictlyRefused();
      done();
    });
  },
};
