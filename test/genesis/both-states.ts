// Scenarios of test/genesis/lib on two genesis States at once: ours and the reference's.

import { equals } from "../../src/data/equals.ts";
import type { State } from "../../src/state/state.ts";
import { describe, runStep, type Scenario, type StepOutcome, shown, stepsOf } from "./scenario.ts";

/** A call on both States. */
export interface Comparison {
  readonly account: number;
  readonly source: string;
  readonly ours: StepOutcome;
  readonly reference: StepOutcome;
  /** Whether both gave the same value or error, and logged the same. */
  readonly isEqual: boolean;
  /** Why they differ, as the step says; null when it says nothing. */
  readonly reason: string | null;
}

/** Runs the steps of a scenario on both States, each going on from its own. */
export function compareScenario(scenario: Scenario, ours: State, reference: State): Comparison[] {
  const comparisons: Comparison[] = [];
  let states = { ours, reference };
  for (const { account, form, reason } of stepsOf(scenario)) {
    const before = scenario.isSequence ? states : { ours, reference };
    const outcomes = {
      ours: runStep(before.ours, account, form),
      reference: runStep(before.reference, account, form),
    };
    states = { ours: outcomes.ours.state, reference: outcomes.reference.state };
    const isEqual = areEqual(outcomes.ours, outcomes.reference);
    const source = shown(form);
    comparisons.push({ ...outcomes, account: Number(account.value), source, isEqual, reason });
  }
  return comparisons;
}

function areEqual(a: StepOutcome, b: StepOutcome): boolean {
  if (a.success === null || b.success === null) {
    return a.success === b.success && equals(a.code, b.code);
  }
  return equals(a.success.value, b.success.value) && equals(a.events, b.events);
}

/** Outcome and, if there are any, events. */
export function describeOutcome(outcome: StepOutcome): string {
  const { events } = outcome;
  const logged = outcome.success !== null && events.count > 0 ? ` and logged ${shown(events)}` : "";
  return describe(outcome) + logged;
}
