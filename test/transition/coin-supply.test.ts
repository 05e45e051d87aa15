// Coins are neither made nor lost: what accounts, peers and the memory pool hold, with the fees
// that a block is about to distribute, is the same before and after every transaction. Three leaks
// of the reference are kept, and modelled here (sheet 02 T7): nobody pays the fee of a transaction
// refused for want of juice; where the fee exceeds the balance, the balance alone is taken although
// all of the fee is distributed, and what the transaction moved away from its origin is lost.

import { describe, expect, test } from "bun:test";
import type { Blob } from "../../src/data/blob.ts";
import type { AccountStatus } from "../../src/state/account-status.ts";
import type { PeerStatus } from "../../src/state/peer-status.ts";
import type { State } from "../../src/state/state.ts";
import type { Transaction } from "../../src/state/transaction.ts";
import { applyBlock, distributeFees } from "../../src/transition/apply-block.ts";
import { applyTransaction } from "../../src/transition/apply-transaction.ts";
import type { TransactionOutcome } from "../../src/transition/transaction-outcome.ts";
import { CaseRandom } from "../fuzz/random.ts";
import { baseState, someBlock, someTransaction, USER } from "../fuzz/targets/some-block.ts";

const SEED = 41;
const CASES = 600;
const BLOCKS = 120;
const SUPPLY = 10n ** 18n;
const BALANCES = [0, 1, 4_999, 5_200, 6_000, 20_000, 300_000, 10 ** 9];

function supply(state: State): bigint {
  let coins = BigInt(state.memoryValue);
  for (const account of state.accounts) coins += BigInt((account as AccountStatus).balance);
  for (const [, peer] of state.peers.entries()) coins += BigInt((peer as PeerStatus).balance);
  return coins;
}

/** The genesis State with less for its user; what is taken away lies with #0. */
function withBalance(balance: number): State {
  const state = baseState();
  const user = state.account(USER) as AccountStatus;
  const bank = state.account(0) as AccountStatus;
  const moved = BigInt(user.balance) - BigInt(balance);
  const rich = bank.withBalance(Number(BigInt(bank.balance) + moved));
  return state.withAccount(USER, user.withBalance(balance)).withAccount(0, rich);
}

type Ending = "conserved" | "refused" | "broke" | "throws";

function applied(state: State, tx: Transaction): TransactionOutcome | null {
  try {
    return applyTransaction(state, tx);
  } catch (error) {
    // Voids its block: nothing changes.
    if (error instanceof Error && "code" in error) return null;
    throw error;
  }
}

function endingOf(state: State, tx: Transaction): Ending {
  const outcome = applied(state, tx);
  if (outcome === null) return "throws";
  const after = supply(outcome.state) + BigInt(outcome.fees);
  if (outcome.state === state) {
    expect(supply(outcome.state)).toBe(supply(state));
    return "refused";
  }
  const origin = outcome.state.account(tx.origin) as AccountStatus;
  const held = BigInt((state.account(tx.origin) as AccountStatus).balance);
  if (
    outcome.error !== null &&
    origin.balance === 0 &&
    BigInt(outcome.paid) < BigInt(outcome.fees)
  ) {
    // All that the origin had is gone: as fee, or with what it moved away.
    expect(supply(outcome.state)).toBe(supply(state) - held);
    return "broke";
  }
  expect(after).toBe(supply(state));
  return "conserved";
}

describe("the supply of coins", () => {
  test("is the whole of them at genesis", () => expect(supply(baseState())).toBe(SUPPLY));

  test("is kept by transactions, but for the leaks of T7", () => {
    const seen = new Map<Ending, number>();
    for (let i = 0; i < CASES; i++) {
      const random = new CaseRandom(SEED, i);
      const state = withBalance(random.pick(BALANCES));
      const ending = endingOf(state, someTransaction(random, 1));
      seen.set(ending, (seen.get(ending) ?? 0) + 1);
    }
    for (const ending of ["conserved", "refused", "broke"] as const) {
      expect(seen.get(ending) ?? 0).toBeGreaterThan(0);
    }
  });

  test("is kept by fees, also by those of an odd number of copper", () => {
    const state = baseState();
    const [key] = state.peers.entryAt(0) as [Blob, unknown];
    for (const fees of [0, 1, 2, 1001, 10 ** 12 + 1]) {
      const settled = distributeFees(state, key, 1, fees);
      expect(supply(settled) - supply(state)).toBe(BigInt(fees));
    }
  });

  test("is kept by blocks whose transactions can pay", () => {
    for (let i = 0; i < BLOCKS; i++) {
      const state = baseState();
      const { state: after } = applyBlock(state, someBlock(new CaseRandom(SEED, i)));
      expect(supply(after)).toBe(SUPPLY);
    }
  });
});
