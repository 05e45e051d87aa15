// Quirks of the reference's own libraries (sheet 02 §1). Code of a joined network brings them
// along; ours, which a network of our own begins with, does what the interface means.

import { expect, test } from "bun:test";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { Context } from "../../src/cvm/context.ts";
import { Address } from "../../src/data/address.ts";
import { MAX_TRANSACTION_JUICE } from "../../src/state/constants.ts";
import { outcomeText } from "../cvm/small-state.ts";
import { testGenesis } from "./test-genesis.ts";

const USER = Address.of(11);

function run(source: string): string {
  const ctx = new Context({
    state: testGenesis(),
    origin: USER,
    juiceLimit: MAX_TRANSACTION_JUICE,
  });
  return outcomeText(ctx, ctx.run(readForm(source)));
}

test("T12: quasiquoted sets and maps with an unquote are sets and maps", () => {
  expect(run("(let [x 5] `#{~x})")).toBe("#{5}");
  expect(run("(let [x 5] `{:a ~x})")).toBe("{:a 5}");
});

test("T24: call with four arguments is an error, update-in takes any number", () => {
  expect(run("(call #9 1 2 (f))")).toStartWith("error");
  expect(run("(update-in {:a {:b 1}} [:a :b] + 2 3)")).toBe("{:a {:b 6}}");
});
