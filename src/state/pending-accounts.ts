// hot: see test/bench. Accounts that have changed in a State but not yet in its accounts vector.
// While a block runs one State follows the other, and nobody looks at any vector but the last
// one's. Replaced in the vector at once, each account would copy a path, and the next one copy that
// again.
//
// This is a persistent map after Baker ("Shallow binding makes functional arrays fast"): the
// version that was written or read last owns the table, and an older version holds its difference
// to the one made out of it. Reading an older version moves the table there, in as many steps as
// there were writes between; mostly one to three, for a transaction that failed.

import type { AccountStatus } from "./account-status.ts";

/** Most pending accounts: twice as many as a full block of transfers changes. */
export const PENDING_ACCOUNTS_MAX = 4096;

type Table = Map<number, AccountStatus>;

export class PendingAccounts {
  /** Null when another version owns it, or this version has only one account. */
  #table: Table | null;
  /** The next version on the way to the one that owns the table; null if that is this one. */
  #next: PendingAccounts | null = null;
  /**
   * Index of the account in which `#next` differs; or of the only account, which needs no table.
   */
  #index: number;
  /** The account of this version at that index; undefined when it has none. */
  #account: AccountStatus | undefined;

  private constructor(table: Table | null, index: number, account: AccountStatus | undefined) {
    this.#table = table;
    this.#index = index;
    this.#account = account;
  }

  /** One pending account. */
  static of(index: number, account: AccountStatus): PendingAccounts {
    return new PendingAccounts(null, index, account);
  }

  get #isSingle(): boolean {
    return this.#table === null && this.#next === null;
  }

  /** How many accounts are pending. */
  get size(): number {
    return this.#isSingle ? 1 : this.#owned().size;
  }

  /** The pending account at an index; undefined when there is none. */
  get(index: number): AccountStatus | undefined {
    if (!this.#isSingle) return this.#owned().get(index);
    return this.#index === index ? this.#account : undefined;
  }

  /** This version with an account set; `old` is what it has at that index, undefined if nothing. */
  with(index: number, account: AccountStatus, old: AccountStatus | undefined): PendingAccounts {
    if (this.#isSingle) return this.#second(index, account);
    const table = this.#owned();
    const next = new PendingAccounts(table, 0, undefined);
    this.#give(next, index, old);
    table.set(index, account);
    return next;
  }

  /** `with` for a version of one account. */
  #second(index: number, account: AccountStatus): PendingAccounts {
    if (index === this.#index) return PendingAccounts.of(index, account);
    const table: Table = new Map();
    table.set(this.#index, this.#account as AccountStatus);
    table.set(index, account);
    return new PendingAccounts(table, 0, undefined);
  }

  /** Indices and accounts, in ascending order of index. */
  entries(): [number, AccountStatus][] {
    if (this.#isSingle) return [[this.#index, this.#account as AccountStatus]];
    return [...this.#owned()].sort((a, b) => a[0] - b[0]);
  }

  /** The table, moved here first if another version owns it. */
  #owned(): Table {
    return this.#table ?? this.#reclaim();
  }

  /** Gives the table up to `next`, in which the account at `index` differs from this version's. */
  #give(next: PendingAccounts, index: number, account: AccountStatus | undefined): void {
    this.#table = null;
    this.#next = next;
    this.#index = index;
    this.#account = account;
  }

  /** Moves the table here from the version that owns it. In a loop: thousands may be between. */
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
