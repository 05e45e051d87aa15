// Blocks of this peer's transactions (sheet 04 §7). A transaction that finds the peer idle goes
// into a block at once. While earlier blocks are on their way to finality transactions gather, for
// longer the more work these blocks make: so blocks fill up under load, and stay small without it.

import type { KeyPair } from "../../crypto/ed25519.ts";
import type { Integer } from "../../data/cell.ts";
import { SignedData } from "../../data/signed.ts";
import { Vector } from "../../data/vector.ts";
import { Block } from "../../state/block.ts";
import { MAX_TRANSACTIONS_PER_BLOCK } from "../../state/constants.ts";
import {
  BACKLOG_PROPOSAL_PAUSE_MS,
  BLOCKS_PER_PROPOSAL_MAX,
  PAUSE_PER_BUSY_MS,
  PROPOSAL_PAUSE_MAX_MS,
  PROPOSAL_PAUSE_MS,
} from "../bounds.ts";
import type { Transactions } from "../clients/transactions.ts";

/** What decides whether blocks are made now. */
export interface ProposalSituation {
  readonly queued: number;
  /** Blocks in the own Order that are not final. */
  readonly unfinished: number;
  /** Final blocks that are not executed. */
  readonly backlog: number;
  /** Milliseconds since the last proposal, and how many of them passes have taken. */
  readonly sinceLastMs: number;
  readonly busyMs: number;
}

/** Whether a block is to be made now of what is queued; times in ms by a steady clock. */
export function mayPropose(situation: ProposalSituation): boolean {
  const { queued, unfinished, backlog, sinceLastMs, busyMs } = situation;
  if (queued === 0) return false;
  // A clock without a steady one may be set back: nobody is to wait for that.
  if (sinceLastMs < 0) return true;
  // Blocks proposed now are executed after the backlog: they might as well be one.
  if (backlog > 0 && sinceLastMs < BACKLOG_PROPOSAL_PAUSE_MS) return false;
  if (unfinished === 0) return true;
  const pauseMs = Math.min(PROPOSAL_PAUSE_MAX_MS, PAUSE_PER_BUSY_MS * busyMs);
  return sinceLastMs >= Math.max(PROPOSAL_PAUSE_MS, pauseMs);
}

/** Signed blocks of what is queued, oldest first, all with this timestamp; empty without any. */
export function makeBlocks(
  transactions: Transactions,
  keyPair: KeyPair,
  timestamp: Integer,
): SignedData[] {
  const blocks: SignedData[] = [];
  while (blocks.length < BLOCKS_PER_PROPOSAL_MAX) {
    const taken = transactions.take(MAX_TRANSACTIONS_PER_BLOCK);
    if (taken.length === 0) break;
    blocks.push(SignedData.sign(keyPair, Block.of(timestamp, Vector.from(taken))));
  }
  return blocks;
}
