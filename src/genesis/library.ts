// Libraries that a genesis deploys as actors: a Convex Lisp source whose first form is the quoted
// CNS name (sheet 03 §5.2 step 5, the deploy rule).

import { readForms } from "../cvm/compile/read-form.ts";
import { Address } from "../data/address.ts";
import type { Value } from "../data/cell.ts";
import { List } from "../data/list.ts";
import { CVMSymbol } from "../data/symbol.ts";
import type { State } from "../state/state.ts";
import { deployAs, evaluateAs } from "./evaluate.ts";
import { GenesisError } from "./genesis-error.ts";
import { GOVERNANCE, REGISTRY } from "./layout.ts";

const QUOTE = CVMSymbol.of("quote");
const LOOKUP = CVMSymbol.of("lookup");
const CREATE = CVMSymbol.of("create");
const SET_CONTROLLER = CVMSymbol.of("set-controller");

interface LibrarySource {
  readonly name: CVMSymbol;
  readonly forms: readonly Value[];
}

function readLibrary(text: string): LibrarySource {
  const [heading, ...forms] = readForms(text);
  const name = heading instanceof List && heading.count === 2 ? heading.get(1) : null;
  if (name instanceof CVMSymbol) return { name, forms };
  throw new GenesisError("A library must begin with its quoted CNS name");
}

/** Deploys a library, controlled by the governance account, at the next address. */
export function deployLibrary(state: State, text: string): State {
  return deploySource(state, readLibrary(text));
}

/** As deployLibrary, and enters it into the CNS under its name. */
export function publishLibrary(state: State, text: string): State {
  const source = readLibrary(text);
  const address = Address.of(state.accounts.count);
  const entry = List.from([
    List.from([LOOKUP, REGISTRY, CREATE]),
    List.from([QUOTE, source.name]),
    address,
    GOVERNANCE,
  ]);
  return evaluateAs(deploySource(state, source), GOVERNANCE, [entry]);
}

function deploySource(state: State, { forms }: LibrarySource): State {
  return deployAs(state, GOVERNANCE, [List.from([SET_CONTROLLER, GOVERNANCE]), ...forms]);
}
