import { expect, test } from "bun:test";
import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { Address } from "../../../src/data/address.ts";
import type { Value } from "../../../src/data/cell.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import { Vector } from "../../../src/data/vector.ts";
import { print } from "../../../src/lang/printer.ts";
import { HostError } from "../../../src/state/host-error.ts";
import { PROFILE_0_8_5, type ReleaseProfile } from "../../../src/state/rules.ts";
import type { State } from "../../../src/state/state.ts";
import { Call } from "../../../src/state/transaction.ts";
import { applyTransaction } from "../../../src/transition/apply-transaction.ts";
import { ACTOR, invoke, smallState, USER, withBalance } from "../small-network.ts";

const double = CVMSymbol.of("double");

/** The actor's function `double` can be called by anybody. */
function withActor(): State {
  const state = smallState();
  const fn = applyTransaction(state, invoke("(fn [x] (#%* x 2))")).value;
  const actor = state.account(ACTOR)?.with({
    environment: CVMMap.from([[double, fn]]),
    metadata: CVMMap.from([[double, readForm("{:callable true}")]]),
  });
  return actor === undefined ? state : state.withAccount(ACTOR, actor);
}

const state = withActor();

function call(args: Value, sequence = 1): Call {
  return new Call([Address.of(USER), sequence, Address.of(ACTOR), 0, double, args]);
}

/** A later release: received Calls run (sheet 06 §3.10). */
const LATER: ReleaseProfile = {
  ...PROFILE_0_8_5,
  rulesAt: (version) => ({ ...PROFILE_0_8_5.rulesAt(version), runsCall: true }),
};

test("in 0.8.5 a Call throws, once it was admitted (T26)", () => {
  expect(() => applyTransaction(state, call(Vector.of(21)))).toThrow(HostError);
  expect(print(applyTransaction(state, call(Vector.of(21), 5)).result.error)).toBe(":SEQUENCE");
  const poor = withBalance(state, USER, 10);
  expect(print(applyTransaction(poor, call(Vector.of(21))).result.error)).toBe(":JUICE");
});

test("where the rules say so it runs", () => {
  const outcome = applyTransaction(state, call(Vector.of(21)), LATER);
  expect(outcome.value).toBe(42);
  expect(print(applyTransaction(state, call(5), LATER).result.error)).toBe(":FORMAT");
  const nameless = new Call([Address.of(USER), 1, Address.of(ACTOR), 0, null, Vector.EMPTY]);
  expect(() => applyTransaction(state, nameless, LATER)).toThrow(HostError);
  const missing = new Call([
    Address.of(USER),
    1,
    Address.of(ACTOR),
    0,
    CVMSymbol.of("f"),
    Vector.EMPTY,
  ]);
  expect(print(applyTransaction(state, missing, LATER).result.error)).toBe(":STATE");
});
