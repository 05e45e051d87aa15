// Which blocks a peer votes for (sheet 04 §3.4): block after block, the continuation with most
// weight; then the blocks that were only in losing vectors, behind it.

import { hashKey } from "../data/encode.ts";
import { compareIntegers } from "../data/integer.ts";
import { SignedData } from "../data/signed.ts";
import type { Vector } from "../data/vector.ts";
import { Block } from "../state/block.ts";
import type { State } from "../state/state.ts";
import { checkBlock } from "../transition/check-block.ts";
import { WINNING_SHARE } from "./cpos.ts";
import type { Tally, Vote } from "./vote.ts";

/** A vector of blocks, and the weight of all Orders that have it, whatever their points. */
interface Candidate {
  readonly blocks: Vector;
  weight: number;
}

/** Candidates that agree on one more block. */
interface Group {
  readonly blockHash: string;
  readonly candidates: Candidate[];
  weight: number;
}

/**
 * The blocks to vote for, null when nobody with weight has voted.
 * @param from number of blocks up to which all votes agree
 */
export function winningBlocks(tally: Tally, from: number, state: State): Vector | null {
  const { votes, considered } = tally;
  const [only] = votes;
  if (only === undefined) return null;
  const { blocks: all } = only.order;
  if (votes.every(({ order }) => order.blocks === all)) return all;
  const candidates = candidatesOf(votes);
  const first = candidates[0] as Candidate;
  if (candidates.length === 1) return first.blocks;
  const winner = winningVector(candidates, considered, from);
  return appendNewBlocks(winner, candidates, from, state);
}

function candidatesOf(votes: readonly Vote[]): Candidate[] {
  const candidates = new Map<string, Candidate>();
  for (const { order, weight } of votes) {
    const { blocks } = order;
    const hash = hashKey(blocks);
    const candidate = candidates.get(hash);
    if (candidate === undefined) candidates.set(hash, { blocks, weight });
    else candidate.weight += weight;
  }
  return [...candidates.values()];
}

function winningVector(all: readonly Candidate[], considered: number, from: number): Vector {
  let candidates = all;
  let total = considered;
  for (let position = from; candidates.length > 1; position++) {
    const longer = candidates.filter(({ blocks }) => blocks.count > position);
    const outright = longer.find(({ weight }) => weight > WINNING_SHARE * total);
    if (outright !== undefined) return outright.blocks;
    const group = heaviestGroup(longer, position);
    if (group === null) break;
    candidates = group.candidates;
    total = group.weight;
  }
  return (candidates[0] as Candidate).blocks;
}

/** The group with most weight by the block at a position; of equal ones that of the lowest hash. */
function heaviestGroup(candidates: readonly Candidate[], position: number): Group | null {
  const groups = new Map<string, Group>();
  for (const candidate of candidates) {
    const blockHash = hashKey(candidate.blocks.get(position));
    const group = groups.get(blockHash);
    if (group === undefined) {
      groups.set(blockHash, { blockHash, candidates: [candidate], weight: candidate.weight });
    } else {
      group.candidates.push(candidate);
      group.weight += candidate.weight;
    }
  }
  let best: Group | null = null;
  for (const group of groups.values()) if (best === null || isAhead(group, best)) best = group;
  return best;
}

function isAhead(group: Group, best: Group): boolean {
  if (group.weight !== best.weight) return group.weight > best.weight;
  return group.blockHash < best.blockHash;
}

/**
 * The winner with the blocks of the others that it lacks from `from` on, by time. A block that it
 * has before `from` is appended a second time, as in the reference. Blocks of equal time stay in
 * the order in which the votes show them; the reference leaves that order open.
 */
function appendNewBlocks(
  winner: Vector,
  candidates: readonly Candidate[],
  from: number,
  state: State,
): Vector {
  const known = new Set<string>();
  for (let i = from; i < winner.count; i++) known.add(hashKey(winner.get(i)));
  const added: SignedData[] = [];
  for (const { blocks } of candidates) {
    if (blocks === winner) continue;
    for (let i = from; i < blocks.count; i++) {
      const signed = blocks.get(i);
      const hash = hashKey(signed);
      if (known.has(hash)) continue;
      known.add(hash);
      if (signed instanceof SignedData && mayAppend(signed, state)) added.push(signed);
    }
  }
  added.sort((a, b) => compareIntegers((a.value as Block).timestamp, (b.value as Block).timestamp));
  return added.reduce((blocks: Vector, signed) => blocks.append(signed), winner);
}

/**
 * Whether we put a block of others behind the winner. The block checks are the network's; the
 * signature is our own caution: the reference executes blocks without looking at it (sheet 04
 * §4.2).
 */
function mayAppend(signed: SignedData, state: State): boolean {
  return (
    signed.value instanceof Block && checkBlock(state, signed) === null && signed.isStrictlySigned()
  );
}
