// Calls with a cell that nothing makes but a hand, and what they are sent in.

import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { Address } from "../../../src/data/address.ts";
import type { Slot, Value } from "../../../src/data/cell.ts";
import { List } from "../../../src/data/list.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { CVMSet } from "../../../src/data/set.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import { Vector } from "../../../src/data/vector.ts";
import type { State } from "../../../src/state/state.ts";
import { Invoke } from "../../../src/state/transaction.ts";
import type { CaseRandom } from "../../fuzz/random.ts";
import type { Case } from "./case.ts";
import { CONTROLLER } from "./network.ts";

/** Symbols of a form that stand for something else, which may be made anew in each place. */
export type Parts = Readonly<Record<string, () => Value>>;

/** A form, and what is filled in for its symbols. */
export interface Call {
  readonly form: Value;
  readonly parts: Parts;
}

/** Makes call number `index`. */
export type CallMaker = (random: CaseRandom, index: number) => Call;

export function callsOf(texts: string): readonly Value[] {
  return texts.split("|").map((text) => readForm(text));
}

export const quoted = (value: Value): Value => List.from([CVMSymbol.of("quote"), value]);

export function filled(form: Value, parts: Parts): Value {
  const fill = (part: Value): Value => filled(part, parts);
  if (form instanceof CVMSymbol) return parts[form.name]?.() ?? form;
  if (form instanceof List) return List.from(form.toArray().map(fill));
  if (form instanceof Vector) return Vector.from(form.toArray().map(fill));
  if (form instanceof CVMSet) return CVMSet.from(form.toArray().map(fill));
  if (!(form instanceof CVMMap)) return form;
  return CVMMap.from(form.entries().map(([key, value]) => [fill(key), fill(value)]));
}

/** The call as a transaction. */
export function calledOnce({ form, parts }: Call, genesis: State): Case {
  return invoked(filled(form, parts), genesis);
}

/** The controller's next transaction with this command. */
export function invoked(command: Value, genesis: State): Case {
  const sequence = (genesis.account(CONTROLLER)?.sequence as number) + 1;
  return {
    kind: "transaction",
    message: encodeMultiCell(Invoke.of(Address.of(CONTROLLER), sequence, command)),
  };
}

/** The children of a tree, in another order, or with one that is damaged or something else. */
export function damagedParts(
  random: CaseRandom,
  parts: readonly Slot[],
  oddPart: (random: CaseRandom) => Value,
  damaged: (part: Value) => Value,
): Slot[] {
  const slots = parts.slice();
  const at = random.oneIn(2) ? slots.length - 1 : random.below(slots.length);
  switch (random.below(4)) {
    case 0:
      slots.reverse();
      break;
    case 1:
      slots[at] = damaged(slots[at] as Value);
      break;
    default:
      slots[at] = oddPart(random);
  }
  return slots;
}
