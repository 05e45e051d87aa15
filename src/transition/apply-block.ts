// Applies a block to a State (sheet 03 §9). There are three outcomes: a BlockResult, also for a
// block that is refused or void and changes nothing; MissingDataError when the store lacks a cell,
// after which the block can be tried again; UpgradeHaltError when this software cannot follow the
// network.
//
// A block is void where a Java exception escapes in the reference (T1: HostError, and
// BadStructureError for hand-made cells). Java Errors it does not catch: it dies of them, or its
// update fails for ever. That nobody can be compatible with, so by our own rule such a block is
// void as well: for a PanicError, a call stack that overflows, and a block without a vector of
// transactions.

import { CODE } from "../cvm/error-code.ts";
import { closeViews } from "../cvm/history/shared-arguments.ts";
import { Blob } from "../data/blob.ts";
import type { Integer } from "../data/cell.ts";
import { BadStructureError } from "../data/errors.ts";
import { integer } from "../data/integer.ts";
import { Readability } from "../data/readable.ts";
import { BlockMemory, SharedCellsError, withinBlock } from "../data/run-memory.ts";
import { SignedData } from "../data/signed.ts";
import { CVMString } from "../data/string.ts";
import { Vector } from "../data/vector.ts";
import { Block } from "../state/block.ts";
import { BlockResult } from "../state/block-result.ts";
import { MEMORY_POOL_GROWTH, MEMORY_POOL_GROWTH_INTERVAL } from "../state/constants.ts";
import { GLOBAL } from "../state/globals.ts";
import { HostError, isHostFailure } from "../state/host-error.ts";
import { addLongs, subtractLongs, wrapLong } from "../state/long.ts";
import { Result } from "../state/result.ts";
import { PROFILE_0_8_5, type ReleaseProfile, type Rules } from "../state/rules.ts";
import type { State } from "../state/state.ts";
import { applySigned } from "./apply-transaction.ts";
import { checkBlock } from "./check-block.ts";
import { inFreshCells, withGivenCells } from "./fresh-cells.ts";
import { inPassing } from "./passing-cells.ts";
import { ResultRoom } from "./result-room.ts";
import { applyScheduled } from "./scheduled.ts";

/**
 * Most Results of a void block: its vector can claim more transactions than a message could hold.
 */
const MAX_REFUSED_RESULTS = 2 ** 16;

/** Account that gets the part of the fees which the peer does not get. */
const FEE_ACCOUNT = 0;

/**
 * Applies a block at once, for tools and tests. A running peer does it in steps
 * (peer/rounds/executor.ts).
 * @param signedBlock signed by the peer; whether the signature is right is not checked
 * @throws MissingDataError when the store lacks a cell
 * @throws UpgradeHaltError when an upgrade is due that this software cannot do
 */
