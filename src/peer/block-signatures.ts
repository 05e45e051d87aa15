// Signatures of the transactions in a block, checked before the block is applied: the transition is
// synchronous, and finds the verdicts in the SignedData. On two cores a block of 1,000 takes 27 ms on
// the system's threads and 42 ms in place. What they refuse takes the exact check, 0.1–0.4 ms each, here with
// pauses in which others get their turn: a peer can fill its blocks with it.

import type { Value } from "../data/cell.ts";
import { SignedData } from "../data/signed.ts";
import { Block } from "../state/block.ts";
import { MAX_TRANSACTIONS_PER_BLOCK } from "../state/constants.ts";
import { EXACT_SLICE_MS } from "./bounds.ts";
import type { Clock } from "./clock.ts";
import type { SignatureChecks } from "./signature-checks.ts";

/**
 * Resolves when the signatures in a block are decided. Those of what can't be applied anyway are left
 * alone.
 * @throws MissingDataError when a cell is not there
 */
export function checkBlockSignatures(
  block: Value,
  checks: SignatureChecks,
  clock: Clock,
): Promise<void> {
  const undecided = undecidedIn(block);
  return checkAll(undecided, checks).then(() => decideExactly(undecided, clock));
}

function undecidedIn(block: Value): SignedData[] {
  const transactions = block instanceof Block ? block.transactions : null;
  if (transactions === null || transactions.count > MAX_TRANSACTIONS_PER_BLOCK) return [];
  const undecided: SignedData[] = [];
  for (const signed of transactions) {
    if (signed instanceof SignedData && signed.verified === null) undecided.push(signed);
  }
  return undecided;
}

function checkAll(undecided: readonly SignedData[], checks: SignatureChecks): Promise<void> {
  return new Promise((resolve) => {
    let pending = undecided.length;
    if (pending === 0) resolve();
    for (const signed of undecided) {
      checks.check(signed, () => {
        if (--pending === 0) resolve();
      });
    }
  });
}

async function decideExactly(undecided: readonly SignedData[], clock: Clock): Promise<void> {
  let pauseAt = clock.now() + EXACT_SLICE_MS;
  for (const signed of undecided) {
    if (signed.verified !== null) continue;
    signed.isSigned();
    if (clock.now() < pauseAt) continue;
    await new Promise<void>((resolve) => clock.soon(resolve));
    pauseAt = clock.now() + EXACT_SLICE_MS;
  }
}
