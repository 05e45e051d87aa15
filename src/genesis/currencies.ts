// The currencies of a genesis State: fungible tokens with a market each (sheet 03 §5.2 step 15).
// They are for tests and demonstrations; the genesis user keeps the half that is not in the market.

import { readForm } from "../cvm/compile/read-form.ts";
import { Address } from "../data/address.ts";
import type { State } from "../state/state.ts";
import { evaluateAs } from "./evaluate.ts";
import { FOUNDATION, GENESIS_USER, GOVERNANCE } from "./layout.ts";

interface Currency {
  readonly symbol: string;
  readonly name: string;
  readonly description: string;
  /** All units together, in US dollars. */
  readonly usdValue: number;
  /** Price of a unit in US dollars. */
  readonly usdPrice: number;
  readonly decimals: number;
}

const CURRENCIES: readonly Currency[] = [
  {
    symbol: "USDF",
    name: "Foundation USD",
    description: "Convex Foundation USD pre-payment credits",
    usdValue: 10_000,
    usdPrice: 1,
    decimals: 2,
  },
  {
    symbol: "GBPF",
    name: "Foundation GBP",
    description: "Convex Foundation GBP pre-payment credits",
    usdValue: 10_000,
    usdPrice: 1.27,
    decimals: 2,
  },
];

/** A coin is worth a US dollar in the first markets. */
const COPPER_PER_USD = 1e9;

/** Deploys the currencies and their markets and enters them into the CNS. */
export function withCurrencies(state: State): State {
  return CURRENCIES.reduce(withCurrency, state);
}

function withCurrency(state: State, currency: Currency): State {
  const unit = Math.round(10 ** currency.decimals);
  const supply = Math.round((currency.usdValue / currency.usdPrice) * unit);
  const copper = (currency.usdPrice * COPPER_PER_USD * supply) / unit;
  const token = Address.of(state.accounts.count);
  const deployed = run(state, GENESIS_USER, deployment(currency, supply));
  const traded = run(
    deployed,
    GENESIS_USER,
    `(do (import torus.exchange :as torus)
         (torus/add-liquidity #${token.value} ${Math.floor(supply / 2)} ${Math.trunc(copper / 2)}))`,
  );
  return run(traded, GOVERNANCE, `(#9/create 'currency.${currency.symbol} #${token.value} #6)`);
}

function deployment({ name, description, decimals }: Currency, supply: number): string {
  const metadata = `{:name ${JSON.stringify(name)} :desc ${JSON.stringify(description)}}`;
  return `(do (import convex.fungible :as fun)
              (deploy '(call *registry* (register ${metadata}))
                      '(set-controller #${FOUNDATION.value})
                      (fun/build-token {:supply ${supply} :decimals ${decimals}})))`;
}

function run(state: State, account: Address, source: string): State {
  return evaluateAs(state, account, [readForm(source)]);
}
