// Laws of the libraries under random calls; `bun run test/genesis/properties/main.ts` makes more.

import { describe, expect, test } from "bun:test";
import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { Address } from "../../../src/data/address.ts";
import { runStep } from "../scenario.ts";
import { testGenesis } from "../test-genesis.ts";
import { checkModel, type Model } from "./model.ts";
import { MODELS } from "./models.ts";

const OPERATIONS = 300;
const SEED = 6;

for (const model of MODELS) {
  test(`${model.name}: ${OPERATIONS} random calls`, () => {
    const { calls, succeeded } = checkModel(model, { operations: OPERATIONS, seed: SEED });
    expect(calls).toBe(OPERATIONS);
    expect(succeeded).toBeGreaterThan(OPERATIONS / 10);
  });
}

describe("the laws find libraries that break them", () => {
  test.each([
    [
      "nft",
      "(eval-as #67 '(defn direct-transfer ^:callable [r q d]" +
        " (set-holding (address r) (union (get-holding (address r)) (-ids q))) q))",
    ],
    [
      "multi-token",
      "(eval-as #71 '(defn mint ^:callable [n] (set-holding *caller* {:GOLD [n nil]})))",
    ],
    [
      "wrap",
      "(eval-as #72 '(defn wrap-offer ^:callable [] (set-holding *caller* [(* 2 (accept *offer*)) nil])))",
    ],
    ["box", "(eval-as #69 '(defn remove ^:callable [x] (@convex.asset/transfer *caller* x)))"],
    [
      "cns",
      "(eval-as #9 '(defn change-control ^:callable [c]" +
        " (def cns-owners (assoc cns-owners *scope* c))))",
    ],
  ])("%s", (name, source) => {
    const model = MODELS.find((other) => other.name === name) as Model;
    const broken = runStep(testGenesis(), Address.of(6), readForm(source)).state;
    const options = { operations: OPERATIONS, seed: SEED, genesis: broken, isShrunk: false };
    expect(() => checkModel(model, options)).toThrow();
  });
});
