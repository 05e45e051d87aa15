// The accounts of a genesis State and what they own (sheet 03 §5.2). Amounts are in copper. The
// addresses are named in the libraries and by every client: they are part of the protocol.

import { Address } from "../data/address.ts";
import type { Blob } from "../data/blob.ts";
import type { Integer } from "../data/cell.ts";
import { integer } from "../data/integer.ts";
import { AccountStatus } from "../state/account-status.ts";
import {
  DIAMOND,
  EMERALD,
  INITIAL_ACCOUNT_ALLOWANCE,
  INITIAL_MEMORY_POOL,
  INITIAL_MEMORY_PRICE,
} from "../state/constants.ts";

export const FOUNDATION = Address.of(2);
export const GOVERNANCE = Address.of(6);
export const ADMIN = Address.of(7);
export const REGISTRY = Address.of(9);
export const GENESIS_USER = Address.of(11);
/** Controller of the first peer; those of the other peers follow. */
export const FIRST_CONTROLLER = Address.of(12);
/** First address of the standard libraries, unless there are more accounts before. */
export const FIRST_LIBRARY_ADDRESS = 64;
/** Up to this address, reserved actors follow the libraries. */
export const FIRST_FREE_ADDRESS = 128;

/** All coins that are not held by governance accounts at the beginning. */
const CIRCULATING = BigInt(EMERALD);
/** Coins in the memory pool. */
const POOL_COINS = BigInt(INITIAL_MEMORY_POOL) * BigInt(INITIAL_MEMORY_PRICE);
/** Four fifths of what is left belong to users, the rest is stake. */
const USER_COINS = ((CIRCULATING - POOL_COINS) * 4n) / 5n;
const GENESIS_USER_COINS = USER_COINS / 2n;
const CONTROLLER_COINS = USER_COINS - GENESIS_USER_COINS;
const STAKE_COINS = CIRCULATING - POOL_COINS - USER_COINS;

/** Accounts #0 to #7: burn pool, init, foundation, three reserves, governance, administration. */
export function governanceAccounts(governanceKey: Blob, genesisKey: Blob): AccountStatus[] {
  const held = (balance: Integer, key: Blob): AccountStatus =>
    AccountStatus.EMPTY.with({ key, balance, controller: FOUNDATION });
  return [
    AccountStatus.EMPTY,
    AccountStatus.EMPTY,
    AccountStatus.EMPTY.with({ key: governanceKey, balance: EMERALD }),
    held(integer(248n * BigInt(EMERALD)), governanceKey),
    held(integer(740n * BigInt(EMERALD)), governanceKey),
    held(integer(10n * BigInt(EMERALD) - 2n * BigInt(DIAMOND)), governanceKey),
    held(DIAMOND, governanceKey),
    held(DIAMOND, genesisKey),
  ];
}

/**
 * Accounts from #11 up to the first library: genesis user, controllers of peers, spare accounts.
 * There is at least one spare account, the first user. In the reference it has a key of its own,
 * the same on every network (FIRST_USER_KEY); here it has the genesis key as the others have, so
 * that nobody outside holds a key to an account of a new network.
 */
export function userAccounts(genesisKey: Blob, peerKeys: readonly Blob[]): AccountStatus[] {
  const user = (key: Blob, balance: Integer): AccountStatus =>
    AccountStatus.EMPTY.with({
      key,
      balance,
      allowance: INITIAL_ACCOUNT_ALLOWANCE,
      controller: ADMIN,
    });
  const accounts = [user(genesisKey, integer(GENESIS_USER_COINS))];
  shares(CONTROLLER_COINS, peerKeys.length).forEach((balance, i) => {
    accounts.push(user(i === 0 ? genesisKey : (peerKeys[i] as Blob), balance));
  });
  accounts.push(user(genesisKey, 0));
  const spare = FIRST_LIBRARY_ADDRESS - Number(GENESIS_USER.value) - accounts.length;
  for (let i = 0; i < spare; i++) accounts.push(user(genesisKey, 0));
  return accounts;
}

/** An account that waits for a use. */
export function reservedActor(): AccountStatus {
  return AccountStatus.EMPTY.with({ controller: ADMIN });
}

/** Stake of each of so many peers. */
export function peerStakes(count: number): Integer[] {
  return shares(STAKE_COINS, count);
}

/** Divides coins into parts that differ by at most one. */
function shares(coins: bigint, count: number): Integer[] {
  let left = coins;
  return Array.from({ length: count }, (_, i) => {
    const share = left / BigInt(count - i);
    left -= share;
    return integer(share);
  });
}
