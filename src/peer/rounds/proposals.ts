// When this peer proposes blocks of its own, and what becomes of those that it may not sign.

import type { PeerHistory } from "../../consensus/peer-history.ts";
import { hashKey } from "../../data/encode.ts";
import type { SignedData } from "../../data/signed.ts";
import type { Block } from "../../state/block.ts";
import { EXECUTE_BLOCKS_MAX } from "../bounds.ts";
import type { Clock } from "../clock.ts";
import { peerError } from "../peer-result.ts";
import { makeBlocks, mayPropose } from "./block-maker.ts";
import type { RoundParts } from "./round-parts.ts";

export class Proposals {
  readonly #parts: RoundParts;
  readonly #steady: Clock;
  #lastMs = Number.NEGATIVE_INFINITY;
  /** Time that passes have taken since then. */
  #busyMs = 0;

  /** @param steady for how long something is ago */
  constructor(parts: RoundParts, steady: Clock) {
    this.#parts = parts;
    this.#steady = steady;
  }

  /** Whether what is queued is to go into blocks now. */
  get areDue(): boolean {
    const { history, transactions, standing } = this.#parts;
    const { unfinished, backlog } = standing.progress;
    if (!history.isVoting || backlog > EXECUTE_BLOCKS_MAX) return false;
    return mayPropose({
      queued: transactions.queued,
      unfinished,
      backlog,
      sinceLastMs: this.#steady.now() - this.#lastMs,
      busyMs: this.#busyMs,
    });
  }

  /** Notes how long a pass has taken, in ms. */
  worked(ms: number): void {
    this.#busyMs += Math.max(0, ms);
  }

  /** The peer with blocks of what is queued, or as it was when it does not sign them. */
  make(peer: PeerHistory): PeerHistory {
    const { transactions, keyPair } = this.#parts;
    this.#lastMs = this.#steady.now();
    this.#busyMs = 0;
    const blocks = makeBlocks(transactions, keyPair, peer.timestamp);
    const proposed = peer.proposeBlocks(blocks);
    if (proposed === peer) this.#refuse(blocks);
    return proposed;
  }

  /** The guard did not sign the Order with these blocks. */
  #refuse(blocks: readonly SignedData[]): void {
    const { history, transactions } = this.#parts;
    const result = peerError("PEER", `Block production failed: ${history.guard.refusal}`);
    for (const block of blocks) {
      for (const signed of (block.value as Block).transactions ?? []) {
        transactions.settle(hashKey(signed), result);
      }
    }
  }
}
