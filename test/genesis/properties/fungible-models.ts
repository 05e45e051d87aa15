// Fungible assets: what there is is what accounts hold, no balance is negative, and nobody loses
// anything but by his own call, or by an offer that somebody accepts.

import fc from "fast-check";
import { Address } from "../../../src/data/address.ts";
import type { Value } from "../../../src/data/cell.ts";
import { equals } from "../../../src/data/equals.ts";
import { Keyword } from "../../../src/data/keyword.ts";
import type { State } from "../../../src/state/state.ts";
import { addressAt, at, balances, integerOf, sum, variable } from "./holdings.ts";
import { type Call, call, type Model, USERS } from "./model.ts";

const MULTI_TOKEN = 71;
const WRAPPED = 72;
const IDS = ["GOLD", "TIN"];

/** An actor that takes what it is given, and gives back when it is asked to. */
const OPEN =
  "(deploy '(import convex.asset :as asset)" +
  " '(defn receive-asset ^:callable [path q data] (asset/accept *caller* path q))" +
  " '(defn receive-coin ^:callable [s a d] (accept *offer*))" +
  " '(defn give ^:callable [path q] (asset/transfer *caller* path q)))";

const amount = fc.oneof(
  fc.integer({ min: -5, max: 400 }),
  fc.constantFrom("nil", "1.5", ":x", "-18446744073709551616", "18446744073709551616"),
);
const target = fc.oneof(
  fc.constantFrom(...USERS).map((n) => `#${n}`),
  fc.constantFrom("#12/OPEN", "[#12/OPEN 1]", "#999999", "13", ":x", "#9"),
);
const person = fc.constantFrom(...USERS).map((n) => `#${n}`);

/** Calls that all fungible assets answer, by the path of the asset. */
function commonCalls(path: fc.Arbitrary<string>): fc.Arbitrary<Call>[] {
  return [
    call([path, target, amount], (p, t, n) => `(@convex.asset/transfer ${t} ${p} ${n})`),
    call([path, target, amount], (p, t, n) => `(@convex.fungible/transfer ${p} ${t} ${n})`),
    call([path, target, amount], (p, t, n) => `(call ${p} (direct-transfer ${t} ${n} :d))`),
    call([path, person, amount], (p, t, n) => `(call ${p} (offer ${t} ${n}))`),
    call([path, person, amount], (p, t, n) => `(call ${p} (accept ${t} ${n}))`),
    call([path, person, amount], (p, t, n) => `(@convex.asset/accept ${t} [${p} ${n}])`),
    call([path, amount], (p, n) => `(call #12/OPEN (give ${p} ${n}))`),
  ];
}

/** A fungible asset: its balances, its supply, and what is offered. */
interface Ledger {
  readonly name: string;
  readonly balances: (state: State) => Map<number, bigint>;
  readonly supply: (state: State) => bigint;
  readonly offer: (state: State, from: number, to: number) => bigint;
}

function checkLedger(ledger: Ledger, before: State, after: State, caller: number): string | null {
  const old = ledger.balances(before);
  const now = ledger.balances(after);
  if (sum(now.values()) !== ledger.supply(after))
    return `${ledger.name}: supply is not what is held`;
  const open = addressAt(after, 12, "OPEN");
  for (const [holder, balance] of now) {
    if (balance < 0n) return `${ledger.name}: #${holder} holds ${balance}`;
    const lost = (old.get(holder) ?? 0n) - balance;
    if (lost <= 0n || holder === caller || holder === open) continue;
    const offered = ledger.offer(before, holder, caller);
    if (lost > offered) return `${ledger.name}: #${holder} lost ${lost}, ${offered} were offered`;
  }
  return null;
}

/** Of accounts that made it by build-token. */
function tokenLedger(name: string): Ledger {
  const token = (state: State) => addressAt(state, 12, name);
  return {
    name,
    balances: (state) => balances(state, token(state)),
    supply: (state) => integerOf(variable(state, token(state), "supply")),
    offer: (state, from, to) => {
      const offers = at(variable(state, token(state), "offers"), Address.of(from));
      return integerOf(at(offers, Address.of(to)));
    },
  };
}

/** With holdings [balance offers], which `inner` takes out of what an account holds. */
function recordLedger(
  name: string,
  actor: number,
  inner: (holding: Value) => Value | undefined,
  supply: (state: State) => bigint,
): Ledger {
  const offersOf = (state: State, from: number) => {
    const holding = state.account(actor)?.holdings?.get(Address.of(from)) ?? null;
    return at(inner(holding), 1);
  };
  return {
    name,
    balances: (state) => balances(state, actor, (holding) => at(inner(holding), 0)),
    supply,
    offer: (state, from, to) => integerOf(at(offersOf(state, from), Address.of(to))),
  };
}

function ledgerCheck(ledgers: readonly Ledger[]): Model["check"] {
  return (before, after, { account }) => {
    for (const ledger of ledgers) {
      const wrong = checkLedger(ledger, before, after, account);
      if (wrong !== null) return wrong;
    }
    return null;
  };
}

const token = fc.constantFrom("#12/PLAIN", "#12/MINTED", "#12/CHECKED", "[#12/PLAIN :s]");

