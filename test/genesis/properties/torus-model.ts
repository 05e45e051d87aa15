// The exchange: what a share is worth never falls, in coin and tokens while liquidity moves, in
// their product while somebody trades; a market has what it says, and nobody gains by going back
// and forth.

import fc from "fast-check";
import { Address } from "../../../src/data/address.ts";
import type { State } from "../../../src/state/state.ts";
import { addressAt, at, balances, coins, integerOf, sum, variable } from "./holdings.ts";
import { type Call, call, type Model, USERS } from "./model.ts";

const EXCHANGE = 66;
const MARKETS = ["SMALL", "LARGE", "FRESH"];
/** The scarce coin, the plentiful one, and the one without a market at first. */
const SETUP = [
  "(import convex.fungible :as fun)",
  "(import torus.exchange :as torus)",
  "(def SMALL (deploy (fun/build-token {:supply 1000000})))",
  "(def LARGE (deploy (fun/build-token {:supply 1000000000000000000000000})))",
  "(def FRESH (deploy (fun/build-token {:supply 1000000})))",
  "(torus/add-liquidity SMALL 1000 3777)",
  "(torus/add-liquidity LARGE 100000000000000000000000 9000000000000)",
  "(torus/create-market FRESH)",
];

const token = fc.constantFrom(...MARKETS).map((name) => `#12/${name}`);
const amount = fc.oneof(
  fc.integer({ min: 0, max: 60 }),
  fc.integer({ min: 0, max: 4_000 }),
  fc.bigInt({ min: 0n, max: 10n ** 22n }),
  fc.bigInt({ min: 0n, max: 10n ** 14n }),
  fc.constantFrom("-1", "1.5", "nil", ":x"),
);

interface Pool {
  readonly coins: bigint;
  readonly tokens: bigint;
  readonly shares: bigint;
}

function marketOf(state: State, name: string): number {
  const market = at(variable(state, EXCHANGE, "markets"), Address.of(addressAt(state, 12, name)));
  return Number((market as Address).value);
}

function poolOf(state: State, market: number): Pool {
  return {
    coins: integerOf(state.account(market)?.balance),
    tokens: integerOf(variable(state, market, "token-balance")),
    shares: integerOf(variable(state, market, "supply")),
  };
}

function checkPool(name: string, before: State, after: State): string | null {
  const market = marketOf(after, name);
  const old = poolOf(before, market);
  const now = poolOf(after, market);
  const shares = balances(after, market);
  const tokens = balances(after, addressAt(after, 12, name));
  if (sum(shares.values()) !== now.shares) return `${name}: shares are not what is held`;
  if ([...shares.values()].some((held) => held < 0n)) return `${name}: negative shares`;
  if ((tokens.get(market) ?? 0n) < now.tokens) return `${name}: the market lacks tokens`;
  if (sum(tokens.values()) !== sum(balances(before, addressAt(after, 12, name)).values()))
    return `${name}: tokens came or went`;
  if (now.shares === 0n && (now.coins < 0n || now.tokens < 0n)) return `${name}: negative pool`;
  if (old.shares === 0n || now.shares === 0n) return null;
  return valueFell(old, now) ? `${name}: a share lost value` : null;
}

function valueFell(old: Pool, now: Pool): boolean {
  if (old.shares === now.shares) return now.coins * now.tokens < old.coins * old.tokens;
  return (
    now.coins * old.shares < old.coins * now.shares ||
    now.tokens * old.shares < old.tokens * now.shares
  );
}

/**
 * Trades there and back, of one account: it must not have more of one and not less of the other.
 */
function roundTrips(): fc.Arbitrary<Call>[] {
  const profit = (there: string, back: string) => (t: string, n: unknown) =>
    `(let [c *balance* b (@convex.fungible/balance ${t})]
       (let [x (@torus.exchange/${there} ${t} ${n})] (@torus.exchange/${back} ${t} x))
       (if (and (<= c *balance*) (<= b (@convex.fungible/balance ${t}))
                (or (< c *balance*) (< b (@convex.fungible/balance ${t}))))
         (def profit [c *balance* b (@convex.fungible/balance ${t})])))`;
  return [
    call([token, amount], profit("sell-tokens", "sell-cvx")),
    call([token, amount], profit("sell-cvx", "sell-tokens")),
    call([token, amount], profit("add-liquidity", "withdraw-liquidity")),
  ];
}

const trade = fc.constantFrom("buy-tokens", "sell-tokens", "buy-cvx", "sell-cvx");

export const torusModel: Model = {
  name: "torus",
  setup: [
    ...SETUP.map((source) => ({ account: 12, source })),
    ...USERS.filter((n) => n !== 12).flatMap((n) => [
      { account: 12, source: `(fun/transfer SMALL #${n} 100000)` },
      { account: 12, source: `(fun/transfer LARGE #${n} 100000000000000000000000)` },
      { account: 12, source: `(fun/transfer FRESH #${n} 100000)` },
    ]),
  ],
  calls: fc.oneof(
    call([trade, token, amount], (f, t, n) => `(@torus.exchange/${f} ${t} ${n})`),
    call([token, amount, token], (t, n, u) => `(@torus.exchange/buy ${t} ${n} ${u})`),
    call([token, amount, token], (t, n, u) => `(@torus.exchange/sell ${t} ${n} ${u})`),
    call([token, amount], (t, n) => `(@torus.exchange/add-liquidity ${t} ${n})`),
    call([token, amount, amount], (t, n, c) => `(@torus.exchange/add-liquidity ${t} ${n} ${c})`),
    call([token, amount], (t, n) => `(@torus.exchange/withdraw-liquidity ${t} ${n})`),
    call([token], (t) => {
      const market = `(@torus.exchange/get-market ${t})`;
      return `(@torus.exchange/withdraw-liquidity ${t} (@convex.fungible/balance ${market}))`;
    }),
    ...roundTrips(),
  ),
  check: (before, after, { account }) => {
    if (coins(before) !== coins(after)) return "coins came or went";
    if (variable(after, account, "profit") !== null) return "going back and forth was a gain";
    for (const name of MARKETS) {
      const wrong = checkPool(name, before, after);
      if (wrong !== null) return wrong;
    }
    return null;
  },
};
