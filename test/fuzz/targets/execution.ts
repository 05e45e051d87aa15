// Transactions and whole Blocks, as they come over the wire: encoded, sometimes damaged, decoded,
// run. Nothing but the errors that the transition states may come out of it, and time is bought
// with juice.

import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { MissingDataError, type Value } from "../../../src/data/cell.ts";
import { hashKey } from "../../../src/data/encode.ts";
import { BadFormatError, BadStructureError, PanicError } from "../../../src/data/errors.ts";
import { Keyword } from "../../../src/data/keyword.ts";
import { decodeMultiCell, encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import type { Vector } from "../../../src/data/vector.ts";
import { Block } from "../../../src/state/block.ts";
import type { BlockResult } from "../../../src/state/block-result.ts";
import { MAX_TRANSACTION_JUICE } from "../../../src/state/constants.ts";
import { HostError } from "../../../src/state/host-error.ts";
import type { State } from "../../../src/state/state.ts";
import { Multi, Transaction } from "../../../src/state/transaction.ts";
import { applyBlock } from "../../../src/transition/apply-block.ts";
import { applyTransaction } from "../../../src/transition/apply-transaction.ts";
import { mutated } from "../mutation.ts";
import type { CaseRandom } from "../random.ts";
import { type FuzzCase, JUICE_FLOOR, NS_PER_JUICE, type Target, timed, Wrong } from "../target.ts";
import { baseState, someBlock, someTransaction } from "./some-block.ts";

/** What comes out of the wire, or null when it is refused there. */
function received(bytes: Uint8Array): Value {
  try {
    return decodeMultiCell(bytes, CVM_TABLE);
  } catch (error) {
    const isRefusal =
      error instanceof BadFormatError ||
      error instanceof BadStructureError ||
      error instanceof MissingDataError;
    if (isRefusal) return null;
    throw error;
  }
}

function wire(value: Value, random: CaseRandom): Uint8Array {
  const bytes = encodeMultiCell(value);
  return random.oneIn(3) ? mutated(bytes, random) : bytes;
}

/** More than any block of these can use. */
const MAX_BLOCK_JUICE = 1_000 * MAX_TRANSACTION_JUICE;
const limitOf = (juice: number): number => Math.max(juice, JUICE_FLOOR) * NS_PER_JUICE;
const REFUSED = { accepted: false, ns: 0, limitNs: 1 };

/** The State can be sent, and is the same for who receives it. */
function checkState(state: State): void {
  const again = decodeMultiCell(encodeMultiCell(state), CVM_TABLE);
  if (hashKey(again) !== hashKey(state)) throw new Wrong("the State, sent on, has another hash");
}

function executionCase(bytes: Uint8Array, run: (value: Value) => ReturnType<FuzzCase["run"]>) {
  return {
    text: Buffer.from(bytes).toString("hex"),
    bytes: bytes.length,
    run: () => run(received(bytes)),
  };
}

export const transactionTarget: Target = {
  name: "transaction",
  make: (random) =>
    executionCase(wire(someTransaction(random, 1), random), (value) => {
      if (!(value instanceof Transaction)) return REFUSED;
      const { result, ns } = timed(() => {
        try {
          return applyTransaction(baseState(), value);
        } catch (error) {
          if (isStated(error)) return null;
          throw error;
        }
      });
      // What voids its block does not say what it used; each child of a Multi has juice of its own.
      const most = value instanceof Multi ? MAX_BLOCK_JUICE : MAX_TRANSACTION_JUICE;
      if (result === null) return { accepted: false, ns, limitNs: limitOf(most) };
      if (result.juice < 0) throw new Wrong(`used ${result.juice} juice`);
      if (result.state !== baseState()) checkState(result.state);
      const juice = value instanceof Multi ? MAX_BLOCK_JUICE : result.juice;
      return { accepted: true, ns, limitNs: limitOf(juice), juice: result.juice };
    }),
};

/** How a transaction may end that voids its block, and what its sender left out. */
function isStated(error: unknown): boolean {
  return (
    error instanceof HostError ||
    error instanceof BadStructureError ||
    error instanceof PanicError ||
    error instanceof MissingDataError
  );
}

const JUICE_KEY = Keyword.of("juice");

/**
 * Juice of a block by its Results; unbounded when it doesn't show there: a Multi states that of its
 * last child (sheet 02 T8), a void block nothing.
 */
function juiceOf(block: BlockResult, transactions: Vector): number {
  let juice = 0;
  for (const [i, signed] of transactions.toArray().entries()) {
    if (!(signed instanceof SignedData) || signed.value instanceof Multi) return MAX_BLOCK_JUICE;
    const info = block.result(i)?.info ?? null;
    const used = info === null ? undefined : info.get(JUICE_KEY);
    if (used === undefined && block.result(i)?.isError !== false) return MAX_BLOCK_JUICE;
    juice += Number(used ?? 0);
  }
  return juice;
}

export const blockTarget: Target = {
  name: "block",
  make: (random) =>
    executionCase(wire(someBlock(random), random), (value) => {
      if (!(value instanceof SignedData)) return REFUSED;
      const { result, ns } = timed(() => {
        try {
          return applyBlock(baseState(), value);
        } catch (error) {
          if (error instanceof MissingDataError || error instanceof BadStructureError) return null;
          throw error;
        }
      });
      if (result === null) return { accepted: false, ns, limitNs: limitOf(0) };
      checkState(result.state);
      const transactions = value.value instanceof Block ? value.value.transactions : null;
      if (transactions === null) return { accepted: false, ns, limitNs: limitOf(0) };
      checkResults(transactions, result);
      return { accepted: true, ns, limitNs: limitOf(juiceOf(result, transactions)) };
    }),
};

function checkResults(transactions: Vector, block: BlockResult): void {
  const found = block.results?.count ?? 0;
  if (found === transactions.count) return;
  throw new Wrong(`${found} Results of ${transactions.count} transactions`);
}
