// Running forms and ops (sheet 02 §8 on `*lang*`, §10).

import { Address } from "../data/address.ts";
import type { Value } from "../data/cell.ts";
import { Keyword } from "../data/keyword.ts";
import { CVMSymbol } from "../data/symbol.ts";
import { LANG } from "./account/definitions.ts";
import { Boundary, leaveFresh } from "./boundary.ts";
import { CORE_CODE } from "./call/core-code.ts";
import { invokeOne } from "./call/function-call.ts";
import { isFunctionValue } from "./call/function-value.ts";
import type { Context } from "./context.ts";
import { coreFunction } from "./core/index.ts";
import { isTruthy } from "./core/truth.ts";
import { CODE } from "./error-code.ts";
import { EXIT, type Outcome } from "./exits.ts";
import { JUICE } from "./juice.ts";
import { NO_LOCALS } from "./locals.ts";
import { Op } from "./ops/op.ts";

const CHECK_TRUSTED = CVMSymbol.of("check-trusted?");
const CONTROL = Keyword.of("control");

/**
 * Executes an op, or compiles and executes any other form: by the account's `*lang*` if that is a
 * function, else by the core compiler. An account with so many parents that LOOKUP_DEPTH ends
 * before the core account finds no `*lang*`, which is an :UNDECLARED error.
 */
export function evaluate(ctx: Context, form: Value): Outcome {
  let op: Outcome = form;
  if (!(form instanceof Op)) {
    const lang = ctx.lookup(LANG);
    if (lang === undefined) return ctx.fail(CODE.UNDECLARED, LANG.name);
    op = invokeOne(ctx, isFunctionValue(lang) ? lang : coreFunction(CORE_CODE.COMPILE), form);
    if (op === EXIT) return EXIT;
    if (!(op instanceof Op)) return ctx.fail(CODE.COMPILE, "*lang* did not produce CVM op");
    ctx.result = null;
  }
  return executeWithoutLocals(ctx, op);
}

function executeWithoutLocals(ctx: Context, op: Value): Outcome {
  const { locals, base } = ctx;
  ctx.locals = NO_LOCALS;
  ctx.base = null;
  const outcome = ctx.execute(op);
  ctx.locals = locals;
  ctx.base = base;
  return outcome;
}

/**
 * Core `eval` (sheet 02 §10): no `*lang*`, no locals, and no boundary, so that halt and rollback
 * pass through. 500 juice after an op has run, however it ended; none when compiling failed.
 */
export function evalForm(ctx: Context, form: Value): Outcome {
  const op = form instanceof Op ? form : ctx.expandCompile(form);
  if (op === EXIT) return EXIT;
  return ctx.chargeAfter(JUICE.EVAL, executeWithoutLocals(ctx, op));
}

/**
 * As `run`, in a context in which nothing has run yet: the command of a transaction, or a scheduled
 * op (sheet 02 §12).
 */
export function runFresh(ctx: Context, command: Value): Outcome {
  const { state } = ctx;
  return leaveFresh(ctx, state, evaluate(ctx, command));
}

/**
 * Evaluates a form or op within a state boundary: halt and rollback end here, and an error undoes
 * all changes. For contexts that go on afterwards.
 */
export function run(ctx: Context, command: Value): Outcome {
  const boundary = new Boundary(ctx);
  return boundary.leave(evaluate(ctx, command));
}

/**
 * Core `eval-as` without its 500 juice (sheet 02 §10). Raises :NOBODY, or :TRUST when the account
 * does not control the target.
 */
export function evalAs(ctx: Context, target: Address, form: Value): Outcome {
  const account = ctx.accountAt(target);
  if (account === null) return ctx.fail(CODE.NOBODY, `Address does not exist: #${target.value}`);
  const caller = ctx.address;
  if (!checkControl(ctx, caller, target, account.controller)) return EXIT;
  const boundary = new Boundary(ctx);
  boundary.enter({ address: target, caller, scope: null, offer: 0, levels: 1 });
  return boundary.leave(evaluate(ctx, form));
}

/** Whether `caller` controls `target`; :TRUST otherwise. */
function checkControl(ctx: Context, caller: Address, target: Address, controller: Value): boolean {
  if (caller.value === target.value) return true;
  const subject = `#${target.value}`;
  if (controller === null) {
    ctx.fail(CODE.TRUST, `Cannot control address with nil controller set: ${subject}`);
    return false;
  }
  if (controller instanceof Address && controller.value === caller.value) return true;
  const answer = ctx.actorCall(controller, 0, CHECK_TRUSTED, [caller, CONTROL, target]);
  if (answer === EXIT) {
    ctx.fail(CODE.TRUST, `Failure trying to obtain :control rights for address: ${subject}`);
    return false;
  }
  if (isTruthy(answer)) return true;
  ctx.fail(CODE.TRUST, `Cannot control address: ${subject}`);
  return false;
}

/**
 * Core `query-as` without its 500 juice (sheet 02 §10): anybody may, since State and log are
 * dropped. Raises :NOBODY.
 */
export function queryAs(ctx: Context, target: Address, form: Value): Outcome {
  if (ctx.accountAt(target) === null) {
    return ctx.fail(CODE.NOBODY, `Address does not exist: #${target.value}`);
  }
  const boundary = new Boundary(ctx);
  boundary.enter({ address: target, caller: ctx.address, scope: null, offer: 0, levels: 0 });
  return boundary.leave(evaluate(ctx, form), true);
}
