// The state boundary (sheet 02 §6): what becomes of State, log, offer and exit when the code of a
// transaction, actor call, deploy, eval-as or query-as has ended. A child context is the same
// Context with other registers; a Boundary remembers those of the parent.

import type { Address } from "../data/address.ts";
import type { Integer, Value } from "../data/cell.ts";
import { Vector } from "../data/vector.ts";
import { addLongs } from "../state/long.ts";
import type { State } from "../state/state.ts";
import type { CompilerState } from "./compile/compiler-state.ts";
import type { Context } from "./context.ts";
import { CODE } from "./error-code.ts";
import {
  ErrorExit,
  EXIT,
  FailureExit,
  HaltExit,
  type Outcome,
  RecurExit,
  ReturnExit,
  RollbackExit,
  TailcallExit,
} from "./exits.ts";
import { ContextIdentity } from "./history/context-identity.ts";
import { NO_LOCALS } from "./locals.ts";

/** The registers with which child contexts begin differently; the others are the same in all. */
export interface ChildRegisters {
  readonly address: Address;
  readonly caller: Address | null;
  readonly scope: Value;
  readonly offer: Integer;
  /** How much deeper than its parent; not checked against MAX_DEPTH here (T25). */
  readonly levels: number;
}

/**
 * To be made before a child begins. `enter` gives the child registers of its own, if it needs them;
 * `leave`, called once, ends the child and puts those of the parent back.
 */
export class Boundary {
  readonly #ctx: Context;
  readonly #state: State;
  readonly #address: Address;
  readonly #caller: Address | null;
  readonly #scope: Value;
  readonly #offer: Integer;
  readonly #locals: Value[];
  readonly #base: Vector | null;
  readonly #depth: number;
  readonly #juiceLimit: number;
  readonly #log: Vector;
  readonly #compiler: CompilerState | null;
  readonly #identity: ContextIdentity;

  /** Saves the registers of the parent. */
  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.#state = ctx.state;
    this.#address = ctx.address;
    this.#caller = ctx.caller;
    this.#scope = ctx.scope;
    this.#offer = ctx.offer;
    this.#locals = ctx.locals;
    this.#base = ctx.base;
    this.#depth = ctx.depth;
    this.#juiceLimit = ctx.juiceLimit;
    this.#log = ctx.log;
    this.#compiler = ctx.compiler;
    this.#identity = ctx.identity;
  }

  /** Sets the registers of the child. Juice, its limit and the log go on from the parent's. */
  enter(child: ChildRegisters): void {
    const ctx = this.#ctx;
    ctx.address = child.address;
    ctx.caller = child.caller;
    ctx.scope = child.scope;
    ctx.offer = child.offer;
    ctx.locals = NO_LOCALS;
    ctx.base = null;
    ctx.result = null;
    ctx.compiler = null;
    ctx.identity = new ContextIdentity();
    ctx.depth = this.#depth + child.levels;
  }

  /**
   * Ends the child.
   * @param discard whether to drop its State and log in any case (`query-as`)
   * @returns what the outcome is in the parent
   */
  leave(outcome: Outcome, discard = false): Outcome {
    const ctx = this.#ctx;
    const { state, log, offer } = ctx;
    this.#restore();
    if (outcome !== EXIT) return this.#adopt(outcome, discard ? null : state, log, offer);
    const { exit } = ctx;
    if (exit instanceof HaltExit || exit instanceof ReturnExit) {
      return this.#adopt(exit.value, discard ? null : state, log, offer);
    }
    if (exit instanceof RollbackExit) return this.#adopt(exit.value, null, log, offer);
    return failUnhandled(ctx);
  }

  /** Takes over the child's State, unless it is null, with what is left of the offer. */
  #adopt(value: Value, state: State | null, log: Vector, offer: Integer): Value {
    const ctx = this.#ctx;
    if (state !== null) {
      ctx.log = log;
      ctx.setState(offer > 0 ? withRefund(state, this.#address, offer) : state);
    }
    return ctx.complete(value);
  }

  #restore(): void {
    const ctx = this.#ctx;
    ctx.enterState(this.#state);
    ctx.address = this.#address;
    ctx.caller = this.#caller;
    ctx.scope = this.#scope;
    ctx.offer = this.#offer;
    ctx.locals = this.#locals;
    ctx.base = this.#base;
    ctx.depth = this.#depth;
    ctx.juiceLimit = this.#juiceLimit;
    ctx.log = this.#log;
    ctx.compiler = this.#compiler;
    ctx.identity = this.#identity;
  }
}

/**
 * As Boundary.leave, for code that had a context of its own. Of that nothing is used afterwards but
 * outcome, State and log, and there was no offer to give back (apply-form +7 % against a Boundary).
 * @param before State in which the code began
 */
export function leaveFresh(ctx: Context, before: State, outcome: Outcome): Outcome {
  if (outcome !== EXIT) return outcome;
  const { exit } = ctx;
  if (exit instanceof HaltExit || exit instanceof ReturnExit) return exit.value;
  ctx.enterState(before);
  ctx.log = Vector.EMPTY;
  return exit instanceof RollbackExit ? exit.value : failUnhandled(ctx);
}

/**
 * An exit that nothing took is an :EXCEPTION error: recur, tailcall, reduced. Errors and failures
 * stay what they are.
 */
function failUnhandled(ctx: Context): typeof EXIT {
  const { exit } = ctx;
  if (exit instanceof ErrorExit || exit instanceof FailureExit) return EXIT;
  let message = "reduced used outside of a reduce operation";
  if (exit instanceof RecurExit) message = "Unhandled Exception with Code::RECUR";
  if (exit instanceof TailcallExit) message = "Unhandled Exception with Code::TAILCALL";
  ctx.exit = new ErrorExit(CODE.EXCEPTION, message, null);
  return EXIT;
}

function withRefund(state: State, address: Address, offer: Integer): State {
  const account = state.account(address);
  if (account === null) return state;
  return state.withAccount(address, account.withBalance(addLongs(account.balance, offer)));
}
