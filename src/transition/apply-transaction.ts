// hot: see test/bench. Applies one transaction to a State (sheet 03 §7): admission, execution in a
// prepared context, completion. A transaction that is not admitted changes nothing and costs
// nothing. But of one whose account can't pay for any juice the block distributes fees that nobody
// has paid (`outOfJuice`, sheet 02 T7).

import { PUBLIC_KEY_LENGTH } from "../crypto/ed25519.ts";
import { toHex } from "../crypto/hex.ts";
import { Context } from "../cvm/context.ts";
import { CODE } from "../cvm/error-code.ts";
import type { Outcome } from "../cvm/exits.ts";
import { closeEndlessViews } from "../cvm/history/shared-arguments.ts";
import { affordableUpTo } from "../cvm/juice-limit.ts";
import type { BlockPosition, TransactionFacts } from "../cvm/transaction-facts.ts";
import { Address } from "../data/address.ts";
import { Blob } from "../data/blob.ts";
import type { Value } from "../data/cell.ts";
import { hashBytes } from "../data/encode.ts";
import type { Keyword } from "../data/keyword.ts";
import { BlockMemory, withinBlock } from "../data/run-memory.ts";
import type { SignedData } from "../data/signed.ts";
import type { AccountStatus } from "../state/account-status.ts";
import { MAX_TRANSACTION_JUICE } from "../state/constants.ts";
import { HostError } from "../state/host-error.ts";
import { addLongs } from "../state/long.ts";
import { PROFILE_0_8_5, type ReleaseProfile, type Rules } from "../state/rules.ts";
import type { State } from "../state/state.ts";
import { Invoke, Multi, Transaction } from "../state/transaction.ts";
import { completeTransaction, outOfJuice } from "./completion.ts";
import { machineError, TransactionOutcome } from "./transaction-outcome.ts";
import { applyMulti } from "./transactions/multi.ts";
import { applySimple } from "./transactions/simple.ts";

/** Where a form comes from: read from text here, or decoded from bytes (T9). */
export type FormOrigin = "read" | "decoded";

/**
 * `*signer*` in a transaction that nobody signed: 32 zero bytes. In a form of a query it is nil.
 */
export const NO_SIGNER = Blob.of(new Uint8Array(PUBLIC_KEY_LENGTH));

/**
 * Applies a signed transaction of a block.
 * @throws HostError when what is signed is no transaction, or execution makes the reference throw:
 *   the block is void
 * @throws MissingDataError when a cell is absent from the store
 */
export function applySigned(
  state: State,
  signed: SignedData,
  position: BlockPosition,
  rules: Rules,
): TransactionOutcome {
  const tx = signed.value;
  if (!(tx instanceof Transaction)) {
    throw new HostError(`Not a signed transaction: 0x${toHex(hashBytes(signed))}`);
  }
  const account = state.account(tx.origin);
  if (account === null) return refuseMissing(state, tx);
  const refused = refuseAccount(state, tx, account) ?? refuseSignature(state, signed, account);
  if (refused !== null) return refused;
  return execute(state, tx, account, rules, {
    blockNumber: position.blockNumber,
    index: position.index,
    signer: account.key,
    peer: position.peer,
  });
}

/**
 * Applies a transaction that nobody signed, outside of blocks: what it would do if the owner of its
 * account sent it now. `*signer*` is 32 zero bytes, `*peer*` nil. For tools and tests; a block
 * applies by `applySigned`, a query by `applyDetached`.
 * @throws as applySigned
 */
export function applyTransaction(
  state: State,
  tx: Transaction,
  profile: ReleaseProfile = PROFILE_0_8_5,
  form: FormOrigin = "read",
): TransactionOutcome {
  const account = state.account(tx.origin);
  if (account === null) return refuseMissing(state, tx);
  return refuseAccount(state, tx, account) ?? executeDetached(state, tx, account, profile, form);
}

