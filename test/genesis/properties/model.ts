// Random calls of a library by random accounts, and what must hold after each of them.

import fc from "fast-check";
import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { Address } from "../../../src/data/address.ts";
import { equals } from "../../../src/data/equals.ts";
import type { State } from "../../../src/state/state.ts";
import { describe, runStep, type StepOutcome } from "../scenario.ts";
import { testGenesis } from "../test-genesis.ts";

export interface Call {
  readonly account: number;
  readonly source: string;
}

export interface Model {
  readonly name: string;
  /** Calls that are made first, on the genesis State; each must succeed. */
  readonly setup: readonly Call[];
  readonly calls: fc.Arbitrary<Call>;
  /** What is wrong after a call that succeeded, null when nothing is. */
  readonly check: (before: State, after: State, call: Call) => string | null;
}

/** Accounts that make the calls; they have coins. */
export const USERS = [11, 12, 13, 14] as const;
/** Calls from one fresh State. */
const SEQUENCE_LENGTH = 50;

export const user: fc.Arbitrary<number> = fc.constantFrom(...USERS);

/** A call whose parts are drawn: `from` gets the caller and the draw of each arbitrary. */
export function call<T extends readonly unknown[]>(
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  from: (...draw: T) => string,
): fc.Arbitrary<Call> {
  return fc
    .tuple(user, fc.tuple(...(arbitraries as fc.Arbitrary<unknown>[])))
    .map(([account, draw]) => ({ account, source: from(...(draw as unknown as T)) }));
}

/** How many of the calls that were made succeeded. */
export interface Tally {
  calls: number;
  succeeded: number;
}

export interface CheckOptions {
  /** At least so many calls are made. */
  readonly operations: number;
  readonly seed: number;
  readonly genesis?: State;
  /** Whether to look for a shorter sequence that breaks the model, too. */
  readonly isShrunk?: boolean;
}

/** @throws Error of fast-check with a sequence that breaks the model */
export function checkModel(model: Model, options: CheckOptions): Tally {
  const { operations, seed, genesis = testGenesis(), isShrunk = true } = options;
  const start = prepare(model, genesis);
  const tally: Tally = { calls: 0, succeeded: 0 };
  const sequences = fc.array(model.calls, {
    minLength: SEQUENCE_LENGTH,
    maxLength: SEQUENCE_LENGTH,
  });
  fc.assert(
    fc.property(sequences, (calls) => runSequence(model, start, calls, tally)),
    { seed, numRuns: Math.ceil(operations / SEQUENCE_LENGTH), endOnFailure: !isShrunk },
  );
  return tally;
}

function prepare({ setup, name }: Model, genesis: State): State {
  return setup.reduce((state, call) => {
    const outcome = evaluate(state, call);
    if (outcome.success !== null) return outcome.state;
    throw new Error(`${name}: ${call.source} ${describe(outcome)}`);
  }, genesis);
}

function runSequence(model: Model, start: State, calls: readonly Call[], tally: Tally): void {
  let state = start;
  for (const call of calls) {
    const outcome = evaluate(state, call);
    tally.calls++;
    const wrong = problemOf(model, state, call, outcome);
    if (wrong !== null) throw new Error(`#${call.account} ${call.source}: ${wrong}`);
    if (outcome.success !== null) tally.succeeded++;
    state = outcome.state;
  }
}

function problemOf(model: Model, before: State, call: Call, outcome: StepOutcome): string | null {
  if (outcome.success !== null) return model.check(before, outcome.state, call);
  return equals(before, outcome.state) ? null : "failed, and changed the State";
}

function evaluate(state: State, { account, source }: Call): StepOutcome {
  return runStep(state, Address.of(account), readForm(source));
}
