// hot: see test/bench. Accounts that a State has and its accounts vector does not have yet. Of the
// States that follow each other while a block runs nobody looks at any vector but the last one's: a
// transfer by way of vectors copies a path for each account, and the next one copies it again.
//
// A persistent map after Baker: the version written or read last owns the table, an older one holds
// its difference to the one that came out of it. Reading an older version moves the table there,
// which takes as many steps as there were writes between, mostly one to three: a transaction that
// fails.

import type { AccountStatus } from "./account-status.ts";

/** Most accounts that are not in the vector. Twice as many as a full block of transfers touches. */
export const PENDING_ACCOUNTS_MAX = 4096;

type Table = Map<number, AccountStatus>;

export class PendingAccounts {
  /** Null when another version owns it, or there is only one account. */
  #table: Table | null;
  /**
   * The version that came out of this one and has the table, or is nearer to the one that has it.
   */
  #next: PendingAccounts | null = null;
  /** The account that differs there, or the only one: a table is not worth its 150 ns. */
  #index: number;
  /** Undefined when this version does not have it. */
  #account: AccountStatus | undefined;

  private constructor(table: Table | null, index: number, account: AccountStatus | undefined) {
    this.#table = table;
    this.#index = index;
    this.#account = account;
  }

  static of(index: number, account: AccountStatus): PendingAccounts {
    return new PendingAccounts(null, index, account);
  }

  get #isSingle(): boolean {
    return this.#table === null && this.#next === null;
  }

  get size(): number {
    return this.#isSingle ? 1 : this.#owned().size;
  }

  get(index: number): AccountStatus | undefined {
    if (!this.#isSingle) return this.#owned().get(index);
    return this.#index === index ? this.#account : undefined;
  }

  /** This version with one account more, or another one instead of `old`, which is what it has. */
  with(index: number, account: AccountStatus, old: AccountStatus | undefined): PendingAccounts {
    if (this.#isSingle) return this.#second(index, account);
    const table = this.#owned();
    const next = new PendingAccounts(table, 0, undefined);
    this.#give(next, index, old);
    table.set(index, account);
    return next;
  }

  #second(index: number, account: AccountStatus): PendingAccounts {
    if (index === this.#index) return PendingAccounts.of(index, account);
    const table: Table = new Map();
    table.set(this.#index, this.#account as AccountStatus);
    table.set(index, account);
    return new PendingAccounts(table, 0, undefined);
  }

  /** Positions and accounts in the order of positions. */
  entries(): [number, AccountStatus][] {
    if (this.#isSingle) return [[this.#index, this.#account as AccountStatus]];
    return [...this.#owned()].sort((a, b) => a[0] - b[0]);
  }

  #owned(): Table {
    return this.#table ?? this.#reclaim();
  }

  #give(next: PendingAccounts, index: number, account: AccountStatus | undefined): void {
    this.#table = null;
    this.#next = next;
    this.#index = index;
    this.#account = account;
  }

  /**
   * Moves the table here from the version that owns it, in a loop: there may be thousands between.
   */
  #reclaim(): Table {
    const path: PendingAccounts[] = [];
    let owner: PendingAccounts = this;
    while (owner.#table === null) {
      path.push(owner);
      owner = owner.#next as PendingAccounts;
    }
    const table = owner.#table;
    for (let version = path.pop(); version !== undefined; version = path.pop()) {
      const index = version.#index;
      const account = version.#account;
      owner.#give(version, index, table.get(index));
      if (account === undefined) table.delete(index);
      else table.set(index, account);
      version.#table = table;
      version.#next = null;
      owner = version;
    }
    return table;
  }
}
