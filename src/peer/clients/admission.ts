// Which transactions are let in (sheet 05 §1.10.6, sheet 04 §7), tested against the State at
// finality. A gap in the sequence is let in: what fills it may be on its way. Fees are not tested.

import { hexOfKey } from "../../crypto/hex.ts";
import { keyOf } from "../../crypto/sha3.ts";
import type { Value } from "../../data/cell.ts";
import { MissingDataError } from "../../data/cell.ts";
import { compareIntegers } from "../../data/integer.ts";
import type { SignedData } from "../../data/signed.ts";
import type { Result } from "../../state/result.ts";
import type { State } from "../../state/state.ts";
import { Transaction } from "../../state/transaction.ts";
import type { Store } from "../../store/store.ts";
import { peerError } from "../peer-result.ts";
import type { ExactChecks } from "../signatures/exact-checks.ts";

/**
 * The refusal of a transaction, or null when it is let in. The tests run from cheap to dear.
 * @throws StoreError when the store fails
 */
export function refusalOf(
  signed: SignedData,
  state: State,
  store: Store,
  exact: ExactChecks,
): Result | null {
  try {
    return (
      cheapRefusal(signed, state) ??
      signatureRefusal(exact.verdictOn(signed)) ??
      missingRefusal(signed, store)
    );
  } catch (error) {
    if (error instanceof MissingDataError) return peerError("FORMAT", "Bad Message Format!");
    throw error;
  }
}

/**
 * Whether nothing but its signature and what it names may be wrong with a transaction.
 * @throws StoreError when the store fails
 */
export function isWorthChecking(signed: SignedData, state: State): boolean {
  try {
    return cheapRefusal(signed, state) === null;
  } catch (error) {
    if (error instanceof MissingDataError) return false;
    throw error;
  }
}

function cheapRefusal(signed: SignedData, state: State): Result | null {
  const transaction: Value = signed.value;
  if (!(transaction instanceof Transaction)) return peerError("FORMAT", "Bad Message Format!");
  const account = state.account(transaction.origin);
  if (account === null) return peerError("NOBODY", "Account does not exist");
  if (compareIntegers(transaction.sequence, account.sequence) <= 0) {
    return peerError("SEQUENCE", "Old sequence number");
  }
  const { key } = account;
  if (key === null) {
    return peerError("STATE", "Cannot run external transaction for actor account");
  }
  if (signed.publicKey === null || keyOf(key.toBytes()) !== keyOf(signed.publicKey)) {
    return peerError("SIGNATURE", "Wrong key for account");
  }
  return null;
}

function signatureRefusal(verdict: boolean | null): Result | null {
  if (verdict === true) return null;
  return peerError("SIGNATURE", verdict === false ? "Bad Signature!" : UNDECIDED_SIGNATURE);
}

const UNDECIDED_SIGNATURE =
  "Bad Signature by the usual check, and this peer has made too many exact ones: try again";

function missingRefusal(signed: SignedData, store: Store): Result | null {
  try {
    store.requireComplete(signed);
    return null;
  } catch (error) {
    if (!(error instanceof MissingDataError)) throw error;
    const words = `Transaction data not available: 0x${hexOfKey(error.hashKey)}`;
    return peerError("MISSING", words);
  }
}