/**
 * Applies a transaction as a query does (sheet 04 §5.3): as applyTransaction, but the sequence does
 * not matter, nor whether the account has a key.
 * @param juiceMax most juice for it; the balance of the account can mean less
 * @param signer value of `*signer*`: null for a form, NO_SIGNER for a transaction
 * @throws as applySigned
 */
export function applyDetached(
  state: State,
  tx: Transaction,
  profile: ReleaseProfile,
  form: FormOrigin,
  juiceMax: number,
  signer: Blob | null,
): TransactionOutcome {
  const account = state.account(tx.origin);
  if (account === null) return refuse(state, CODE.NOBODY, "Account does not exist");
  const memory = new BlockMemory();
  const outcome = withinBlock(memory, () =>
    executeDetached(state, tx, account, profile, form, juiceMax, signer),
  );
  closeEndlessViews(memory);
  return outcome;
}

function executeDetached(
  state: State,
  tx: Transaction,
  account: AccountStatus,
  profile: ReleaseProfile,
  form: FormOrigin,
  juiceMax = MAX_TRANSACTION_JUICE,
  signer: Blob | null = NO_SIGNER,
): TransactionOutcome {
  const rules = profile.rulesAt(state.protocolVersion);
  const { blockNumber } = state;
  const transaction = { blockNumber, index: 0, signer, peer: null };
  const readForm = form === "read" && tx instanceof Invoke ? tx.command : undefined;
  return execute(state, tx, account, rules, transaction, readForm, juiceMax);
}

/** The refusal of a transaction whose account does not exist. */
function refuseMissing(state: State, tx: Transaction): TransactionOutcome {
  const text = `Transaction for non-existent Account: #${tx.origin.value}`;
  return refuse(state, CODE.NOBODY, text);
}

/** The refusal of a wrong sequence, or of an actor as origin; null when there is none. */
function refuseAccount(
  state: State,
  tx: Transaction,
  account: AccountStatus,
): TransactionOutcome | null {
  const expected = addLongs(account.sequence, 1);
  if (tx.sequence !== expected) {
    return refuse(state, CODE.SEQUENCE, `Sequence = ${tx.sequence} but expected ${expected}`);
  }
  if (account.key !== null) return null;
  const text = `Transaction for account that is an Actor: #${tx.origin.value}`;
  return refuse(state, CODE.STATE, text);
}

/**
 * The refusal of a wrong key or signature; null when there is none. Signed data without key never
 * gets here: no cell can hold it (sheet 01 §9).
 */
function refuseSignature(
  state: State,
  signed: SignedData,
  account: AccountStatus,
): TransactionOutcome | null {
  const { publicKey } = signed;
  const key = (account.key as Blob).toBytes();
  if (publicKey !== null && Buffer.compare(publicKey, key) === 0 && signed.isSigned()) return null;
  return refuse(state, CODE.SIGNATURE, "Bad Signature!");
}

/** A transaction without effect and fees. */
function refuse(state: State, code: Keyword, message: string): TransactionOutcome {
  return TransactionOutcome.withoutEffect(state, machineError(code, message, Address.of(0)), 0);
}

function execute(
  state: State,
  tx: Transaction,
  account: AccountStatus,
  rules: Rules,
  transaction: TransactionFacts,
  readForm?: Value,
  juiceMax = MAX_TRANSACTION_JUICE,
): TransactionOutcome {
  const price = state.juicePrice;
  if (price === 0) throw new HostError("Juice price is zero");
  const juiceLimit = affordableUpTo(juiceMax, account.balance, price);
  if (juiceLimit === 0) return outOfJuice(state, tx, readForm);
  const ctx = new Context({
    state,
    origin: tx.origin,
    juiceLimit,
    transaction,
    readForm,
    sent: tx,
  });
  ctx.knowOrigin(account);
  return completeTransaction(state, ctx, tx, apply(ctx, tx, rules), readForm);
}

function apply(ctx: Context, tx: Transaction, rules: Rules): Outcome {
  return tx instanceof Multi ? applyMulti(ctx, tx, rules) : applySimple(ctx, tx, rules);
}
