// A State of a few accounts with the native core functions in #8 and no library: what the machine
// needs to run, and nothing more.

import { fromHex, toHex } from "../../src/crypto/hex.ts";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { Context } from "../../src/cvm/context.ts";
import { CORE_BY_CODE } from "../../src/cvm/core/index.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { ErrorExit, EXIT, FailureExit, type Outcome } from "../../src/cvm/exits.ts";
import { Special } from "../../src/cvm/ops/special.ts";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import type { Integer, Value } from "../../src/data/cell.ts";
import { decode } from "../../src/data/decode.ts";
import { encoding } from "../../src/data/encode.ts";
import { Index } from "../../src/data/index-map.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { CVMMap } from "../../src/data/map.ts";
import { CVMSymbol } from "../../src/data/symbol.ts";
import { Vector } from "../../src/data/vector.ts";
import { print } from "../../src/lang/printer.ts";
import { AccountStatus } from "../../src/state/account-status.ts";
import { initialGlobals } from "../../src/state/globals.ts";
import { State } from "../../src/state/state.ts";

/** Accounts #0 … #12: #8 is the core, #11 and #12 have keys. */
export const HERO = Address.of(11);
export const VILLAIN = Address.of(12);
const ACCOUNTS = 13;
export const HERO_BALANCE = 1_000_000_000;

const SPECIAL_NAMES = ["*juice*", "*caller*", "*address*", "*balance*", "*result*"];

function coreAccount(): AccountStatus {
  const metadata = (...flags: string[]) =>
    CVMMap.from(flags.map((flag) => [Keyword.of(flag), true]));
  const environment: [Value, Value][] = [[CVMSymbol.of("*lang*"), null]];
  const metas: [Value, Value][] = [];
  for (const fn of CORE_BY_CODE.values()) {
    const symbol = CVMSymbol.of(fn.name);
    environment.push([symbol, fn]);
    metas.push([symbol, fn.name === "quote" ? metadata("static", "expander") : metadata("static")]);
  }
  for (const name of SPECIAL_NAMES) environment.push([CVMSymbol.of(name), Special.ofName(name)]);
  return AccountStatus.of({
    environment: CVMMap.from(environment),
    metadata: CVMMap.from(metas),
  });
}

function account(i: number): AccountStatus {
  if (i === 8) return coreAccount();
  if (i < 11) return AccountStatus.EMPTY;
  return AccountStatus.of({
    key: Blob.of(new Uint8Array(32).fill(i)),
    balance: HERO_BALANCE,
    allowance: 1000,
  });
}

export const SMALL_STATE = State.of(
  Vector.from(Array.from({ length: ACCOUNTS }, (_, i) => account(i))),
  Index.EMPTY,
  initialGlobals(),
  Index.EMPTY,
);

export interface ContextSetup {
  readonly state?: State;
  readonly juiceLimit?: number;
  readonly origin?: Address;
  readonly runsDefinitions?: boolean;
}

export function context(setup: ContextSetup = {}): Context {
  const {
    state = SMALL_STATE,
    juiceLimit = 1_000_000,
    origin = HERO,
    runsDefinitions = false,
  } = setup;
  const ctx = new Context({ state, origin, juiceLimit });
  ctx.runsDefinitions = runsDefinitions;
  return ctx;
}

/** What a run gave, in words: a printed value, or the printed code of an error. */
export function outcomeText(ctx: Context, outcome: Outcome): string {
  if (outcome !== EXIT) return print(outcome) ?? "too long";
  const { exit } = ctx;
  if (exit instanceof ErrorExit) return `error ${print(exit.code)}`;
  if (exit instanceof FailureExit) return "out of juice";
  return exit?.constructor.name ?? "no exit";
}

/** Runs a form as a transaction would, and says what it gave. */
export function run(source: string, setup: ContextSetup = {}): string {
  const ctx = context(setup);
  return outcomeText(ctx, ctx.run(readForm(source)));
}

/** Runs a form and answers the context afterwards. */
export function ran(source: string, setup: ContextSetup = {}): Context {
  const ctx = context(setup);
  ctx.run(readForm(source));
  return ctx;
}

/** Message of the error that a form ends with. */
export function messageOf(source: string, setup: ContextSetup = {}): string {
  const { exit } = ran(source, setup);
  if (!(exit instanceof ErrorExit)) throw new Error(`${source} did not fail`);
  return String(print(exit.message));
}

/** Encoding in hex of the op that a form compiles to. */
export function compiled(source: string, setup: ContextSetup = {}): string {
  const ctx = context(setup);
  const op = ctx.expandCompile(readForm(source));
  return op === EXIT ? outcomeText(ctx, op) : toHex(encoding(op));
}

/** Juice of expanding and compiling a form, and of executing what came out. */
export function juiceOf(source: string): { compile: number; execute: number } {
  const ctx = context();
  const op = ctx.expandCompile(readForm(source));
  const compile = ctx.juice;
  if (op !== EXIT) ctx.execute(op);
  return { compile, execute: ctx.juice - compile };
}

export function balanceOf(ctx: Context, address: Address): Integer {
  return ctx.accountAt(address)?.balance ?? 0;
}

/** The cell of an encoding in hex; embedded cells only. */
export function decodeHex(hex: string): Value {
  return decode(fromHex(hex) as Uint8Array, CVM_TABLE);
}
