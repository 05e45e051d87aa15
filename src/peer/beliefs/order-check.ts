// What an Order must be like before it may count in a vote (sheet 04 §8.3, §14.2): signed by its
// peer, with four points that fit, and beyond the blocks that are known already with blocks only
// that their peers have signed, that have transactions, and are not from the future. The reference
// checks the signature of the Order alone. Blocks that the network calls consensus in spite of a
// fault are tolerated, since it will execute them.

import { isWellFormed } from "../../consensus/points.ts";
import type { Value } from "../../data/cell.ts";
import { commonPrefixLength } from "../../data/common-prefix.ts";
import { hashKey } from "../../data/encode.ts";
import { BadFormatError, BadStructureError } from "../../data/errors.ts";
import { SignedData } from "../../data/signed.ts";
import type { Vector } from "../../data/vector.ts";
import { firstElements } from "../../data/vector-first.ts";
import { isSoundIn } from "../../data/vector-sound.ts";
import { Block } from "../../state/block.ts";
import { MAX_TRANSACTIONS_PER_BLOCK } from "../../state/constants.ts";
import { BLOCKS_SLOT, Order } from "../../state/order.ts";
import { BLOCK_AHEAD_MAX_MS, BLOCK_VERDICTS_MAX } from "../network-bounds.ts";
import { keepNewest } from "../newest.ts";
import type { ExactChecks } from "../signatures/exact-checks.ts";

/** An Order that passed. */
export interface CheckedOrder {
  /** Number of blocks that it has in common with the blocks known before. */
  readonly prefix: number;
}

/** An Order that is not to count in a vote. */
export interface OrderFault {
  readonly reason: string;
  /** Position of the block that is to blame, -1 when it is the Order itself. */
  readonly position: number;
}

/** The blocks of one Order that have been looked at. */
export interface BlocksSeen {
  /** Key of the peer that has signed the Order, 32 characters; null where it does not matter. */
  readonly author: string | null;
  /** Their hash keys: none of them may come again. Null where they may. */
  readonly keys: Set<string> | null;
  /** How many of them the check did not remember: most of what an Order costs. */
  fresh: number;
  /** How many of these the author of the Order has signed. */
  ownFresh: number;
}

/** No block of an Order yet. @param mayRepeat whether a block may come again in it */
export function noBlocksSeen(author: string | null = null, mayRepeat = false): BlocksSeen {
  return { author, keys: mayRepeat ? null : new Set(), fresh: 0, ownFresh: 0 };
}

export class OrderCheck {
  readonly #exact: ExactChecks;
  /** Faults of blocks by hash key of the signed block; null for those without. Oldest first. */
  readonly #verdicts = new Map<string, string | null>();
  /** Blocks that the network has agreed on in spite of their faults. */
  readonly #tolerated = new Set<string>();

  constructor(exact: ExactChecks) {
    this.#exact = exact;
  }

  /**
   * The Order in signed data, when its signature and structure are right. One that only the exact
   * check would accept is left out: strangers can send any number of them, and its peer can sign
   * another.
   */
  orderOf(signed: SignedData): Order | OrderFault {
    if (!signed.isStrictlySigned()) return { reason: "its signature is wrong", position: -1 };
    const order = signed.value;
    if (!(order instanceof Order)) return { reason: "it is no Order", position: -1 };
    return isWellFormed(order) ? order : { reason: "its points do not fit", position: -1 };
  }

  /**
   * Looks at the blocks of an Order behind those that are known.
   * @param known blocks that have been accepted
   * @param now milliseconds
   * @param seen what has been looked at in this Order so far
   * @throws MissingDataError when one of them is not there
   */
  blocksOf(
    order: Order,
    known: Vector,
    now: number,
    seen: BlocksSeen = noBlocksSeen(),
  ): CheckedOrder | OrderFault {
    const { blocks } = order;
    const prefix = commonPrefixLength(blocks, known);
    const shapeFault = shapeFaultIn(blocks, prefix, blocks.count);
    if (shapeFault !== null) return shapeFault;
    for (let position = prefix; position < blocks.count; position++) {
      const reason = this.faultOf(blocks.get(position), now, seen);
      if (reason !== null) return { reason, position };
    }
    return { prefix };
  }

