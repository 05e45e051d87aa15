// Whether this peer can take part in consensus, and if not, why: said to clients at once with
// `:NETWORK` (sheet 00 O1, O28), instead of leaving them to wait for a Result that can't come.

import { CONSENSUS_THRESHOLD } from "../consensus/cpos.ts";
import { isEffectivePeer, type VotingWeights, votingWeights } from "../consensus/weights.ts";
import { keyOf } from "../crypto/sha3.ts";
import { Blob } from "../data/blob.ts";
import type { State } from "../state/state.ts";

/** What the peer knows of the others. */
export interface NetworkView {
  /** Keys (32 characters) of the peers that it hears and is heard by; its own is not among them. */
  reachablePeers(): Iterable<string>;
}

/** A peer without network. */
export const ALONE: NetworkView = { reachablePeers: () => [] };

export class Participation {
  readonly #publicKey: Uint8Array;
  readonly #network: NetworkView;
  #state: State | null = null;
  #weights: VotingWeights = { weights: new Map(), total: 0 };
  #isEffective = false;

  constructor(publicKey: Uint8Array, network: NetworkView) {
    this.#publicKey = publicKey;
    this.#network = network;
  }

  /** Why a block of this peer would come to nothing on this State, or null when it would not. */
  obstacle(state: State): string | null {
    this.#follow(state);
    const own = this.#weights.weights.get(keyOf(this.#publicKey));
    if (own === undefined) return "Peer not registered in global state";
    if (!this.#isEffective) return "Peer not sufficiently staked to publish transactions";
    let heard = own;
    for (const key of this.#network.reachablePeers()) heard += this.#weights.weights.get(key) ?? 0;
    if (heard > this.#weights.total * CONSENSUS_THRESHOLD) return null;
    const share = ((100 * heard) / this.#weights.total).toFixed(1);
    return `Only ${share}% of the voting weight can be reached: consensus needs more than 67%`;
  }

  /** Weights change only with the State, and are asked for with every transaction. */
  #follow(state: State): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#weights = votingWeights(state);
    this.#isEffective = isEffectivePeer(state, Blob.of(this.#publicKey));
  }
}