export function applyBlock(
  state: State,
  signedBlock: SignedData,
  profile: ReleaseProfile = PROFILE_0_8_5,
): BlockResult {
  const steps = applyBlockInSteps(state, signedBlock, profile);
  while (true) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/**
 * Applies a block with a step for each transaction, between which the peer can do other things: a
 * block can hold 1,024 transactions that take seconds each.
 * @throws as applyBlock
 */
export function* applyBlockInSteps(
  state: State,
  signedBlock: SignedData,
  profile: ReleaseProfile = PROFILE_0_8_5,
): Generator<void, BlockResult, void> {
  const block = signedBlock.value;
  const { publicKey } = signedBlock;
  if (!(block instanceof Block) || publicKey === null) return BlockResult.of(state, null);
  try {
    const refusal = checkBlock(state, signedBlock);
    if (refusal !== null) return voidBlock(state, block, refusal);
    const upgraded = profile.upgrade(state, block.timestamp);
    const rules = profile.rulesAt(upgraded.protocolVersion);
    const prepared = prepareBlock(upgraded, block.timestamp);
    const key = Blob.of(publicKey);
    try {
      return yield* applyChecked(prepared, { block, key, rules, isOfOneMessage: false });
    } catch (error) {
      if (!(error instanceof SharedCellsError)) throw error;
    }
    // Once more with cells that were decoded for this block alone.
    const own = { block: inFreshCells(block), key, rules, isOfOneMessage: true };
    return withGivenCells(yield* applyChecked(inFreshCells(prepared), own));
  } catch (error) {
    if (!isHostFailure(error)) throw error;
    return voidBlock(state, block, error.message);
  }
}

/** A block that passed `checkBlock`. */
interface CheckedBlock {
  readonly block: Block;
  /** Public key of the peer that made it. */
  readonly key: Blob;
  readonly rules: Rules;
  /**
   * Whether its cells, and those of the State, were decoded for it alone, so that those of one
   * branch are one object, and no others.
   */
  readonly isOfOneMessage: boolean;
}

/**
 * @throws SharedCellsError when the result depends on which cells are shared (T26, T50)
 * @throws BadStructureError when the State could not be decoded again (T48)
 */
function* applyChecked(
  prepared: State,
  { block, key, rules, isOfOneMessage }: CheckedBlock,
): Generator<void, BlockResult, void> {
  const memory = new BlockMemory(!isOfOneMessage);
  const readability = new Readability();
  const scheduled = withinBlock(memory, () => applyScheduled(prepared));
  const run = { block, key, rules, isOfOneMessage, memory, readability };
  const applied = yield* applyTransactions(scheduled, run);
  closeViews(memory);
  if (!readability.isReadable(applied.state)) {
    throw new BadStructureError("a State that could never be read again");
  }
  return applied;
}

/**
 * The State with number and time of the block, and the growth of the memory pool (sheet 03 §9.2).
 */
function prepareBlock(state: State, blockTimestamp: Integer): State {
  const { globals, timestamp } = state;
  const numbered = globals.assoc(GLOBAL.BLOCK, addLongs(state.blockNumber, 1));
  if (blockTimestamp <= timestamp) return state.withGlobals(numbered);
  const growth = (intervals(blockTimestamp) - intervals(timestamp)) * BigInt(MEMORY_POOL_GROWTH);
  const pool = addLongs(state.memoryPool, integer(wrapLong(growth)));
  return state.withGlobals(
    numbered.assoc(GLOBAL.TIMESTAMP, blockTimestamp).assoc(GLOBAL.MEMORY, pool),
  );
}

/** Intervals of growth up to a timestamp in milliseconds. */
function intervals(timestamp: Integer): bigint {
  return BigInt(timestamp) / BigInt(MEMORY_POOL_GROWTH_INTERVAL);
}

/** What the transactions of a block have in common. */
interface BlockRun extends CheckedBlock {
  readonly memory: BlockMemory;
  readonly readability: Readability;
}

function* applyTransactions(state: State, run: BlockRun): Generator<void, BlockResult, void> {
  const { block, key, rules, isOfOneMessage, memory, readability } = run;
  const { transactions } = block;
  if (transactions === null) throw new HostError("Block without transactions");
  const { blockNumber } = state;
  let current = state;
  let fees: Integer = 0;
  const results: Result[] = [];
  const room = new ResultRoom();
  for (const signed of transactions) {
    if (!(signed instanceof SignedData)) throw new HostError("Transaction that is not signed");
    const index = results.length;
    const before = current;
    const position = { blockNumber, index, peer: key };
    let applied = signed;
    const outcome = withinBlock(memory, () =>
      inPassing(signed, isOfOneMessage, (tx) => {
        applied = tx;
        return applySigned(before, tx, position, rules);
      }),
    );
    current = outcome.state;
    fees = addLongs(fees, outcome.fees);
    if (!outcome.isReadable(readability)) {
      results.push(outcome.toReadableResult(index, readability));
    } else {
      const result = outcome.toResult(index);
      const isKept = room.takes(result, outcome.juice, applied === signed);
      results.push(isKept ? result : outcome.toShortResult(index));
    }
    yield;
  }
  const settled = distributeFees(current, key, block.timestamp, fees);
  return BlockResult.of(settled, Vector.from(results));
}

/**
 * Gives half of the fees (copper) to the peer, unless it was evicted in the block, and the rest to
 * #0.
 */
export function distributeFees(
  state: State,
  key: Blob,
  blockTimestamp: Integer,
  fees: Integer,
): State {
  const peer = state.peer(key);
  let rest = fees;
  let settled = state;
  if (peer !== null) {
    const share = integer(BigInt(fees) / 2n);
    rest = subtractLongs(fees, share);
    settled = state.withPeer(key, peer.withBlockReward(share, blockTimestamp));
  }
  if (rest <= 0) return settled;
  const account = settled.account(FEE_ACCOUNT);
  if (account === null) throw new HostError("State without accounts");
  return settled.withAccount(FEE_ACCOUNT, account.withBalance(addLongs(account.balance, rest)));
}

/** The BlockResult of a block without effect: the same Result, :PEER, for each transaction. */
function voidBlock(state: State, block: Block, reason: string): BlockResult {
  const count = block.transactions?.count ?? 0;
  const result = Result.of({ result: CVMString.of(reason), error: CODE.PEER });
  const results: Result[] = new Array(Math.min(count, MAX_REFUSED_RESULTS)).fill(result);
  return BlockResult.of(state, Vector.from(results));
}