  /** Finds no more fault with a block. */
  tolerate(signedBlock: Value): void {
    if (this.#tolerated.size < BLOCK_VERDICTS_MAX) this.#tolerated.add(hashKey(signedBlock));
  }

  /**
   * Why an Order with this block is not voted with, null when it may be. A block that comes again
   * is executed again, to nothing; a vector of a few kilobytes can have one a million times.
   * @param seen as `blocksOf`; the block is added to it
   */
  faultOf(signed: Value, now: number, seen: BlocksSeen): string | null {
    const key = hashKey(signed);
    if (this.#tolerated.has(key)) return null;
    if (seen.keys?.has(key) === true) return "a block is in it twice";
    seen.keys?.add(key);
    let fault = this.#verdicts.get(key);
    if (fault === undefined) {
      seen.fresh++;
      if (signed instanceof SignedData && signed.signer === seen.author) seen.ownFresh++;
      const verdict = this.#blockFault(signed);
      if (verdict === undefined) return "the signature of a block is not decided yet";
      fault = verdict;
      this.#verdicts.set(key, fault);
      keepNewest(this.#verdicts, BLOCK_VERDICTS_MAX);
    }
    return fault ?? futureFault(signed, now);
  }

  /** Undefined when it can't be told now. */
  #blockFault(signed: Value): string | null | undefined {
    const form = formFault(signed);
    if (form !== null) return form;
    const verdict = this.#exact.verdictOn(signed as SignedData);
    if (verdict === null) return undefined;
    return verdict ? null : "the signature of a block is wrong";
  }
}

function formFault(signed: Value): string | null {
  if (!(signed instanceof SignedData)) return "a block is not signed";
  const block = signed.value;
  if (!(block instanceof Block)) return "a block is none";
  const { transactions } = block;
  if (transactions === null) return "a block has no transactions";
  if (transactions.count > MAX_TRANSACTIONS_PER_BLOCK) return "a block has too many transactions";
  return null;
}

/** Not remembered with the other faults, since it passes with time. */
function futureFault(signed: Value, now: number): string | null {
  const block = signed instanceof SignedData ? signed.value : null;
  if (!(block instanceof Block)) return null;
  return Number(block.timestamp) > now + BLOCK_AHEAD_MAX_MS ? "a block is from the future" : null;
}

/**
 * Puts blocks that are known in place of the equal ones of an Order, so that both share their cells
 * and nothing of them is looked for again.
 */
export function shareBlocks(order: Order, known: Vector, prefix: number): void {
  const { blocks } = order;
  if (prefix === 0 || blocks.count - prefix > SHARED_TAIL_MAX) return;
  let shared = firstElements(known, prefix);
  for (let i = prefix; i < blocks.count; i++) shared = shared.append(blocks.get(i));
  if (hashKey(shared) === hashKey(blocks)) order.fillSlot(BLOCKS_SLOT, shared);
}

/** Most blocks behind the known ones for which sharing pays. */
const SHARED_TAIL_MAX = 4_096;

/**
 * What is wrong with the cells of a vector above the blocks from `start` to `end`, null when
 * nothing is. A vector whose parts have other counts than they should gives all its elements, but
 * can't be compared with others: a merge with it throws, at once or when there are more blocks.
 */
export function shapeFaultIn(blocks: Vector, start: number, end: number): OrderFault | null {
  if (start >= end || isSoundIn(blocks, start, end)) return null;
  return { reason: "its vector of blocks is not what it says", position: -1 };
}

/** Whether an error says that an Order, or what it names, is not what it should be. */
export function isUnsound(error: unknown): error is Error {
  return error instanceof BadStructureError || error instanceof BadFormatError;
}
