// One failure of the honest client's is told once.

import { expect, test } from "bun:test";
import { HonestTransactions } from "./honest-transactions.ts";

/** An account as a peer has it. */
class Account {
  used = 0;
  readonly sent: number[] = [];
  /** What becomes of the next transactions; those left out are made final at once. */
  readonly fates: ((sequence: number) => string | null)[] = [];

  async sequence(): Promise<number> {
    return this.used;
  }
  async submit(sequence: number): Promise<string | null> {
    this.sent.push(sequence);
    const fate = this.fates.shift();
    if (fate !== undefined) return fate(sequence);
    if (sequence !== this.used + 1) return ":SEQUENCE";
    this.used = sequence;
    return null;
  }
}

const lost = () => {
  throw new Error("not in time");
};

test("one that is lost fails alone, whether or not its sequence was used", async () => {
  const account = new Account();
  const transactions = new HonestTransactions(account);
  await transactions.next();
  account.fates.push(lost);
  await expect(transactions.next()).rejects.toThrow("not in time");
  await transactions.next();
  account.fates.push((sequence) => {
    account.used = sequence;
    return lost();
  });
  await expect(transactions.next()).rejects.toThrow("not in time");
  await transactions.next();
  await transactions.next();
  expect(account.sent).toEqual([1, 2, 2, 3, 4, 5]);
});

test("one that is final after the next has asked for its sequence is no failure of the next", async () => {
  const account = new Account();
  const transactions = new HonestTransactions(account);
  account.fates.push(lost, (sequence) => {
    account.used = sequence;
    return ":SEQUENCE";
  });
  await expect(transactions.next()).rejects.toThrow("not in time");
  await transactions.next();
  expect([account.sent, account.used]).toEqual([[1, 1, 2], 2]);
});

test("a wrong sequence without a failure before is told", async () => {
  const account = new Account();
  const transactions = new HonestTransactions(account);
  await transactions.next();
  account.used = 7;
  await expect(transactions.next()).rejects.toThrow(":SEQUENCE");
  await transactions.next();
  expect(account.used).toBe(8);
});
