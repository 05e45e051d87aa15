// hot: see test/bench. Symbols in environments (sheet 02 §9): values and metadata are searched for
// from an account through its parents to #8.

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

/** What forms are evaluated by; the core library defines it, as nil. */
export const LANG = CVMSymbol.of("*lang*");

/** The definition found last, and where it was asked for. */
export interface Found {
  readonly state: State;
  readonly symbol: CVMSymbol;
  /** Account where the chain begins. */
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

/** A chain that names an account that is not there. */
const BROKEN: unique symbol = Symbol("broken chain");

const coreSymbols = new CoreSymbols();

/** The compiler asks three or four times for each symbol: the last answer is kept. */
function find(ctx: Context, symbol: CVMSymbol, start: Address): Definition | typeof BROKEN | null {
  const account = ctx.accountAt(start);
  // An account that defines nothing has nothing worth keeping: the core account's are kept anyway.
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

/** What the chain from `start` on says of a symbol; null when it says nothing, or is broken. */
export function definitionOf(ctx: Context, symbol: CVMSymbol, start: Address): Definition | null {
  const definition = find(ctx, symbol, start);
  return definition === BROKEN ? null : definition;
}

/** Undefined when nothing in the chain defines it; a broken chain ends at what is built in. */
export function lookup(ctx: Context, symbol: CVMSymbol, start: Address): Value | undefined {
  const definition = find(ctx, symbol, start);
  if (definition === BROKEN) return builtIn(symbol);
  return definition === null ? lookupBeyondCore(ctx, symbol, start) : definition.value;
}

function builtIn(symbol: CVMSymbol): Value | undefined {
  return symbol.name === LANG.name ? null : CORE_BY_NAME.get(symbol.name);
}

/**
 * A value, and nothing else, is searched for in the parents of the core account too. It has one
 * only within a query as #8 that sets it.
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

/** Address of the account in the chain that defines it, null when none does. */
export function definingAddress(ctx: Context, symbol: CVMSymbol, start: Address): Address | null {
  return definitionOf(ctx, symbol, start)?.address ?? null;
}

/** Metadata where the chain defines the symbol ({} without any), null when nothing does. */
export function lookupMeta(ctx: Context, symbol: CVMSymbol, start: Address): CVMMap | null {
  return definitionOf(ctx, symbol, start)?.metadata ?? null;
}

/** Defines in the current account. Metadata replaces what is there; null leaves it. */
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

/** Removes value and metadata; absent maps become empty ones, and stay so (T14). */
export function undefine(ctx: Context, symbol: CVMSymbol): void {
  const account = ctx.account();
  const environment = (account.environment ?? CVMMap.EMPTY).dissoc(symbol);
  const metadata = (account.metadata ?? CVMMap.EMPTY).dissoc(symbol);
  ctx.setAccount(account.with({ environment, metadata }));
}
