// How the forms of vector files are run.

import { expect, test } from "bun:test";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { testGenesis } from "../genesis/test-genesis.ts";
import { invoke } from "./expressions.ts";

test("a form is run for an account without key, too, since nobody signs it", () => {
  const { state } = invoke(testGenesis(), 11, readForm("(set-key nil)"));
  const { error, value, juice, fees } = invoke(state, 11, readForm("*key*"));
  // What the reference answers.
  expect([error, value, juice, fees]).toEqual([null, null, 50, 8_100]);
});
