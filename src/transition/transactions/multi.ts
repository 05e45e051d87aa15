// Multi (sheet 03 §6.2, sheet 02 T8): several transactions as one. As in the reference, each child
// runs in a context of its own that knows nothing of the block, with the full juice of a
// transaction. The juice and log of the Multi are not the sum of its children's: its juice is that
// of the last child, its log that of the last child that succeeded (empty if that rolled back). A
// child that runs out of juice is a failure and no error: in mode ALL it stops the others, but
// undoes nothing.
//
// Multis inside Multis are applied with a stack of our own, since they may nest deeper than calls.

import { Context } from "../../cvm/context.ts";
import { CODE } from "../../cvm/error-code.ts";
import { ErrorExit, EXIT, type Outcome } from "../../cvm/exits.ts";
import { countWork, measureIfEncoded, TOTAL_WORK_MAX } from "../../cvm/work-limit.ts";
import type { Value } from "../../data/cell.ts";
import { equals } from "../../data/equals.ts";
import { WorkLimitError, withWorkLimit } from "../../data/free-work.ts";
import type { Keyword } from "../../data/keyword.ts";
import { CVMString } from "../../data/string.ts";
import { Vector } from "../../data/vector.ts";
import { MAX_TRANSACTION_JUICE } from "../../state/constants.ts";
import { HostError } from "../../state/host-error.ts";
import { Result } from "../../state/result.ts";
import type { Rules } from "../../state/rules.ts";
import type { State } from "../../state/state.ts";
import { MULTI_MODE, Multi, Transaction } from "../../state/transaction.ts";
import { applySimple } from "./simple.ts";

/**
 * Most transactions inside one Multi, at all levels. Vectors that share their parts can have any
 * number; the Results of so many do not fit the memory of a reference peer.
 */
const MAX_MULTI_CHILDREN = 2 ** 26;
/** Most Results that a Multi answers with. They are no part of the State. */
export const MAX_MULTI_RESULTS = 2 ** 16;
/** Memory size, in bytes, of the values in the Results of a Multi and of all Multis inside it. */
const MAX_MULTI_RESULT_BYTES = 2 ** 28;

/** Bytes of a Result itself. */
const RESULT_BYTES = 500;

/** How a child ended. */
interface ChildEnd {
  readonly value: Value;
  /** Code of an error or failure; null for a success. */
  readonly code: Value;
  /** A catchable error, which mode ALL answers by undoing everything. */
  readonly isError: boolean;
}

/** A Multi that is being applied. */
class MultiRun {
  readonly ctx: Context;
  readonly #before: State;
  readonly #mode: number;
  readonly #children: Vector;
  #attempted = 0;
  readonly #results: Result[] = [];
  /** Bytes that Results may still hold; one object for a Multi and all Multis inside it. */
  readonly #room: { bytes: number };
  #last: ChildEnd | null = null;

  constructor(ctx: Context, tx: Multi, outer: MultiRun | null = null) {
    const children = tx.transactions;
    if (children === null) throw new HostError("Multi without transactions");
    this.ctx = ctx;
    this.#before = ctx.state;
    this.#mode = tx.mode;
    this.#children = children;
    this.#room = outer === null ? { bytes: MAX_MULTI_RESULT_BYTES } : outer.#room;
  }

  /**
   * The next child to attempt; null when there is none. @throws HostError when it is no transaction
   */
  next(): Transaction | null {
    if (this.#isOver()) return null;
    const child = this.#children.get(this.#attempted);
    if (child instanceof Transaction) return child;
    throw new HostError("Multi of what is no transaction");
  }

  #isOver(): boolean {
    if (this.#attempted >= this.#children.count) return true;
    const last = this.#last;
    if (last === null || this.#mode === MULTI_MODE.ANY) return false;
    return this.#mode === MULTI_MODE.FIRST ? last.code === null : last.code !== null;
  }

  /** Error code with which a child is refused, null when the origin may act for it. */
  refusal(child: Transaction): Keyword | null {
    const { origin } = this.ctx;
    if (equals(child.origin, origin)) return null;
    const account = this.ctx.state.account(child.origin);
    if (account === null) return CODE.NOBODY;
    return equals(account.controller, origin) ? null : CODE.TRUST;
  }

  /** Records a child that was refused. */
  refuse(code: Keyword): void {
    const text = code === CODE.NOBODY ? "Account does not exist" : "Account control not available";
    this.#record({ value: CVMString.of(text), code, isError: true });
  }

  /** Takes over what a child did in its own context. */
  accept(child: Context, outcome: Outcome): void {
    const { ctx } = this;
    ctx.juice = child.juice;
    if (outcome !== EXIT) {
      ctx.setState(child.state);
      ctx.log = child.log;
      this.#record({ value: outcome, code: null, isError: false });
      return;
    }
    const { exit } = child;
    if (exit instanceof ErrorExit) {
      this.#record({ value: exit.message, code: exit.code, isError: true });
    } else {
      this.#record({ value: CVMString.of("Out of juice!"), code: CODE.JUICE, isError: false });
    }
  }

  /** Ends the Multi: its outcome. */
  finish(): Outcome {
    const { ctx } = this;
    const results = Vector.from(this.#results);
    if (this.#mode === MULTI_MODE.ALL && this.#last?.isError) {
      ctx.enterState(this.#before);
      ctx.log = Vector.EMPTY;
      return ctx.fail(CODE.CHILD, results);
    }
    return ctx.complete(results);
  }

  #record(end: ChildEnd): void {
    this.#last = end;
    this.#attempted++;
    this.#room.bytes -= RESULT_BYTES + Number(measureIfEncoded(end.value));
    if (this.#attempted > MAX_MULTI_RESULTS || this.#room.bytes < 0) return;
    this.#results.push(Result.of({ result: end.value, error: end.code }));
  }
}

/**
 * Applies a Multi; the outcome is the Vector of its children's Results.
 * @param childrenMax only tests give another
 * @param workMax only tests give another
 * @throws HostError when `:txs` is no vector of transactions, or there are too many, or they need
 *   more work than that together
 */
export function applyMulti(
  ctx: Context,
  tx: Multi,
  rules: Rules,
  childrenMax: number = MAX_MULTI_CHILDREN,
  workMax: number = TOTAL_WORK_MAX,
): Outcome {
  try {
    return withWorkLimit(workMax, () => applyChildren(ctx, tx, rules, childrenMax));
  } catch (error) {
    if (error instanceof WorkLimitError) throw new HostError("Too much work in a Multi");
    throw error;
  }
}

function applyChildren(ctx: Context, tx: Multi, rules: Rules, childrenMax: number): Outcome {
  const runs = [new MultiRun(ctx, tx)];
  let attempts = 0;
  for (;;) {
    const run = runs[runs.length - 1] as MultiRun;
    const child = run.next();
    if (child === null) {
      const outcome = run.finish();
      runs.pop();
      const parent = runs[runs.length - 1];
      if (parent === undefined) return outcome;
      parent.accept(run.ctx, outcome);
      continue;
    }
    if (++attempts > childrenMax) throw new HostError("Too many transactions in a Multi");
    const refusal = run.refusal(child);
    if (refusal !== null) {
      run.refuse(refusal);
      continue;
    }
    const childContext = new Context({
      state: run.ctx.state,
      origin: child.origin,
      juiceLimit: MAX_TRANSACTION_JUICE,
      integers: run.ctx.integers,
    });
    if (child instanceof Multi) {
      runs.push(new MultiRun(childContext, child, run));
      continue;
    }
    run.accept(childContext, applySimple(childContext, child, rules));
    countWork(childContext);
  }
}
