// Every bound of a peer among others. Where the reference has the bound its value is kept (sheet 04
// §1). "Weight" is voting weight. "Terms" bound what Orders or messages of one peer may cost (see
// beliefs/author-debts.ts): with more debt than `burst` nothing more is begun for it; each second
// its weight's share of `perSecond` is paid off, and `leastPerSecond` at the least.

const KILOBYTE = 1024;
const MEGABYTE = 1024 * KILOBYTE;

/** Memory for received cells, kept for messages that name them without bringing them. */
export const RECEIVED_BYTES_MAX = 16 * MEGABYTE;
/** Block vectors of Beliefs that are kept decoded, for messages that bring them again. */
export const BELIEVED_VECTORS_MAX = 8;
/** Blocks of Beliefs that are known to be stored, for messages that bring them again. */
export const BELIEVED_BLOCKS_MAX = 8_192;
/** Signed blocks of which it is remembered whether they have a fault. */
export const BLOCK_VERDICTS_MAX = 16_384;
/** How far ahead of this peer's clock a block may be for an Order with it to be voted with. */
export const BLOCK_AHEAD_MAX_MS = 60_000;
/** How far ahead of this peer's clock an Order may be to be kept until its time has come. */
export const ORDER_HOLD_MAX_MS = 5_000;
/** Bytes of one Order fetched at a time when its sender has not brought all of it. */
export const FETCH_BYTES_MAX = 64 * MEGABYTE;
/** Hashes that such a fetch waits for: each sender has one. */
export const FETCH_WAITING_MAX = 131_072;
/** Peers of which it is remembered what they have cost lately. */
export const DEBTORS_MAX = 4_096;
/**
 * For bytes that are fetched for Orders of a peer, and for those that they bring themselves. A peer
 * of the least stake costs a gigabyte in eighteen hours.
 */
export const FETCH_TERMS = {
  burst: FETCH_BYTES_MAX,
  perSecond: 32 * MEGABYTE,
  leastPerSecond: 16 * KILOBYTE,
} as const;
/** For blocks that are checked as an Order comes, some 40 µs each. */
export const BLOCKS_AT_ONCE_TERMS = {
  burst: 16_384,
  perSecond: 10_000,
  leastPerSecond: 300,
} as const;
/**
 * For blocks of a peer's own that its Orders bring: each takes all peers 0.3 to 0.7 ms to execute,
 * whatever is in it, and costs its peer nothing. Honest peers make a hundred a second at most.
 */
export const OWN_BLOCKS_TERMS = { burst: 256, perSecond: 4_000, leastPerSecond: 100 } as const;
/** Blocks of its own that one Order of a peer of negligible weight may bring. */
export const OWN_BLOCKS_OF_LITTLE_MAX = 4_096;
/** For blocks that are checked in slices, as BLOCKS_AT_ONCE_TERMS. */
export const VETTING_TERMS = { burst: 65_536, perSecond: 10_000, leastPerSecond: 100 } as const;
/**
 * For milliseconds of the main thread that messages of a peer take to be read: 7 to 25 a MB, 150
 * when a message is of the smallest cells.
 */
export const READING_TERMS = { burst: 300, perSecond: 1_000, leastPerSecond: 50 } as const;
/**
 * The most that one look at what somebody has sent counts for, in ms: those that take longest take
 * some 600. Where the process or its machine stood still more has passed, hours perhaps, which is
 * not to be held against anybody.
 */
export const LOOK_COUNTS_MAX_MS = 2_000;
/** Share of the weight below which nobody misses a peer's Orders when they cost too much. */
export const NEGLIGIBLE_SHARE = 0.01;
/** Cells above the Orders of a Belief asked for at a time. */
export const FETCH_CELLS_MAX = 128;
/** How long a fetch goes on without a new cell. */
export const FETCH_STALL_MS = 12_000;
/**
 * How long what is missing in a Belief may be on its way from others before its sender is asked.
 */
export const MISSING_WAIT_MS = 10;
/**
 * Time to look at Beliefs in which something is missing, whether it has come with another one's
 * Belief.
 */
export const LOOK_AGAIN_MS = 10;
/** Pause after that, in lengths of the time it took. */
export const LOOK_AGAIN_PAUSES = 4;
/**
 * Longest Belief in which something is missing that is kept as it came, which takes a hundred times
 * as much memory. Of a longer one the top cell is kept, and the others as received cells.
 */
export const KEPT_BELIEF_BYTES = 64 * KILOBYTE;
/** Fetches with an answer, one after another, for one Belief in which something is missing. */
export const FETCHES_PER_BELIEF_MAX = 64;
/** Connections without a proven key whose Belief may wait (reference: a queue of 10). */
export const UNTRUSTED_BELIEFS_MAX = 10;
/** Longest Belief of such a connection: longer ones are not read. */
export const UNTRUSTED_BELIEF_BYTES_MAX = MEGABYTE;
/** Least pause between the Beliefs of two such connections. */
export const UNTRUSTED_BELIEF_PAUSE_MS = 50;
/** The same in lengths of the time that the former one took. */
export const UNTRUSTED_BELIEF_PAUSES = 4;
/** Longest Belief that is read as a whole; of a longer one only the top cell. */
export const WHOLE_MESSAGE_BYTES = MEGABYTE;
/**
 * Memory of new cells of one Order that are gone through in memory, some 4 MB of usual ones. An
 * Order with more is fetched into the store first, cell by cell.
 */
