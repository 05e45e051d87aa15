// When a peer proposes blocks, and what is told to those whose transactions it may not propose.

import { beforeEach, expect, test } from "bun:test";
import { PeerHistory } from "../../../src/consensus/peer-history.ts";
import { CVMString } from "../../../src/data/string.ts";
import {
  BACKLOG_PROPOSAL_PAUSE_MS,
  EXECUTE_BLOCKS_MAX,
  PAUSE_PER_BUSY_MS,
  PROPOSAL_PAUSE_MS,
} from "../../../src/peer/bounds.ts";
import { Transactions } from "../../../src/peer/clients/transactions.ts";
import { OrderGuard } from "../../../src/peer/rounds/order-guard.ts";
import { Proposals } from "../../../src/peer/rounds/proposals.ts";
import type { RoundParts } from "../../../src/peer/rounds/round-parts.ts";
import { Order } from "../../../src/state/order.ts";
import { keyPair, newState, TestClock, transfer } from "../scene.ts";

let clock: TestClock;
let transactions: Transactions;
let progress: { final: number; unfinished: number; backlog: number };
let guard: OrderGuard;
let isVoting: boolean;
let proposals: Proposals;

beforeEach(() => {
  clock = new TestClock();
  transactions = new Transactions(clock);
  progress = { final: 0, unfinished: 0, backlog: 0 };
  guard = new OrderGuard(keyPair(0), null);
  isVoting = true;
  const parts = {
    history: {
      get isVoting() {
        return isVoting;
      },
      guard,
    },
    transactions,
    standing: {
      get progress() {
        return progress;
      },
    },
    keyPair: keyPair(0),
  };
  proposals = new Proposals(parts as unknown as RoundParts, clock);
});

test("a proposal is due when something is queued, the peer votes and is not far behind", () => {
  expect(proposals.areDue).toBe(false);
  void transactions.add(transfer(2, 1));
  expect(proposals.areDue).toBe(true);
  isVoting = false;
  expect(proposals.areDue).toBe(false);
  isVoting = true;
  progress = { final: 999, unfinished: 0, backlog: EXECUTE_BLOCKS_MAX };
  expect(proposals.areDue).toBe(true);
  progress = { final: 999, unfinished: 0, backlog: EXECUTE_BLOCKS_MAX + 1 };
  expect(proposals.areDue).toBe(false);
});

test("the longer passes have taken since the last proposal, the later is the next", () => {
  const peer = PeerHistory.create(guard, newState());
  proposals.worked(1_000);
  void transactions.add(transfer(2, 1));
  proposals.make(peer);
  progress = { final: 0, unfinished: 1, backlog: 0 };
  void transactions.add(transfer(2, 2));
  clock.advance(PROPOSAL_PAUSE_MS);
  expect(proposals.areDue).toBe(true);
  proposals.worked(-500);
  proposals.worked(PROPOSAL_PAUSE_MS);
  expect(proposals.areDue).toBe(false);
  clock.advance(PAUSE_PER_BUSY_MS * PROPOSAL_PAUSE_MS - PROPOSAL_PAUSE_MS);
  expect(proposals.areDue).toBe(true);
  proposals.make(peer);
  progress = { final: 0, unfinished: 0, backlog: 1 };
  void transactions.add(transfer(2, 3));
  clock.advance(BACKLOG_PROPOSAL_PAUSE_MS - 1);
  expect(proposals.areDue).toBe(false);
});

test("the clients of a block that is not signed are told why, and nobody else", async () => {
  const answers = [1, 2].map((sequence) => transactions.add(transfer(2, sequence)));
  const peer = PeerHistory.create(guard, newState());
  const proposed = proposals.make(peer);
  expect([proposed.order?.blockCount, transactions.pending]).toEqual([1, 2]);
  for (const sequence of [3, 4]) answers.push(transactions.add(transfer(2, sequence)));
  guard.learn(Order.EMPTY.withTimestamp(9));
  expect(proposals.make(proposed)).toBe(proposed);
  expect(transactions.pending).toBe(2);
  const refused = await answers[3];
  expect(refused?.result).toEqual(CVMString.of("Block production failed: older timestamp"));
});
