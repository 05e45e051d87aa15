// Quantities of assets as their actors keep them: holdings of accounts, and variables.

import { Address } from "../../../src/data/address.ts";
import type { Integer, Value } from "../../../src/data/cell.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { CVMSet } from "../../../src/data/set.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import { Vector } from "../../../src/data/vector.ts";
import type { State } from "../../../src/state/state.ts";

/** Address of the token that an account has defined under a name. */
export function addressAt(state: State, account: number, name: string): number {
  const value = variable(state, account, name);
  if (value instanceof Address) return Number(value.value);
  throw new Error(`#${account}/${name} is no Address`);
}

export function variable(state: State, account: number, name: string): Value {
  return state.account(account)?.definition(CVMSymbol.of(name)) ?? null;
}

export function integerOf(value: Value | undefined): bigint {
  return value === undefined || value === null ? 0n : BigInt(value as Integer);
}

/** Holders and what an actor keeps for each of them. */
export function holdings(state: State, actor: number): [holder: number, holding: Value][] {
  const entries = state.account(actor)?.holdings?.entries() ?? [];
  return entries.map(([holder, holding]) => [Number((holder as Address).value), holding]);
}

/** Balances of a fungible token by holder; `inner` takes them out of a holding. */
export function balances(
  state: State,
  actor: number,
  inner: (holding: Value) => Value | undefined = (holding) => holding,
): Map<number, bigint> {
  return new Map(
    holdings(state, actor).map(([holder, holding]) => [holder, integerOf(inner(holding))]),
  );
}

/** Owners by id of a non-fungible asset, and ids that more than one account owns. */
export function owners(
  state: State,
  actor: number,
): { owner: Map<string, number>; twice: string[] } {
  const owner = new Map<string, number>();
  const twice: string[] = [];
  for (const [holder, ids] of holdings(state, actor)) {
    for (const id of ids instanceof CVMSet ? ids.toArray() : []) {
      if (owner.has(String(id))) twice.push(String(id));
      owner.set(String(id), holder);
    }
  }
  return { owner, twice };
}

export function at(value: Value | undefined, key: Value): Value | undefined {
  if (value instanceof CVMMap) return value.get(key);
  if (value instanceof Vector && typeof key === "number" && key < value.count)
    return value.get(key);
  return undefined;
}

export function sum(values: Iterable<bigint>): bigint {
  let total = 0n;
  for (const value of values) total += value;
  return total;
}

/** All coins in accounts. */
export function coins(state: State): bigint {
  let total = 0n;
  for (let i = 0; i < state.accounts.count; i++) total += integerOf(state.account(i)?.balance);
  return total;
}
