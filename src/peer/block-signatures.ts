// Signatures of the transactions in blocks, checked before the blocks are applied: the transition is
// synchronous, and finds the verdicts in the SignedData. A block of 1,000 takes 9 ms together, 42 ms one by
// one. What is refused takes the exact check, 0.1–0.4 ms each, here with
// pauses in which others get their turn: a peer can fill its blocks with it.

import type { Value } from "../data/cell.ts";
import { SignedData } from "../data/signed.ts";
import { Block } from "../state/block.ts";
import { MAX_TRANSACTIONS_PER_BLOCK } from "../state/constants.ts";
import { EXACT_SLICE_MS } from "./bounds.ts";
import type { Clock } from "./clock.ts";
import type { BlockSignatureChecks } from "./signature-checks.ts";

/**
 * Resolves when the signatures in blocks are decided. Those of what can't be applied anyway are left
 * alone.
 * @throws MissingDataError when a cell is not there
 */
export function checkBlockSignatures(
  blocks: readonly Value[],
  checks: BlockSignatureChecks,
  clock: Clock,
): Promise<void> {
  const undecided = blocks.flatMap(undecidedIn);
  return new Promise<void>((resolve) => checks.checkAll(undecided, resolve)).then(() =>
    decideExactly(undecided, clock),
  );
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
