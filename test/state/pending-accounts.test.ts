import { expect, test } from "bun:test";
import fc from "fast-check";
import { Address } from "../../src/data/address.ts";
import { hashKey } from "../../src/data/encode.ts";
import { Index } from "../../src/data/index-map.ts";
import { memorySize } from "../../src/data/memory-size.ts";
import { Vector } from "../../src/data/vector.ts";
import { AccountStatus } from "../../src/state/account-status.ts";
import { GLOBAL, initialGlobals } from "../../src/state/globals.ts";
import { PENDING_ACCOUNTS_MAX, PendingAccounts } from "../../src/state/pending-accounts.ts";
import { State } from "../../src/state/state.ts";

const COUNT = 100;
const accounts = Array.from({ length: COUNT }, (_, balance) => AccountStatus.of({ balance }));

function stateOf(all: readonly AccountStatus[], block: number): State {
  const globals = initialGlobals().assoc(GLOBAL.BLOCK, block);
  return State.of(Vector.from(all), Index.EMPTY, globals, Index.EMPTY);
}

test("every version answers as a map of its own would, in whatever order they are asked", () => {
  const steps = fc.array(fc.tuple(fc.nat(), fc.nat(20), fc.boolean()), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (drawn) => {
      const first = PendingAccounts.of(0, AccountStatus.EMPTY);
      const versions: [PendingAccounts, Map<number, AccountStatus>][] = [
        [first, new Map([[0, AccountStatus.EMPTY]])],
      ];
      for (const [n, index, isRead] of drawn) {
        const [version, model] = versions[n % versions.length] as (typeof versions)[number];
        const known = version.get(index);
        expect(known).toBe(model.get(index) as AccountStatus);
        if (isRead) continue;
        const account = AccountStatus.of({ balance: n });
        versions.push([version.with(index, account, known), new Map(model).set(index, account)]);
      }
      for (const [version, model] of versions) {
        expect(version.size).toBe(model.size);
        expect(version.entries()).toEqual([...model].sort((a, b) => a[0] - b[0]));
      }
    }),
    { seed: 5, numRuns: 100 },
  );
});

test("States that branch off each other keep their accounts, sizes and hashes", () => {
  const steps = fc.array(
    fc.tuple(fc.nat(), fc.nat(COUNT), fc.constantFrom("", "hash", "globals")),
    {
      maxLength: 40,
    },
  );
  fc.assert(
    fc.property(steps, (drawn) => {
      const base = stateOf(accounts, 0);
      memorySize(base);
      const states = [{ state: base, all: accounts, block: 0 }];
      for (const [n, index, what] of drawn) {
        const from = states[n % states.length] as (typeof states)[number];
        if (what === "hash") hashKey(from.state);
        let { state, block } = from;
        const all = from.all.slice();
        all[index] = AccountStatus.of({ balance: n, allowance: n % 3 });
        state = state.withAccount(index, all[index]);
        if (what === "globals")
          state = state.withGlobals(state.globals.assoc(GLOBAL.BLOCK, ++block));
        states.push({ state, all, block });
      }
      for (const { state, all, block } of states) {
        const fresh = stateOf(all, block);
        expect(state.account(17)).toBe(all[17] as AccountStatus);
        expect(memorySize(state)).toBe(memorySize(fresh));
        expect(hashKey(state)).toBe(hashKey(fresh));
      }
    }),
    { seed: 6, numRuns: 60 },
  );
});

test("a leaf that could stop being a branch is written at once", () => {
  const poor = AccountStatus.of({ balance: 1 });
  const odd = Vector.from([...new Array(15).fill(null), poor, ...new Array(16).fill(null)]);
  const state = State.of(odd, Index.EMPTY, initialGlobals(), Index.EMPTY);
  memorySize(state);
  const rich = AccountStatus.of({ balance: 10 ** 15 });
  const fresh = state.withAccounts(odd.assoc(15, rich));
  expect(memorySize(state.withAccount(15, rich))).toBe(memorySize(fresh));
});

test("no more accounts are pending than the bound", () => {
  const many = Array.from({ length: PENDING_ACCOUNTS_MAX + 100 }, (_, i) => i);
  let state = stateOf(
    many.map((balance) => AccountStatus.of({ balance })),
    0,
  );
  for (const i of many) state = state.withAccount(i, AccountStatus.of({ balance: i + 1 }));
  const fresh = stateOf(
    many.map((i) => AccountStatus.of({ balance: i + 1 })),
    0,
  );
  expect(hashKey(state)).toBe(hashKey(fresh));
});

test("an account behind the full leaves that holds its own State leaves the pending ones there", () => {
  const base = stateOf(accounts, 0);
  // Its own sizes are not known, so that those of the account need its cells.
  const before = base.withAccount(3, AccountStatus.of({ balance: 7 }));
  const holder = (accounts[COUNT - 1] as AccountStatus).withHolding(Address.of(8), before);
  const after = before.withAccount(COUNT - 1, holder);
  expect(after.account(3)?.balance).toBe(7);
  const all = accounts.with(3, AccountStatus.of({ balance: 7 })).with(COUNT - 1, holder);
  expect(hashKey(after)).toBe(hashKey(stateOf(all, 0)));
});
