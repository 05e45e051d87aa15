// Balances beyond 2^63 are negative, as those of peers are (T49), whose coins accounts can get.

import { expect, test } from "bun:test";
import { CODE } from "../../../src/cvm/error-code.ts";
import { affordableUpTo } from "../../../src/cvm/juice-limit.ts";
import { Address } from "../../../src/data/address.ts";
import type { AccountStatus } from "../../../src/state/account-status.ts";
import type { State } from "../../../src/state/state.ts";
import { applyTransaction } from "../../../src/transition/apply-transaction.ts";
import { testGenesis } from "../../genesis/test-genesis.ts";
import { invoke, OTHER, smallState, transfer } from "../../transition/small-network.ts";

const MAX = 2n ** 63n - 1n;
const rich = (state: State, address: number): State => {
  const account = state.account(address) as AccountStatus;
  return state.withAccount(Address.of(address), account.withBalance(MAX));
};

test("coins for an account that has 2^63 - 1 make its balance negative", () => {
  const { state, error } = applyTransaction(rich(smallState(), OTHER), transfer(OTHER, 10));
  expect(error).toBeNull();
  expect(state.account(OTHER)?.balance).toBe(-(2n ** 63n) + 9n);
});

test("who sells memory with 2^63 - 1 coins is left without juice", () => {
  const sale = invoke("(set-memory 0)", 1, OTHER);
  const { error, juice } = applyTransaction(rich(testGenesis(), OTHER), sale);
  expect(affordableUpTo(100, -(2n ** 63n), 10)).toBe(0);
  expect([error?.code, juice]).toEqual([CODE.JUICE, 0]);
});
