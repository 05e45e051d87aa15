// Runs tests that are written in Convex Lisp (test/genesis/lib). A step that does not hold gives one
// line: the form, what it gave, what was expected.

import { Context } from "../../src/cvm/context.ts";
import { ErrorExit, EXIT } from "../../src/cvm/exits.ts";
import { readForms } from "../../src/cvm/read-form.ts";
import { Address } from "../../src/data/address.ts";
import type { Value } from "../../src/data/cell.ts";
import { equals } from "../../src/data/equals.ts";
import { List } from "../../src/data/list.ts";
import { CVMString } from "../../src/data/string.ts";
import { CVMSymbol } from "../../src/data/symbol.ts";
import { print } from "../../src/lang/printer.ts";
import { MAX_TRANSACTION_JUICE } from "../../src/state/constants.ts";
import type { State } from "../../src/state/state.ts";

export interface Scenario {
  readonly title: string;
  readonly steps: readonly List[];
  /** Whether a step goes on from the State that the one before left. */
  readonly isSequence: boolean;
}

const FIRST_ACCOUNT = Address.of(12);

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

/** A line for each step that does not hold. */
export function failuresOf(scenario: Scenario, genesis: State): string[] {
  const failures: string[] = [];
  let state = genesis;
  let account = FIRST_ACCOUNT;
  for (const step of scenario.steps) {
    const [kind, form = null, expected = null] = elements(step);
    if (kind === "as") {
      account = form as Address;
      continue;
    }
    const before = scenario.isSequence ? state : genesis;
    const ctx = new Context({ state: before, origin: account, juiceLimit: MAX_TRANSACTION_JUICE });
    const outcome = ctx.run(form);
    state = ctx.state;
    const wrong = mismatch(kind, outcome === EXIT ? null : { value: outcome }, ctx, expected);
    if (wrong !== null) failures.push(`#${account.value} ${shown(form)} ${wrong}`);
  }
  return failures;
}

function mismatch(
  kind: string,
  success: { readonly value: Value } | null,
  ctx: Context,
  expected: Value,
): string | null {
  const { exit } = ctx;
  const code = exit instanceof ErrorExit ? exit.code : null;
  const got = success === null ? `failed ${shown(code)}` : `gave ${shown(success.value)}`;
  switch (kind) {
    case "is":
      return success !== null && equals(success.value, expected)
        ? null
        : `${got}, not ${shown(expected)}`;
    case "fails":
      return success === null && equals(code, expected)
        ? null
        : `${got}, and did not fail ${shown(expected)}`;
    case "does":
      return success !== null ? null : got;
    default:
      throw new Error(`no such step: ${kind}`);
  }
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

function shown(value: Value): string {
  return print(value, 300) ?? "(a long value)";
}
