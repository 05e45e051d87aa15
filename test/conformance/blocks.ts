// A chain of blocks, each applied to the State that the one before left.

import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import type { Value } from "../../src/data/cell.ts";
import { decodeMultiCell } from "../../src/data/multi-cell.ts";
import { SignedData } from "../../src/data/signed.ts";
import { print } from "../../src/lang/printer.ts";
import { Result } from "../../src/state/result.ts";
import type { State } from "../../src/state/state.ts";
import { applyBlock } from "../../src/transition/apply-block.ts";
import { errorText, hashHex, VECTOR_PRINT_LIMIT } from "./cells.ts";
import { type Check, type Difference, differences, outcome, type Runner } from "./check.ts";
import { readGenesis } from "./genesis-state.ts";
import { bytesOf, type Row, rowsOf } from "./vector-file.ts";

export const runner: Runner = {
  recognises: (first) => "block" in first && "results" in first,
  prepare: (dir) => {
    const chain = new Chain(readGenesis(dir));
    return chain.check;
  },
};

class Chain {
  #state: State;

  constructor(genesis: State) {
    this.#state = genesis;
  }

  readonly check: Check = (row) => {
    const signed = decodeMultiCell(bytesOf(row, "block"), CVM_TABLE, null);
    if (!(signed instanceof SignedData)) return outcome("a signed block", print(signed));
    const blockResult = applyBlock(this.#state, signed);
    this.#state = blockResult.state;
    const { globals } = blockResult.state;
    return [
      ...compareResults(rowsOf(row, "results"), blockResult.results?.toArray() ?? []),
      ...differences(row, {
        state: hashHex(blockResult.state),
        globals: print(globals, VECTOR_PRINT_LIMIT),
      }),
    ];
  };
}

/** Number and error codes; the messages are free. */
function compareResults(expected: readonly Row[], results: readonly Value[]): Difference[] {
  if (results.length !== expected.length) {
    return outcome(`${expected.length} results`, `${results.length} results`);
  }
  return expected.flatMap((row, i) => {
    const result = results[i] as Value;
    if (!(result instanceof Result)) return outcome("a Result", print(result));
    const error = result.error === null ? null : errorText(result.error);
    return differences(row, { error }).map((d) => ({ ...d, field: `results[${i}].error` }));
  });
}
