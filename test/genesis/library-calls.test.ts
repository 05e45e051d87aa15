// Calls of the libraries whose value, error, events and juice the reference recorded: outcomes are
// the same, and none costs more than a tenth more.

import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { print } from "../../src/lang/printer.ts";
import { errorText } from "../conformance/cells.ts";
import { invoke } from "../conformance/expressions.ts";
import { printEvents } from "../conformance/library-scenarios.ts";
import { testGenesis } from "./test-genesis.ts";

const JUICE_FACTOR = 1.1;

interface Row {
  readonly account: number;
  readonly src: string;
  readonly value?: string;
  readonly error?: string;
  readonly log?: string;
  readonly juice: number;
}

/** The rows from one reset to the next. */
function readRuns(): Row[][] {
  const path = join(import.meta.dir, "../fixtures/library-calls.jsonl");
  const runs: Row[][] = [];
  for (const line of readFileSync(path, "utf8").trim().split("\n")) {
    const row = JSON.parse(line) as Row | { readonly reset: true };
    if ("reset" in row) runs.push([]);
    else runs.at(-1)?.push(row);
  }
  return runs;
}

function failuresOf(rows: readonly Row[]): string[] {
  const failures: string[] = [];
  let state = testGenesis();
  for (const { account, src, value, error, log, juice } of rows) {
    const result = invoke(state, account, readForm(src));
    state = result.state;
    const failed = result.error === null ? undefined : errorText(result.error.code);
    const gave = result.error === null ? print(result.value) : undefined;
    if (failed !== error || gave !== value) {
      failures.push(`#${account} ${src}: ${failed ?? gave}, not ${error ?? value}`);
    } else if (log !== undefined && printEvents(result.log) !== log) {
      failures.push(`#${account} ${src}: logged ${printEvents(result.log)}, not ${log}`);
    } else if (result.juice > juice * JUICE_FACTOR) {
      failures.push(`#${account} ${src}: juice ${result.juice}, the reference ${juice}`);
    }
  }
  return failures;
}

describe("calls of the libraries", () => {
  readRuns().forEach((rows, i) => {
    test(`run ${i + 1}, ${rows.length} calls`, () => {
      expect(failuresOf(rows)).toEqual([]);
    });
  });
});
