// hot: see test/bench. The registers of the machine, juice, and the entry points of everything that
// code can do (sheet 02 §3.1). Where the reference forks its context, this one is changed in place,
// and who would have forked saves the registers and puts them back (boundary.ts, ops/try.ts,
// ops/query.ts). What the methods do is in the files of their topics.

import type { Address } from "../data/address.ts";
import type { Integer, Value } from "../data/cell.ts";
import type { CVMMap } from "../data/map.ts";
import type { CVMSymbol } from "../data/symbol.ts";
import { Vector } from "../data/vector.ts";
import { AccountStatus } from "../state/account-status.ts";
import type { State } from "../state/state.ts";
import { actorCall } from "./account/actor-call.ts";
import { acceptFunds, transfer } from "./account/coin-transfer.ts";
import { define, type Found, lookup, lookupMeta, undefine } from "./account/definitions.ts";
import { deploy } from "./account/deploy.ts";
import { setMemory, transferMemory } from "./account/memory.ts";
import { arityMessage } from "./call/arity.ts";
import type { CoreFn } from "./call/core-fn.ts";
import { invoke } from "./call/function-call.ts";
import { expandCompile } from "./compile/compiler.ts";
import type { CompilerState } from "./compile/compiler-state.ts";
import { expand, initialExpand } from "./compile/expander.ts";
import { CODE, defaultMessage } from "./error-code.ts";
import { evalAs, evalForm, queryAs, run } from "./evaluate.ts";
import { ErrorExit, EXIT, type Exit, FailureExit, type Message, type Outcome } from "./exits.ts";
import { ContextIdentity } from "./history/context-identity.ts";
import { IntegerHistory } from "./history/integer-history.ts";
import { limitAfterChange } from "./juice-limit.ts";
import { NO_LOCALS } from "./locals.ts";
import { executeOp } from "./ops/op.ts";
import { typeName } from "./text/type-name.ts";
import type { TransactionFacts } from "./transaction-facts.ts";
import { appendLog } from "./transaction-log.ts";

export interface ContextOptions {
  readonly state: State;
  /** Account on whose behalf everything runs; also the first current address. */
  readonly origin: Address;
  readonly juiceLimit: number;
  /** Default: block number of the State's globals, index 0, no signer, no peer. */
  readonly transaction?: TransactionFacts;
  /** The form that is going to run, if it was read from text and not decoded (T9). */
  readonly readForm?: Value | undefined;
  /** All that was decoded with the form: the transaction (T9). */
  readonly sent?: Value;
  /** Default: a history that begins here. */
  readonly integers?: IntegerHistory;
}

/**
 * The machine for one transaction, scheduled op or query. An outcome is a value, or EXIT with the
 * reason in `exit`. Thrown are HostError, which makes the whole Block void (T1), and
 * MissingDataError.
 */
export class Context {
  readonly origin: Address;
  readonly transaction: TransactionFacts;
  /** Current account. */
  address: Address;
  caller: Address | null = null;
  scope: Value = null;
  /** Copper offered by the caller and not yet accepted. */
  offer: Integer = 0;
  /**
   * Local values by position. Whoever changes a local makes a new array, if others may have this
   * one.
   */
  locals: Value[] = NO_LOCALS;
  /** The locals before those of the array, when there are too many for an array (locals.ts). */
  base: Vector | null = null;
  /** What the last completed op left: `*result*`. */
  result: Value = null;
  /** The reason of the last EXIT outcome. */
  exit: Exit | null = null;
  /** Juice used so far. */
  juice = 0;
  juiceLimit: number;
  depth = 0;
  log: Vector = Vector.EMPTY;
  /**
   * Whether ops run by their definitions instead of their closures; for tests that compare both.
   */
  runsDefinitions = false;
  /** Which of the contexts that the reference would have made this one stands for. */
  identity = new ContextIdentity();
  /** Lexical scope; null when nothing is being compiled. */
  compiler: CompilerState | null = null;
  /** What account/definitions.ts found last. */
  found: Found | null = null;
  readonly #readForm: Value | undefined;
  readonly #sent: Value | undefined;
  #integers: IntegerHistory | null;
  #state: State;
  /** The account asked for last, its Address and State: the origin's is asked for four times. */
  #knownIn: State | null = null;
  #knownAt: Integer = 0;
  #known: AccountStatus | null = null;