export const fungibleModel: Model = {
  name: "fungible",
  setup: [
    { account: 12, source: "(import convex.fungible :as fun)" },
    { account: 12, source: `(def OPEN ${OPEN})` },
    { account: 12, source: "(def PLAIN (deploy (fun/build-token {:supply 1000})))" },
    {
      account: 12,
      source:
        "(def MINTED (deploy (fun/build-token {:supply 500 :initial-holder #13})" +
        " (fun/add-mint {:max-supply 2000 :minter [@convex.trust.whitelist #{#12 #14}]})))",
    },
    {
      account: 12,
      source:
        "(def CHECKED (deploy (fun/build-token {:supply 500 :checked? true})" +
        " '(defn check-transfer ^:callable [s r q] (if (= r #14) :no))))",
    },
  ],
  calls: fc.oneof(
    ...commonCalls(token),
    call([token, amount], (p, n) => `(@convex.fungible/mint ${p} ${n})`),
    call([token, amount], (p, n) => `(@convex.fungible/burn ${p} ${n})`),
  ),
  check: (before, after, call) => {
    const names = ["PLAIN", "MINTED", "CHECKED"];
    const wrong = ledgerCheck(names.map(tokenLedger))(before, after, call);
    if (wrong !== null) return wrong;
    const [plain, , checked] = names.map((name) => tokenLedger(name).supply(after));
    if (plain !== 1000n || checked !== 500n) return "the supply of a token without minting changed";
    const grown = tokenLedger("MINTED").supply(after) !== tokenLedger("MINTED").supply(before);
    return grown && ![12, 14].includes(call.account) ? "somebody minted without right" : null;
  },
};

const tokenPath = fc.constantFrom(...IDS, "NONE").map((id) => `[@asset.multi-token :${id}]`);

function multiTokenLedger(id: string): Ledger {
  const key = Keyword.of(id);
  const supply = (state: State) =>
    integerOf(at(at(variable(state, MULTI_TOKEN, "tokens"), key), 1));
  return recordLedger(id, MULTI_TOKEN, (holding) => at(holding, key), supply);
}

export const multiTokenModel: Model = {
  name: "multi-token",
  setup: [
    { account: 12, source: `(def OPEN ${OPEN})` },
    { account: 12, source: "(do (call #71 (create :GOLD)) (call [#71 :GOLD] (mint 1000)))" },
    { account: 13, source: "(do (call #71 (create :TIN)) (call [#71 :TIN] (mint 1000)))" },
  ],
  calls: fc.oneof(
    ...commonCalls(tokenPath),
    call([tokenPath, amount], (p, n) => `(call ${p} (mint ${n}))`),
    call([fc.constantFrom(...IDS)], (id) => `(call @asset.multi-token (create :${id}))`),
    call([tokenPath, person], (p, t) => `(@convex.trust/change-control ${p} ${t})`),
  ),
  check: (before, after, call) => {
    const wrong = ledgerCheck(IDS.map(multiTokenLedger))(before, after, call);
    if (wrong !== null) return wrong;
    const stolen = IDS.filter((id) => {
      const old = at(variable(before, MULTI_TOKEN, "tokens"), Keyword.of(id)) ?? null;
      const now = at(variable(after, MULTI_TOKEN, "tokens"), Keyword.of(id)) ?? null;
      return !equals(old, now) && !equals(at(old, 0) ?? null, Address.of(call.account));
    });
    return stolen.length === 0 ? null : `${stolen} changed without its controller`;
  },
};

export const wrapModel: Model = {
  name: "wrap",
  setup: [
    { account: 12, source: `(def OPEN ${OPEN})` },
    ...USERS.map((account) => ({ account, source: "(@asset.wrap.convex/wrap 500)" })),
  ],
  calls: fc.oneof(
    ...commonCalls(fc.constant("@asset.wrap.convex")),
    call([amount], (n) => `(@asset.wrap.convex/wrap ${n})`),
    call([amount], (n) => `(@asset.wrap.convex/unwrap ${n})`),
    call([], () => "(@asset.wrap.convex/unwrap)"),
    call([fc.nat(300)], (n) => `(call @asset.wrap.convex ${n} (wrap-offer))`),
    call([amount], (n) => `(call @asset.wrap.convex (-unwrap ${n}))`),
    call([fc.nat(300)], (n) => `(call @asset.wrap.convex ${n} (-unwrap 1))`),
  ),
  check: (before, after, call) => {
    const supply = (state: State) => integerOf(state.account(WRAPPED)?.balance);
    const ledger = recordLedger("wrapped coin", WRAPPED, (holding) => holding, supply);
    const wrong = checkLedger(ledger, before, after, call.account);
    if (wrong !== null) return wrong;
    const worth = (state: State, account: number) =>
      integerOf(state.account(account)?.balance) + (ledger.balances(state).get(account) ?? 0n);
    const all = (state: State) => [...USERS, addressAt(state, 12, "OPEN"), 9, 999_999];
    const total = (state: State) => sum(all(state).map((account) => worth(state, account)));
    return total(before) === total(after) ? null : "coins came or went";
  },
};
