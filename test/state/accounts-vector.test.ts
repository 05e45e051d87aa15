import { expect, test } from "bun:test";
import fc from "fast-check";
import { Blob } from "../../src/data/blob.ts";
import type { Value } from "../../src/data/cell.ts";
import { encodedLength, hashKey } from "../../src/data/encode.ts";
import { Index } from "../../src/data/index-map.ts";
import { CVMMap } from "../../src/data/map.ts";
import { memorySize } from "../../src/data/memory-size.ts";
import { CVMString } from "../../src/data/string.ts";
import { CVMSymbol } from "../../src/data/symbol.ts";
import { Vector } from "../../src/data/vector.ts";
import { AccountStatus } from "../../src/state/account-status.ts";
import { replaceAccount, staysBranch } from "../../src/state/accounts-vector.ts";
import { initialGlobals } from "../../src/state/globals.ts";
import { State } from "../../src/state/state.ts";

const key = Blob.of(new Uint8Array(32).fill(3));

/** Accounts that are embedded, hold a branch, and are branches. */
const account = fc
  .record({ balance: fc.nat(), length: fc.constantFrom(-1, 90, 200) })
  .map((drawn) => {
    const { balance, length } = drawn;
    const text = CVMString.of("x".repeat(Math.max(length, 0)));
    const environment = length < 0 ? null : CVMMap.from([[CVMSymbol.of("a"), text]]);
    return AccountStatus.of({ key, balance, environment });
  });

function stateOf(accounts: readonly AccountStatus[]): State {
  return State.of(Vector.from(accounts), Index.EMPTY, initialGlobals(), Index.EMPTY);
}

test("changes in place leave the base alone and give what copies give", () => {
  const changes = fc.array(fc.tuple(fc.nat(), account, fc.constantFrom("", "hash", "size")));
  fc.assert(
    fc.property(fc.array(account, { minLength: 1, maxLength: 300 }), changes, (all, drawn) => {
      const base = stateOf(all);
      memorySize(base);
      const baseHash = hashKey(base);
      const model = all.slice();
      let state = base;
      for (const [n, next, ask] of drawn) {
        model[n % all.length] = next;
        state = state.withAccount(n % all.length, next);
        if (ask === "hash") hashKey(state);
        if (ask === "size") expect(memorySize(state)).toBe(memorySize(stateOf(model)));
      }
      const fresh = stateOf(model);
      expect(encodedLength(state)).toBe(encodedLength(fresh));
      expect(hashKey(state)).toBe(hashKey(fresh));
      expect(base.accounts.toArray()).toEqual(all);
      expect(hashKey(stateOf(base.accounts.toArray() as AccountStatus[]))).toBe(baseHash);
    }),
    { seed: 4, numRuns: 100 },
  );
});

test("only an account that is there is replaced", () => {
  const accounts = Vector.from([AccountStatus.EMPTY, AccountStatus.EMPTY]);
  for (const i of [-1, 2, 2n ** 53n]) {
    expect(() => replaceAccount(accounts, i, AccountStatus.EMPTY)).toThrow(RangeError);
  }
});

test("a leaf stays a branch when it holds accounts alone", () => {
  const poor = AccountStatus.EMPTY;
  const leafOf = (...elements: Value[]) => {
    const leaf = Vector.from([...new Array<Value>(15).fill(null), ...elements]);
    encodedLength(leaf);
    return leaf;
  };
  expect(staysBranch(leafOf(poor), poor)).toBe(false);
  const all = Vector.from(new Array(16).fill(poor));
  encodedLength(all);
  expect(staysBranch(all, poor)).toBe(true);
  // Just as short as a branch may be, and one byte less.
  const long = (bytes: number) => CVMString.of("x".repeat(bytes));
  const withLength = (bytes: number) => {
    const leaf = Vector.from([long(bytes), ...new Array<Value>(14).fill(null), poor]);
    encodedLength(leaf);
    return leaf;
  };
  const most = Array.from({ length: 140 }, (_, i) => i).find((bytes) =>
    staysBranch(withLength(bytes), poor),
  ) as number;
  expect(encodedLength(withLength(most))).toBe(141);
});

test("the core account is the one of each State", () => {
  const base = stateOf(Array.from({ length: 12 }, (_, balance) => AccountStatus.of({ balance })));
  expect(base.coreAccount?.balance).toBe(8);
  const other = base.withAccount(3, AccountStatus.EMPTY);
  expect(other.coreAccount).toBe(base.coreAccount);
  const core = AccountStatus.of({ balance: 99 });
  expect(other.withAccount(8, core).coreAccount).toBe(core);
  expect(other.withAccounts(Vector.from([core])).coreAccount).toBeNull();
  expect(other.coreAccount?.balance).toBe(8);
});