  constructor(options: ContextOptions) {
    this.origin = options.origin;
    this.address = options.origin;
    this.juiceLimit = options.juiceLimit;
    this.#state = options.state;
    this.#readForm = options.readForm;
    this.#sent = options.sent;
    this.#integers = options.integers ?? null;
    this.transaction = options.transaction ?? {
      blockNumber: options.state.blockNumber,
      index: 0,
      signer: null,
      peer: null,
    };
  }

  get state(): State {
    return this.#state;
  }

  /** What has happened to big Integers, in this transaction and before it in its block (T9). */
  get integers(): IntegerHistory {
    this.#integers ??= new IntegerHistory(this.#readForm, this.#sent);
    return this.#integers;
  }

  /** Uses n juice; false when that is more than is left (then `exit` is the Failure). */
  charge(n: number): boolean {
    const juice = this.juice + n;
    if (juice > this.juiceLimit) {
      this.outOfJuice();
      return false;
    }
    this.juice = juice;
    return true;
  }

  /** Completes with a value: sets `*result*`, and charges nothing. */
  complete(value: Value): Value {
    this.result = value;
    return value;
  }

  /** Uses n juice and completes with a value. */
  withResult(n: number, value: Value): Outcome {
    const juice = this.juice + n;
    if (juice > this.juiceLimit) return this.outOfJuice();
    this.juice = juice;
    this.result = value;
    return value;
  }

  /** Whether n juice could be used now ([P] of sheet 02 §18); when not, `exit` is the Failure. */
  checkJuice(n: number): boolean {
    if (this.juice + n <= this.juiceLimit) return true;
    this.outOfJuice();
    return false;
  }

  /** The juice Failure: everything up to the limit in force counts as used (T22). */
  outOfJuice(): typeof EXIT {
    this.juice = this.juiceLimit;
    this.exit = new FailureExit();
    return EXIT;
  }

  /** Ends with any exit. */
  exitWith(exit: Exit): typeof EXIT {
    this.exit = exit;
    return EXIT;
  }

  /** Raises a catchable error; a string becomes a String value. */
  fail(code: Value, message: Message = defaultMessage(code)): typeof EXIT {
    this.exit = new ErrorExit(code, message, this.address);
    return EXIT;
  }

  /** :CAST for argument `position` (0-based; printed 1-based) that is not of the type named. */
  castError(position: number, value: Value, wanted: string): typeof EXIT {
    const place = `argument at position ${position + 1} (with type ${typeName(value)})`;
    return this.fail(CODE.CAST, `Can't convert ${place} to type ${wanted}`);
  }

  /** :CAST for a value that stands at no argument position. */
  castValueError(value: Value, wanted: string): typeof EXIT {
    return this.fail(CODE.CAST, `Can't convert value of type ${typeName(value)} to type ${wanted}`);
  }

  /** :ARITY of a core function called with `count` arguments. */
  arityError(fn: CoreFn, count: number): typeof EXIT {
    return this.fail(CODE.ARITY, arityMessage(fn, count));
  }

  /** :DEPTH of something that would run one level deeper than now. */
  depthError(): typeof EXIT {
    return this.fail(CODE.DEPTH, `Invalid depth: ${this.depth + 1}`);
  }

  /** Charges for what has ended, however it ended ([A] of sheet 02 §18). */
  chargeAfter(n: number, outcome: Outcome): Outcome {
    return this.charge(n) ? outcome : EXIT;
  }

