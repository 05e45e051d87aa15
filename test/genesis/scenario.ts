// Runs tests that are written in Convex Lisp (test/genesis/lib). A step that does not hold gives
// one line: the form, what it gave, what was expected.

import { readForms } from "../../src/cvm/compile/read-form.ts";
import { Context } from "../../src/cvm/context.ts";
import { ErrorExit, EXIT } from "../../src/cvm/exits.ts";
import { Address } from "../../src/data/address.ts";
import type { Value } from "../../src/data/cell.ts";
import { equals } from "../../src/data/equals.ts";
import { List } from "../../src/data/list.ts";
import { CVMString } from "../../src/data/string.ts";
import { CVMSymbol } from "../../src/data/symbol.ts";
import { Vector } from "../../src/data/vector.ts";
import { print } from "../../src/lang/printer.ts";
import { MAX_TRANSACTION_JUICE } from "../../src/state/constants.ts";
import type { State } from "../../src/state/state.ts";

export interface Scenario {
  readonly title: string;
  readonly steps: readonly List[];
  /** Whether a step goes on from the State that the one before left. */
  readonly isSequence: boolean;
}

/** A form that an account evaluates, and what is expected of it. */
export interface Step {
  readonly account: Address;
  readonly kind: "is" | "fails" | "does";
  readonly form: Value;
  /** The value of `is`, the code of `fails`. */
  readonly expected: Value;
  /** The Vectors that `is` logs, null when it does not matter. */
  readonly events: Value;
  /** Why the reference may give something else; null when it may not. */
  readonly reason: string | null;
}

/** What a form did. */
export interface StepOutcome {
  /** Null when it failed. */
  readonly success: { readonly value: Value } | null;
  /** Code of the error, or nil. */
  readonly code: Value;
  /** The Vectors that were logged. */
  readonly events: Vector;
  readonly juice: number;
  readonly state: State;
}

/** The sections and scenarios of a test file. @throws Error when it holds anything else */
export function readScenarios(text: string): Scenario[] {
  const scenarios: Scenario[] = [];
  let section: List[] | null = null;
  for (const form of readForms(text)) {
    const [head, ...rest] = elements(form);
    if (head === "section") {
      section = [];
      scenarios.push({ title: titleOf(rest[0]), steps: section, isSequence: false });
    } else if (head === "scenario") {
      section = null;
      const [title, ...steps] = rest;
      scenarios.push({ title: titleOf(title), steps: steps as List[], isSequence: true });
    } else if (section !== null) {
      section.push(form as List);
    } else {
      throw new Error(`a step outside of section and scenario: ${shown(form)}`);
    }
  }
  return scenarios;
}

/**
 * The steps of a scenario that evaluate something. `(as #n)` sets their account; `(because
 * "reason")` says why the reference may differ from there on, `(because nil)` that it may not.
 */
export function stepsOf(scenario: Scenario): Step[] {
  const steps: Step[] = [];
  let account = Address.of(12);
  let reason: string | null = null;
  for (const form of scenario.steps) {
    const [kind, first = null, expected = null, events = null] = elements(form);
    if (kind === "as" && first instanceof Address) {
      account = first;
    } else if (kind === "because") {
      reason = first === null ? null : titleOf(first);
    } else if (kind === "is" || kind === "fails" || kind === "does") {
      steps.push({ account, kind, form: first, expected, events, reason });
    } else {
      throw new Error(`no such step: ${shown(form)}`);
    }
  }
  return steps;
}

/** Runs a form as an account, with the juice of a transaction. */
export function runStep(state: State, account: Address, form: Value): StepOutcome {
  const ctx = new Context({ state, origin: account, juiceLimit: MAX_TRANSACTION_JUICE });
  const outcome = ctx.run(form);
  return {
    success: outcome === EXIT ? null : { value: outcome },
    code: ctx.exit instanceof ErrorExit ? ctx.exit.code : null,
    events: eventsOf(ctx.log),
    juice: ctx.juice,
    state: ctx.state,
  };
}

/** The values that log entries hold, without account, scope and place. */
function eventsOf(log: Vector | null): Vector {
  const entries = log?.toArray() ?? [];
  return Vector.from(entries.map((entry) => (entry instanceof Vector ? entry.get(3) : entry)));
}

/** A line for each step that does not hold. */
export function failuresOf(scenario: Scenario, genesis: State): string[] {
  const failures: string[] = [];
  let state = genesis;
  for (const step of stepsOf(scenario)) {
    const outcome = runStep(scenario.isSequence ? state : genesis, step.account, step.form);
    state = outcome.state;
    const wrong = mismatch(step, outcome);
    if (wrong !== null) failures.push(`#${step.account.value} ${shown(step.form)} ${wrong}`);
  }
  return failures;
}

/** What is wrong with the outcome of a step, null when it is as expected. */
export function mismatch(step: Step, outcome: StepOutcome): string | null {
  const { kind, expected } = step;
  const { success, code, events } = outcome;
  switch (kind) {
    case "is":
      if (success === null || !equals(success.value, expected)) {
        return `${describe(outcome)}, not ${shown(expected)}`;
      }
      return step.events === null || equals(events, step.events)
        ? null
        : `logged ${shown(events)}, not ${shown(step.events)}`;
    case "fails":
      return success === null && equals(code, expected)
        ? null
        : `${describe(outcome)}, and did not fail ${shown(expected)}`;
    case "does":
      return success !== null ? null : describe(outcome);
  }
}

/** What a form did, in words. */
export function describe({ success, code }: StepOutcome): string {
  return success === null ? `failed ${shown(code)}` : `gave ${shown(success.value)}`;
}

/** Head symbol's name, and the other elements, of a list. */
function elements(form: Value): [string, ...Value[]] {
  if (!(form instanceof List)) throw new Error(`not a step: ${shown(form)}`);
  const [head, ...rest] = form.toArray();
  if (!(head instanceof CVMSymbol)) throw new Error(`not a step: ${shown(form)}`);
  return [head.name, ...rest];
}

function titleOf(value: Value | undefined): string {
  if (value instanceof CVMString) return value.toString();
  throw new Error("a section or scenario begins with its title");
}

export function shown(value: Value): string {
  return print(value, 300) ?? "(a long value)";
}
