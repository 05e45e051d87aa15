// hot: see test/bench. Symbols in environments (sheet 02 §9): value and metadata are looked up from
// an account on, through its parents, to the core account (#8).

import type { Address } from "../../data/address.ts";
import type { Value } from "../../data/cell.ts";
import { CVMMap } from "../../data/map.ts";
import { CVMSymbol } from "../../data/symbol.ts";
import type { AccountStatus } from "../../state/account-status.ts";
import { CORE_POSITION, type State } from "../../state/state.ts";
import type { Context } from "../context.ts";
import { CORE_BY_NAME } from "../core/index.ts";
import { LOOKUP_DEPTH } from "../juice.ts";
import { Constant } from "../ops/constant.ts";
import {
  CORE_ADDRESS,
  CoreSymbols,
  type Definition,
  metadataIn,
  saysExpander,
  saysStatic,
} from "./core-symbols.ts";

/** The function that forms are compiled by; the core library defines it as nil. */
export const LANG = CVMSymbol.of("*lang*");

/** The definition that was found last, and what was asked for. */
export interface Found {
  readonly state: State;
  readonly symbol: CVMSymbol;
  /** The account from which on it was looked up. */
  readonly start: Address;
  readonly definition: Definition;
}

/** A definition in any account but the core account. */
class OwnDefinition implements Definition {
  readonly address: Address;
  readonly value: Value;
  readonly #account: AccountStatus;
  readonly #symbol: CVMSymbol;

  constructor(address: Address, account: AccountStatus, symbol: CVMSymbol, value: Value) {
    this.address = address;
    this.value = value;
    this.#account = account;
    this.#symbol = symbol;
  }

  get metadata(): CVMMap {
    return metadataIn(this.#account.metadata, this.#symbol);
  }
  get isExpander(): boolean {
    return saysExpander(this.metadata);
  }
  get constant(): Constant | null {
    return saysStatic(this.metadata) ? new Constant(this.value) : null;
  }
}

/** What a lookup gives when the chain of parents comes to an account that does not exist. */
const BROKEN: unique symbol = Symbol("broken chain");

const coreSymbols = new CoreSymbols();

/**
 * Looks a symbol up. The last answer is remembered: the compiler asks three or four times for each.
 */
function find(ctx: Context, symbol: CVMSymbol, start: Address): Definition | typeof BROKEN | null {
  const account = ctx.accountAt(start);
  // The usual account defines nothing; and for the core account CoreSymbols remembers.
  if (account !== null && account.environment === null && account.parent === null) {
    return findInCore(ctx, symbol);
  }
  const { state, found } = ctx;
  if (found !== null && found.symbol === symbol && found.state === state) {
    if (found.start.value === start.value) return found.definition;
  }
  const definition = findInChain(ctx, symbol, start);
  if (definition === BROKEN || definition === null) return definition;
  ctx.found = { state, symbol, start, definition };
  return definition;
}

function findInChain(
  ctx: Context,
  symbol: CVMSymbol,
  start: Address,
): Definition | typeof BROKEN | null {
  let address = start;
  for (let i = 0; i < LOOKUP_DEPTH; i++) {
    if (address.value === CORE_POSITION) return findInCore(ctx, symbol);
    const account = ctx.accountAt(address);
    if (account === null) return BROKEN;
    const value = account.environment?.get(symbol);
    if (value !== undefined) return new OwnDefinition(address, account, symbol, value);
    address = account.parent ?? CORE_ADDRESS;
  }
  return null;
}

function findInCore(ctx: Context, symbol: CVMSymbol): Definition | typeof BROKEN | null {
  const account = ctx.state.coreAccount;
  return account === null ? BROKEN : coreSymbols.get(account, symbol);
}

/** What a symbol is defined as from `start` on; null when it is not, or the chain is broken. */
export function definitionOf(ctx: Context, symbol: CVMSymbol, start: Address): Definition | null {
  const definition = find(ctx, symbol, start);
  return definition === BROKEN ? null : definition;
}

/**
 * Value of a symbol from `start` on; undefined when it has none. A broken chain ends at native
 * values.
 */
export function lookup(ctx: Context, symbol: CVMSymbol, start: Address): Value | undefined {
  const definition = find(ctx, symbol, start);
  if (definition === BROKEN) return builtIn(symbol);
  return definition === null ? lookupBeyondCore(ctx, symbol, start) : definition.value;
}

/** Value of a symbol without any account: that of the native core. */
function builtIn(symbol: CVMSymbol): Value | undefined {
  return symbol.name === LANG.name ? null : CORE_BY_NAME.get(symbol.name);
}

/**
 * The reference looks up values (but not metadata) in the parents of the core account too. It has
 * such only while a query as #8 has set one.
 */
function lookupBeyondCore(ctx: Context, symbol: CVMSymbol, start: Address): Value | undefined {
  const parent = ctx.state.coreAccount?.parent ?? null;
  if (parent === null) return undefined;
  let address = start;
  for (let i = 0; i < LOOKUP_DEPTH; i++) {
    const account = ctx.accountAt(address);
    if (account === null) return builtIn(symbol);
    const value = account.environment?.get(symbol);
    if (value !== undefined) return value;
    address = account.parent ?? CORE_ADDRESS;
  }
  return undefined;
}

/** Address of the account that defines a symbol, looked up from `start` on; null when none does. */
export function definingAddress(ctx: Context, symbol: CVMSymbol, start: Address): Address | null {
  return definitionOf(ctx, symbol, start)?.address ?? null;
}

/** Metadata of a symbol where it is defined, empty without any; null when it is not defined. */
export function lookupMeta(ctx: Context, symbol: CVMSymbol, start: Address): CVMMap | null {
  return definitionOf(ctx, symbol, start)?.metadata ?? null;
}

/** Defines a symbol in the current account. Metadata null leaves that which is there. */
export function define(
  ctx: Context,
  symbol: CVMSymbol | null,
  value: Value,
  metadata: CVMMap | null,
): void {
  const account = ctx.account();
  const environment = (account.environment ?? CVMMap.EMPTY).assoc(symbol, value);
  if (metadata === null) {
    ctx.setAccount(account.withEnvironment(environment));
    return;
  }
  const all = (account.metadata ?? CVMMap.EMPTY).assoc(symbol, metadata);
  ctx.setAccount(account.with({ environment, metadata: all }));
}

/** Removes value and metadata in the current account; absent maps become empty ones (T14). */
export function undefine(ctx: Context, symbol: CVMSymbol): void {
  const account = ctx.account();
  const environment = (account.environment ?? CVMMap.EMPTY).dissoc(symbol);
  const metadata = (account.metadata ?? CVMMap.EMPTY).dissoc(symbol);
  ctx.setAccount(account.with({ environment, metadata }));
}
