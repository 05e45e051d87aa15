// How the cost of a block grows with the State: 1,000 unsigned transfers between random accounts,
// the State hashed after them, on States of 10^3, 10^5 and 10^6 accounts. As the reference's Growth
// does it.

import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import { hashKey } from "../../src/data/encode.ts";
import { Vector } from "../../src/data/vector.ts";
import { AccountStatus } from "../../src/state/account-status.ts";
import type { State } from "../../src/state/state.ts";
import { Transfer } from "../../src/state/transaction.ts";
import { applyTransaction } from "../../src/transition/apply-transaction.ts";
import type { Bench } from "./main.ts";

const SIZES = [1_000, 100_000, 1_000_000];
const TRANSFERS = 1_000;
/** First account that takes part; those below are of the genesis. */
const FIRST = 200;
const WARM_RUNS = 5;
const RUNS = 7;
const BALANCE = 1_000_000_000;
const ALLOWANCE = 10_000;
const KEY = Blob.of(new Uint8Array(32).fill(7));

/** Numbers below a bound, the same in each run of the process (xorshift). */
export class Draw {
  #seed = 0x2545f491;

  below(bound: number): number {
    let x = this.#seed;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#seed = x;
    return (x >>> 0) % bound;
  }

  account(count: number): Address {
    return Address.of(FIRST + this.below(count - FIRST));
  }
}

/** The State with accounts added up to a count; no two are alike, or a store would share them. */
export function grown(state: State, count: number): State {
  const { accounts } = state;
  const added = Array.from({ length: count - accounts.count }, (_, i) =>
    AccountStatus.of({ key: KEY, balance: BALANCE + accounts.count + i, allowance: ALLOWANCE }),
  );
  return state.withAccounts(accounts.concat(Vector.from(added)));
}

/** The State after transfers between random accounts. */
export function transfers(state: State, draw: Draw, count: number): State {
  const { count: accountCount } = state.accounts;
  let current = state;
  for (let i = 0; i < count; i++) {
    const from = draw.account(accountCount);
    const sequence = Number(current.account(from)?.sequence) + 1;
    const transfer = Transfer.of(from, sequence, draw.account(accountCount), 1);
    const outcome = applyTransaction(current, transfer);
    if (outcome.error !== null) throw new Error("a transfer of the benchmark failed");
    current = outcome.state;
  }
  return current;
}

function blockMs(genesis: State, count: number): number {
  const state = grown(genesis, count);
  hashKey(state);
  const draw = new Draw();
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < WARM_RUNS + RUNS; run++) {
    const start = Bun.nanoseconds();
    hashKey(transfers(state, draw, TRANSFERS));
    const ms = (Bun.nanoseconds() - start) / 1e6;
    if (run >= WARM_RUNS) best = Math.min(best, ms);
  }
  return best;
}

export function growthBenches(state: () => State): Bench[] {
  return SIZES.map((size) => ({
    name: `growth-${size}`,
    unit: "ms",
    run: () => blockMs(state(), size),
  }));
}