export const ORDER_NEWS_MEMORY_MAX = 32 * MEGABYTE;
/** The same in an Order of a peer of negligible weight: a block full of transfers, and more. */
export const LITTLE_NEWS_MEMORY_MAX = 1.5 * MEGABYTE;

/**
 * How long a Belief in which only Orders of others are new waits to be written and sent, while
 * somebody may hear of them from this peer alone (AWAIT_BELIEFS_PAUSE).
 */
export const RELAY_AFTER_MS = 30;
/** The same while nobody depends on this peer for them. */
export const HEARSAY_AFTER_MS = 300;
/** How long a Belief waits to be sent in which only finality of this peer's Order is new. */
export const FINALITY_NEWS_AFTER_MS = 30;
/** A Belief is sent again after this time without a new one (BELIEF_REBROADCAST_DELAY). */
export const BELIEF_REBROADCAST_DELAY = 300;
/** Least time between two whole Beliefs on a connection; in between it is sent the news alone. */
export const WHOLE_BELIEF_MS = 1_000;
/** Blocks that are not final are sent again after this time without progress. */
export const RESEND_AFTER_MS = 300;
/** Longest such time: it doubles each time. */
export const RESEND_MAX_MS = 30_000;
/**
 * How long a peer that others relay may go without the blocks that this peer's Order has, before it
 * is no longer taken to be reachable.
 */
export const BEHIND_MAX_MS = 10_000;
/** How long the list of reachable peers is kept while nothing comes that changes it. */
export const REACHABLE_FOR_MS = 10;
/** Largest Belief that a newcomer is sent as a whole; of a larger one, what is not final. */
export const FULL_BELIEF_BYTES_MAX = 256 * KILOBYTE;
/** How long a receiver that has shown an Order from others is taken to hear its peer without us. */
export const HEARS_WITHIN_MS = 5_000;
/** How long a receiver that has sent news alone is taken to ask for what it lacks. */
export const ASKS_WITHIN_MS = 10_000;
/** How long a receiver that has asked for cells is sent blocks of others, too. */
export const FETCHES_WITHIN_MS = 10_000;
/** When a new connection is sent this peer's Belief, and again: the first may come too early. */
export const INTRODUCTIONS_MS: readonly number[] = [0, 300, 2_000];
/** Orders and blocks that one connection is known to have. */
export const HAD_GROUPS_MAX = 4_096;
/** Bytes waiting on a connection above which it gets no Belief for now. */
export const BELIEF_QUEUE_BYTES = MEGABYTE;

/** Outgoing connections (CAD017). */
export const DEFAULT_OUTGOING_CONNECTION_COUNT = 20;
/** Most outgoing connections an operator may ask for. */
export const OUTGOING_MAX = 1_000;
/** How often connections are looked after (SERVER_CONNECTION_PAUSE). */
export const SERVER_CONNECTION_PAUSE = 500;
/** Connections attempted at the same time. */
export const DIALS_AT_ONCE = 4;
/** Pause after a failed attempt; doubled each time, with jitter. */
export const DIAL_BACKOFF_MS = 1_000;
export const DIAL_BACKOFF_MAX_MS = 120_000;
/** The same for hosts that the operator named, and for all while there is no connection. */
export const NAMED_BACKOFF_MAX_MS = 10_000;
/** Addresses whose failures are remembered. */
export const FAILURES_MAX = 4_096;
/** Mean time after which a connection to no stake is given up (PEER_CONNECTION_DROP_TIME). */
export const PEER_CONNECTION_DROP_TIME = 20_000;
/** Silence after which a peer is no longer taken to be reachable. */
export const HEARD_WITHIN_MS = 3_000;
/**
 * Silence of all connected peers after which one without a vote follows nobody: each tells of
 * itself, or answers when it is asked, within some two seconds.
 */
export const FOLLOWED_WITHIN_MS = 8_000;
/** How long a peer that starts and hears too few others listens before it votes all the same. */
export const LISTEN_MAX_MS = 3_000;
/** How often a peer that pushes no Beliefs is asked for its status. */
export const POLL_IDLE_MS = 500;
/** The same while blocks wait for finality. */
export const POLL_BUSY_MS = 10;
/** A peer that has sent a Belief by itself this recently is not asked for it. */
export const PUSHED_WITHIN_MS = 1_000;
/** Longest wait for the status of a peer (POLL_TIMEOUT). */
export const POLL_TIMEOUT = 2_000;
/** How often every neighbour is asked for its status, to compare States and clocks. */
export const COMPARE_EVERY_MS = 5_000;
/** Pause before a connection that proved no key is challenged again. */
export const CHALLENGE_AGAIN_MS = 5_000;
/** Least time between two attempts to publish this peer's address (OWN_BLOCK_DELAY). */
export const OWN_BLOCK_DELAY = 10_000;
/** New blocks of an Order that are checked as it comes; more are checked in slices. */
export const BLOCKS_AT_ONCE = 256;
/** Most new blocks of an Order; a peer further behind has to join again. */
export const BLOCKS_AHEAD_MAX = 1_000_000;
/** Orders whose blocks are checked in slices at the same time. */
export const VETTINGS_MAX = 4;
/** Length of such a slice. */
export const VETTING_SLICE_MS = 10;