  /** Changes the State of the running code; the juice limit follows a falling balance. */
  setState(state: State): void {
    if (state === this.#state) return;
    this.juiceLimit = limitAfterChange(this.juiceLimit, this.origin, this.#state, state);
    this.#state = state;
  }

  /**
   * Sets the State without a change of the juice limit (sheet 02 §11.2): at the beginning of a
   * child context, or to undo changes.
   */
  enterState(state: State): void {
    this.#state = state;
  }

  /** Record of an account, null when there is none. */
  accountAt(address: Address): AccountStatus | null {
    const state = this.#state;
    if (this.#knownIn === state && this.#knownAt === address.value) return this.#known;
    const account = state.account(address);
    this.#knownIn = state;
    this.#knownAt = address.value;
    this.#known = account;
    return account;
  }

  /** Hands over the record of the origin, if who makes the context has looked it up already. */
  knowOrigin(account: AccountStatus): void {
    this.#knownIn = this.#state;
    this.#knownAt = this.origin.value;
    this.#known = account;
  }

  setAccountAt(address: Address, account: AccountStatus): void {
    this.setState(this.#state.withAccount(address, account));
  }

  /** Record of the current account; empty when the account does not exist. */
  account(): AccountStatus {
    return this.accountAt(this.address) ?? AccountStatus.EMPTY;
  }

  setAccount(account: AccountStatus): void {
    this.setAccountAt(this.address, account);
  }

  /** Invokes with trampolines (sheet 02 §5); a value that is no function is a :CAST. */
  invoke(fn: Value, args: Value[]): Outcome {
    return invoke(this, fn, args);
  }

  /** Executes an op one level deeper; a value that is no op is a constant. */
  execute(op: Value): Outcome {
    return executeOp(this, op);
  }

  /** Expands a form, one level deeper, with an expander function and its continuation. */
  expand(expander: Value, form: Value, continuation: Value): Outcome {
    return expand(this, expander, form, continuation);
  }

  /** Core `*initial-expander*`, on this level; the continuation is a function value. */
  initialExpand(form: Value, continuation: Value): Outcome {
    return initialExpand(this, form, continuation);
  }

  /** Expands and compiles a form to an op. */
  expandCompile(form: Value): Outcome {
    return expandCompile(this, form);
  }

  /**
   * Core `eval` with its charge of 500, which is due when the code ran, also when it failed, but
   * not when it could not be compiled. In this account, locals empty, no state boundary.
   */
  evalForm(form: Value): Outcome {
    return evalForm(this, form);
  }

  /** Runs a transaction's command (op, or form through `*lang*`) behind a state boundary. */
  run(command: Value): Outcome {
    return run(this, command);
  }

  /** Core `eval-as` without its charge. */
  evalAs(target: Address, form: Value): Outcome {
    return evalAs(this, target, form);
  }

  /** Core `query-as` without its charge. */
  queryAs(target: Address, form: Value): Outcome {
    return queryAs(this, target, form);
  }

  /** Calls a function of an account; target: Address or [Address scope]. No charge of its own. */
  actorCall(target: Value, offer: Integer, symbol: CVMSymbol | null, args: Value[]): Outcome {
    return actorCall(this, target, offer, symbol, args);
  }

  /** Core `deploy` without its final charge; the outcome is the new Address. */
  deploy(forms: readonly Value[]): Outcome {
    return deploy(this, forms);
  }

  /** Value of a symbol, looked up from an account on (sheet 02 §9); undefined when not defined. */
  lookup(symbol: CVMSymbol, address: Address = this.address): Value | undefined {
    return lookup(this, symbol, address);
  }

  /** Metadata of a symbol, looked up from an account on; null when the symbol is not defined. */
  lookupMeta(symbol: CVMSymbol, address: Address = this.address): CVMMap | null {
    return lookupMeta(this, symbol, address);
  }

  /** Defines in the current account; metadata null leaves what is there. */
  define(symbol: CVMSymbol | null, value: Value, metadata: CVMMap | null): void {
    define(this, symbol, value, metadata);
  }

  /** Removes value and metadata in the current account (T14). */
  undefine(symbol: CVMSymbol): void {
    undefine(this, symbol);
  }

  /** Moves coins from the current account (sheet 02 §9); no charge of its own. */
  transfer(target: Address, amount: Integer): Outcome {
    return transfer(this, target, amount);
  }

  /** Takes from the offer; no charge of its own. */
  acceptFunds(amount: Integer): Outcome {
    return acceptFunds(this, amount);
  }

  /** Trades memory allowance with the pool; charges 200 when something changes. */
  setMemory(allowance: Integer): Outcome {
    return setMemory(this, allowance);
  }

  transferMemory(target: Address, amount: Integer): Outcome {
    return transferMemory(this, target, amount);
  }

  /** Appends [address scope location values] to the log. */
  appendLog(values: Vector): void {
    appendLog(this, values);
  }

  /** `*location*`: [block-number transaction-index]. */
  location(): Vector {
    return Vector.of(this.transaction.blockNumber, this.transaction.index);
  }
}
