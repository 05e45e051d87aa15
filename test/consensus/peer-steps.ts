// A peer's steps as the vectors have them (sheet 04 §4.1): blocks proposed one by one, and executed
// as soon as they are final. The running peer takes its time with both (peer/rounds/).

import type { PeerHistory } from "../../src/consensus/peer-history.ts";
import type { SignedData } from "../../src/data/signed.ts";
import type { Block } from "../../src/state/block.ts";
import type { BlockResult } from "../../src/state/block-result.ts";
import { applyBlock } from "../../src/transition/apply-block.ts";

/** Proposes one block; the peer's time moves on to the block's, whatever the clock says. */
export function proposeBlock(peer: PeerHistory, signed: SignedData): PeerHistory {
  const { timestamp } = signed.value as Block;
  return peer.proposeBlocks([signed]).withTimestamp(timestamp);
}

/**
 * Executes what is final.
 * @throws ForkError when the own Order contradicts executed blocks
 */
export function updateState(peer: PeerHistory): PeerHistory {
  const count = peer.finalBlocks();
  const results: BlockResult[] = [];
  let { state } = peer;
  for (let i = 0; i < count; i++) {
    const result = applyBlock(state, peer.blockAt(peer.position + i));
    results.push(result);
    state = result.state;
  }
  return peer.withExecuted(results);
}
