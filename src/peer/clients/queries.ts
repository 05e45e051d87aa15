// Queries (sheet 05 §1.8, sheet 04 §5.3): what a form or transaction would do on the State at
// finality. Detached: no signature, no sequence, and the State that comes out is dropped. A query
// runs like an Invoke of its account, so that an account without coins has no juice for it.

import { Address } from "../../data/address.ts";
import { MissingDataError, type Value } from "../../data/cell.ts";
import { WorkLimitError, withWorkCap } from "../../data/free-work.ts";
import { SignedData } from "../../data/signed.ts";
import { Vector } from "../../data/vector.ts";
import { MAX_TRANSACTION_JUICE } from "../../state/constants.ts";
import { isHostFailure } from "../../state/host-error.ts";
import { addLongs } from "../../state/long.ts";
import type { Result } from "../../state/result.ts";
import type { ReleaseProfile } from "../../state/rules.ts";
import type { State } from "../../state/state.ts";
import { Invoke, isTransaction, type Transaction } from "../../state/transaction.ts";
import { applyDetached, type FormOrigin, NO_SIGNER } from "../../transition/apply-transaction.ts";
import { peerError, withPeerSource } from "../peer-result.ts";

/** Account that a query without address runs as: the genesis user. */
const DEFAULT_QUERY_ADDRESS = Address.of(11);

/**
 * Units of work without juice for one query and each unit of juice it may have (data/free-work.ts),
 * those of a Multi's transactions counted in with their juice: as much as one has juice for. In a
 * block each may do twice that, and a Multi may go on for an hour; nobody pays for a query, and
 * others wait for it.
 */
const WORK_PER_JUICE = 50;

/**
 * The Result of a form, a transaction or a signed transaction.
 * @param origin whether a form was read from text or decoded
 * @param juiceMax juice there is for it
 * @throws StoreError when the store fails
 */
export function runQuery(
  state: State,
  form: Value,
  address: Address | null,
  profile: ReleaseProfile,
  origin: FormOrigin = "read",
  juiceMax: number = MAX_TRANSACTION_JUICE,
): Result {
  try {
    const transaction = transactionOf(state, form, address ?? DEFAULT_QUERY_ADDRESS);
    if (transaction === null) return nobody();
    const signer = isTransaction(unsigned(form)) ? NO_SIGNER : null;
    const outcome = withWorkCap(juiceMax * WORK_PER_JUICE, () =>
      applyDetached(state, transaction, profile, origin, juiceMax, signer),
    );
    return withPeerSource(outcome.result);
  } catch (error) {
    if (error instanceof MissingDataError) return peerError("MISSING", error.message);
    if (error instanceof WorkLimitError) return tooMuchWork();
    if (isHostFailure(error)) return peerError("EXCEPTION", error.message);
    throw error;
  }
}

/** What a query gets that would keep others waiting. */
export function tooMuchWork(): Result {
  return peerError("EXCEPTION", "Too much work in a query");
}

/** The value of signed data, whose signature does not matter here; else the form itself. */
const unsigned = (form: Value) => (form instanceof SignedData ? form.value : form);

/** Null when the account that a form would run as is not there. */
function transactionOf(state: State, form: Value, address: Address): Transaction | null {
  const value = unsigned(form);
  if (isTransaction(value)) return value;
  const account = state.account(address);
  return account === null ? null : Invoke.of(address, addLongs(account.sequence, 1), form);
}

function nobody(): Result {
  const message = "Query for non-existant account";
  const refused = peerError("NOBODY", message, [
    ["trace", Vector.EMPTY],
    ["eaddr", Address.of(0)],
  ]);
  return refused.withLog(Vector.EMPTY);
}
