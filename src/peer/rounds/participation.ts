// Whether this peer can take part in consensus, and if not, why: said to clients at once with
// `:NETWORK` (sheet 00 O1, O28), instead of leaving them to wait for a Result that can't come.

import { CONSENSUS_THRESHOLD } from "../../consensus/cpos.ts";
import { isEffectivePeer } from "../../consensus/effective-peers.ts";
import { type VotingWeights, votingWeights } from "../../consensus/weights.ts";
import { keyOf } from "../../crypto/sha3.ts";
import { Blob } from "../../data/blob.ts";
import type { State } from "../../state/state.ts";

/** What the peer knows of the others. */
export interface NetworkView {
  /**
   * Keys (32 characters) of the peers that it hears and is heard by; its own is not among them. The
   * same array means the same peers.
   */
  reachablePeers(): readonly string[];
  /**
   * Keys of the peers from which a Belief has come since the start, and been looked at as a whole.
   */
  heardPeers(): Iterable<string>;
  /** Whether others have been heard for so long that no more of them are to be expected. */
  hasListened(): boolean;
}

/** A peer without network. */
export const ALONE: NetworkView = {
  reachablePeers: () => [],
  heardPeers: () => [],
  hasListened: () => false,
};

export class Participation {
  readonly #publicKey: Uint8Array;
  readonly #own: string;
  readonly #network: NetworkView;
  /** Whether the store came from a backup: what was signed since then only others know. */
  readonly #isRestored: boolean;
  #state: State | null = null;
  #weights: VotingWeights = { weights: new Map(), total: 0 };
  #exclusion: string | null = null;
  /** Who could be reached when last asked, and their share; null when the weights have changed. */
  #reachable: { readonly keys: readonly string[]; readonly share: number } | null = null;

  constructor(publicKey: Uint8Array, network: NetworkView, isRestored = false) {
    this.#publicKey = publicKey;
    this.#own = keyOf(publicKey);
    this.#network = network;
    this.#isRestored = isRestored;
  }

  /** Why this peer has no say on this State whoever listens, null when it has. */
  exclusion(state: State): string | null {
    this.#follow(state);
    return this.#exclusion;
  }

  /** Why a block of this peer would come to nothing on this State, or null when it would not. */
  obstacle(state: State): string | null {
    const exclusion = this.exclusion(state);
    if (exclusion !== null) return exclusion;
    const share = this.reachableShare(state);
    if (share > CONSENSUS_THRESHOLD) return null;
    const percent = (100 * share).toFixed(1);
    return `Only ${percent}% of the voting weight can be reached: consensus needs more than 67%`;
  }

  /**
   * Whether this peer may vote: it has a say, and so many others have told what they know that its
   * own earlier Orders must be among it, or no more of them are to be expected.
   */
  mayVote(state: State): boolean {
    if (this.exclusion(state) !== null) return false;
    if (this.#network.hasListened()) return true;
    const share = this.#share(this.#network.heardPeers());
    return (this.#isRestored ? this.#shareOfOthers(share) : share) > CONSENSUS_THRESHOLD;
  }

  /** Whether the store came from a backup, and too few have told what was signed since then. */
  awaitsWord(state: State): boolean {
    return this.#isRestored && !this.mayVote(state);
  }

  /**
   * Share of the voting weight that can be reached, this peer's own included. Asked for with every
   * transaction, when mostly nothing has changed.
   */
  reachableShare(state: State): number {
    this.#follow(state);
    const keys = this.#network.reachablePeers();
    if (this.#reachable?.keys !== keys) this.#reachable = { keys, share: this.#share(keys) };
    return this.#reachable.share;
  }

  /** This peer's own share of the voting weight. */
  ownShare(state: State): number {
    this.#follow(state);
    return this.#share([]);
  }

  /** Whether this peer makes blocks final by itself. */
  isEnough(state: State): boolean {
    return this.ownShare(state) > CONSENSUS_THRESHOLD;
  }

  /** Share of the voting weight that these peers have together with this one. */
  #share(keys: Iterable<string>): number {
    const { weights, total } = this.#weights;
    let sum = weights.get(this.#own) ?? 0;
    for (const key of new Set(keys)) if (key !== this.#own) sum += weights.get(key) ?? 0;
    return total === 0 ? 0 : sum / total;
  }

  /** That share without this peer's own weight: of the weight of the others; 1 without others. */
  #shareOfOthers(share: number): number {
    const { weights, total } = this.#weights;
    const own = weights.get(this.#own) ?? 0;
    return total <= own ? 1 : (share * total - own) / (total - own);
  }

  /** Weights change only with the State, and are asked for with every transaction and query. */
  #follow(state: State): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#reachable = null;
    this.#weights = votingWeights(state);
    this.#exclusion = this.#exclusionFrom(state);
  }

  #exclusionFrom(state: State): string | null {
    if (!this.#weights.weights.has(this.#own)) return "Peer not registered in global state";
    if (isEffectivePeer(state, Blob.of(this.#publicKey))) return null;
    return "Peer not sufficiently staked to publish transactions";
  }
}
