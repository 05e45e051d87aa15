// The end of a transaction (sheet 03 §7.4): fees, memory accounting, sequence. Two defects of the
// reference are reproduced (sheet 02 T7): an account that can't pay for its juice pays what it has,
// while the block distributes the full fee; and its record stays as execution has left it, although
// everything else is undone.

import type { Context } from "../cvm/context.ts";
import { CODE } from "../cvm/error-code.ts";
import { ErrorExit, EXIT, type Outcome } from "../cvm/exits.ts";
import { canonicaliseAll } from "../cvm/history/array-vectors.ts";
import type { Integer, Value } from "../data/cell.ts";
import { lesser } from "../data/integer.ts";
import { memorySize } from "../data/memory-size.ts";
import type { AccountStatus } from "../state/account-status.ts";
import { HostError } from "../state/host-error.ts";
import { addLongs, subtractLongs } from "../state/long.ts";
import { swapPrice } from "../state/memory-pool.ts";
import type { State } from "../state/state.ts";
import type { Transaction } from "../state/transaction.ts";
import { feesDistributed, feesDue, transactionJuice } from "./fees.ts";
import {
  machineError,
  SOURCE,
  type TransactionError,
  TransactionOutcome,
} from "./transaction-outcome.ts";

/** What a transaction leaves before fees are paid and the sequence moves. */
interface Settlement {
  readonly state: State;
  /** Record of the origin. */
  readonly account: AccountStatus;
  /** Copper spent on memory. */
  readonly memorySpend: Integer;
  /** Bytes by which the State has grown. */
  readonly memoryUsed: Integer;
  readonly error: TransactionError | null;
}

/**
 * Settles a transaction that ran in `ctx` and ended with `outcome`.
 * @param before State in which the transaction was applied
 * @param readForm what it runs, if that was read from text
 * @throws MemoryTradeError when it needs the whole memory pool or more (sheet 02 T4)
 */
export function completeTransaction(
  before: State,
  ctx: Context,
  tx: Transaction,
  outcome: Outcome,
  readForm?: Value,
): TransactionOutcome {
  const price = before.juicePrice;
  const txJuice = transactionJuice(tx, readForm);
  const due = feesDue(ctx.juice, txJuice, price);
  const account = existing(ctx.accountAt(tx.origin));
  const isBroke = due > account.balance;
  const paidForJuice = isBroke ? account.balance : due;
  let settled: Settlement;
  if (isBroke) settled = juiceFailure(before, tx, account, due);
  else if (outcome === EXIT) settled = failed(ctx, account);
  else settled = accountMemory(before, ctx.state, account, tx, due);
  const paid = addLongs(paidForJuice, settled.memorySpend);
  const charged = settled.account.withBalanceAndSequence(
    subtractLongs(settled.account.balance, paid),
    addLongs(settled.account.sequence, 1),
  );
  return new TransactionOutcome({
    state: settled.state.withAccount(tx.origin, charged),
    error: settled.error,
    value: outcome === EXIT ? null : outcome,
    log: ctx.log,
    juice: ctx.juice,
    fees: feesDistributed(ctx.juice, txJuice, price),
    paid,
    memoryUsed: settled.memoryUsed,
  });
}

/** The outcome of a transaction whose account can't pay for any juice: nothing changes. */
export function outOfJuice(state: State, tx: Transaction, readForm?: Value): TransactionOutcome {
  const fees = feesDistributed(0, transactionJuice(tx, readForm), state.juicePrice);
  return TransactionOutcome.withoutEffect(state, machineError(CODE.JUICE, "Out of juice!"), fees);
}

/** The account can't pay `due` copper for juice. */
function juiceFailure(
  before: State,
  tx: Transaction,
  account: AccountStatus,
  due: Integer,
): Settlement {
  // The misspelt word is the reference's, and part of the Result.
  const message = `Insuffienct balance to cover juice fees of ${due}`;
  return {
    state: before,
    account,
    memorySpend: 0,
    memoryUsed: 0,
    error: machineError(CODE.JUICE, message, tx.origin),
  };
}

/** Execution ended with an error or failure; the State was rolled back then. */
function failed(ctx: Context, account: AccountStatus): Settlement {
  const { exit } = ctx;
  const error: TransactionError =
    exit instanceof ErrorExit
      ? {
          code: exit.code,
          message: exit.message,
          source: SOURCE.CODE,
          origin: { trace: exit.trace, address: exit.address },
        }
      : machineError(CODE.JUICE, "Out of juice!");
  return { state: ctx.state, account, memorySpend: 0, memoryUsed: 0, error };
}

/**
 * Memory accounting (CAD006): memory used is taken from the allowance first, and the rest bought
 * from the pool; memory freed is added to the allowance. An allowance can be negative: then nothing
 * is taken from it, and what is to be bought can wrap around to nothing (T52).
 * @throws MemoryTradeError as completeTransaction
 */
function accountMemory(
  before: State,
  after: State,
  account: AccountStatus,
  tx: Transaction,
  juiceFee: Integer,
): Settlement {
  canonicaliseAll();
  const used = before === after ? 0 : subtractLongs(memorySize(after), memorySize(before));
  const { allowance } = account;
  // What is freed is taken negatively.
  const taken = used <= 0 ? used : lesser(allowance, used);
  const isChanged = used < 0 || taken > 0;
  const settled = isChanged ? account.withAllowance(subtractLongs(allowance, taken)) : account;
  const need = subtractLongs(used, taken);
  if (need <= 0) {
    return {
      state: after,
      account: settled,
      memorySpend: 0,
      memoryUsed: used,
      error: null,
    };
  }
  const poolBytes = after.memoryPool;
  const poolCoins = after.memoryValue;
  const spend = swapPrice(need, poolBytes, poolCoins);
  if (subtractLongs(account.balance, juiceFee) < spend) return memoryFailure(before, tx, used);
  return {
    state: after.withMemoryPool(subtractLongs(poolBytes, need), addLongs(poolCoins, spend)),
    account: settled,
    memorySpend: spend,
    memoryUsed: used,
    error: null,
  };
}

/** The account can't pay for the memory: all is undone, and only juice paid for. */
function memoryFailure(before: State, tx: Transaction, memoryUsed: Integer): Settlement {
  const message = `Unable to allocate additional memory required for transaction (${memoryUsed} bytes)`;
  return {
    state: before,
    account: existing(before.account(tx.origin)),
    memorySpend: 0,
    memoryUsed,
    error: machineError(CODE.MEMORY, message, tx.origin),
  };
}

/** @throws HostError when there is no account */
function existing(account: AccountStatus | null): AccountStatus {
  if (account === null) throw new HostError("Transaction origin without account");
  return account;
}
