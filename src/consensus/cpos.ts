// Constants of CPoS (sheet 04 §1), each under the name the reference gives it, where it gives one.
// Times in milliseconds.

/** Share of all voting weight that must be exceeded for a level to rise. */
export const CONSENSUS_THRESHOLD = 0.67;
/**
 * Share of the weight that no quorum can do without, 33 %: who has more of it than this can halt
 * consensus by saying nothing, so that it gives him nothing to be believed where that only halts.
 */
export const BLOCKING_SHARE = 1 - CONSENSUS_THRESHOLD;
/**
 * Share of the weight that two quorums always have in common, and a little more, 34 %: with no more
 * than that nobody can make two quorums agree on different blocks by telling each another thing. So
 * where what somebody says could undo what a quorum has agreed on, more must say it than this:
 * then one at least is honest, as long as the rules of the merge protect anybody.
 */
export const QUORUM_OVERLAP = 2 * CONSENSUS_THRESHOLD - 1;
/**
 * Share of the votes considered that makes a block vector win without looking further; a plain 0.5
 * in the reference.
 */
export const WINNING_SHARE = 0.5;

/** State time after a peer's last block during which it keeps its whole weight. */
export const PEER_DECAY_DELAY = 180_000;
/** State time in which the weight falls to 1/e of what it was, after the delay. */
export const PEER_DECAY_TIME = 300_000;
/** Weight that is always left, as a share; also that of a peer without any block. */
export const PEER_DECAY_MINIMUM = 0.001;

/** How long a proposal that is backed by fewer is kept before the Order changes over. */
export const KEEP_PROPOSAL_TIME = 100;
