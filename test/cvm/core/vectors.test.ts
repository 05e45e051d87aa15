// Calls of core functions whose answers the reference gave: rows of the core-grid and numerics
// vectors that need nothing but the core functions themselves. Juice includes expansion and
// compilation, so that the core functions stand in #8 and are static.

import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { toHex } from "../../../src/crypto/hex.ts";
import { LANG } from "../../../src/cvm/account/definitions.ts";
import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { CORE_BY_NAME } from "../../../src/cvm/core/index.ts";
import { EXIT, type Outcome } from "../../../src/cvm/exits.ts";
import type { Integer } from "../../../src/data/cell.ts";
import { encoding, hashBytes } from "../../../src/data/encode.ts";
import { Keyword } from "../../../src/data/keyword.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { storageSize } from "../../../src/data/memory-size.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import { print } from "../../../src/lang/printer.ts";
import { AccountStatus } from "../../../src/state/account-status.ts";
import type { State } from "../../../src/state/state.ts";
import { outcomeText, testContext, testState } from "./core-call.ts";

interface VectorRow {
  readonly src: string;
  readonly error?: string;
  readonly value?: string;
  readonly encoding?: string;
  readonly hash?: string;
  readonly storageSize?: Integer;
  readonly juice: number;
}

const STATIC = CVMMap.from([[Keyword.of("static"), true]]);
const EXPANDER = STATIC.assoc(Keyword.of("expander"), true);
const FIXTURES = join(import.meta.dir, "../../fixtures");

/** The test State with the core functions in the environment of #8. */
function coreState(): State {
  const functions = [...CORE_BY_NAME.values()];
  const core = AccountStatus.of({
    environment: CVMMap.from(functions.map((fn) => [CVMSymbol.of(fn.name), fn])).assoc(LANG, null),
    metadata: CVMMap.from(
      functions.map((fn) => [CVMSymbol.of(fn.name), fn.name === "quote" ? EXPANDER : STATIC]),
    ),
  });
  return testState().withAccount(8, core);
}

const STATE = coreState();

function rowsOf(name: string): VectorRow[] {
  const lines = readFileSync(join(FIXTURES, `${name}.jsonl`), "utf8")
    .trim()
    .split("\n");
  return lines.map((line) => JSON.parse(line) as VectorRow);
}

function answer(outcome: Outcome, error: string): Omit<VectorRow, "src" | "juice"> {
  if (outcome === EXIT) return { error };
  return {
    value: String(print(outcome)),
    encoding: toHex(encoding(outcome)),
    hash: toHex(hashBytes(outcome)),
    storageSize: storageSize(outcome),
  };
}

describe.each(["core-grid", "numerics"])("%s", (name) => {
  test.each(rowsOf(name).map((row) => [row.src, row] as const))("%s", (src, row) => {
    const ctx = testContext(STATE);
    const outcome = ctx.run(readForm(src));
    const given = answer(outcome, outcomeText(ctx, outcome));
    expect({ src, juice: ctx.juice, ...given }).toEqual(row);
  });
});
