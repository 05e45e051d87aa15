// A program of another kind with every juice limit up to what it uses: it runs out at each op in
// turn.

import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { Context } from "../../../src/cvm/context.ts";
import { Address } from "../../../src/data/address.ts";
import { ParseError } from "../../../src/lang/reader.ts";
import { HostError } from "../../../src/state/host-error.ts";
import type { State } from "../../../src/state/state.ts";
import type { CaseRandom } from "../../fuzz/random.ts";
import type { Case } from "./case.ts";
import { formProgram } from "./form-programs.ts";
import { functionProgram, nestedProgram } from "./function-programs.ts";
import { CONTROLLER } from "./network.ts";

const FULL_JUICE = 100_000;
/** Juice of all charges is a multiple of this, but for a few. */
const STEP = 5;
const LIMITS_MAX = 300;

export function juiceProgram(random: CaseRandom, index: number, genesis: State): Case {
  const made = random.pick([functionProgram, nestedProgram, formProgram, formProgram])(
    random,
    index,
  );
  const source = made.kind === "expression" ? made.source : "nil";
  const used = juiceOf(source, genesis);
  const step = Math.max(1, Math.floor(used / STEP / LIMITS_MAX)) * STEP;
  const offset = random.oneIn(3) ? random.below(STEP) : 0;
  const limits: number[] = [];
  for (let limit = offset; limit <= used + STEP; limit += step) limits.push(limit);
  return { kind: "juice", limits: [FULL_JUICE, ...limits, used], source };
}

/** 0 for what is no form, or throws. */
function juiceOf(source: string, genesis: State): number {
  try {
    const origin = Address.of(CONTROLLER);
    const ctx = new Context({ state: genesis, origin, juiceLimit: FULL_JUICE });
    ctx.run(readForm(source));
    return ctx.juice;
  } catch (error) {
    if (error instanceof ParseError || error instanceof HostError) return 0;
    throw error;
  }
}
