// Every bound of a peer among others. Those that the reference has keep its value (sheet 04 §1).

const KILOBYTE = 1024;
const MEGABYTE = 1024 * KILOBYTE;

/** Memory for received cells, kept for messages that name them without bringing them. */
export const RECEIVED_BYTES_MAX = 16 * MEGABYTE;
/** Block vectors of Beliefs that are kept decoded, for messages that bring them again. */
export const BELIEVED_VECTORS_MAX = 8;
/** Blocks of Beliefs that are known to be stored, for messages that bring them again. */
export const BELIEVED_BLOCKS_MAX = 8_192;
/** Signed blocks whose verdict is remembered. */
export const BLOCK_VERDICTS_MAX = 16_384;
/** How far ahead of this peer's clock a block may be for an Order with it to be voted with. */
export const BLOCK_AHEAD_MAX_MS = 60_000;
/** How far ahead of this peer's clock an Order may be to be held until its time has come. */
export const ORDER_HOLD_MAX_MS = 5_000;
/** Bytes fetched of one Order at a time when its sender has not brought all of it. */
export const FETCH_BYTES_MAX = 64 * MEGABYTE;
/** Hashes that such a fetch waits for: each sender has one. */
export const FETCH_WAITING_MAX = 131_072;
/** Peers whose Orders are known to have cost this one something lately. */
export const DEBTORS_MAX = 4_096;
/**
 * Bytes that Orders of a peer may have fetched, or bring, above which none is begun, and what falls
 * due a second: of all by their weight, of each at the least. Those of the least stake cost a
 * gigabyte in eighteen hours.
 */
export const FETCH_TERMS = {
  burst: FETCH_BYTES_MAX,
  perSecond: 32 * MEGABYTE,
  leastPerSecond: 16 * KILOBYTE,
} as const;
/** The same for blocks that are looked at, some 40 µs each, as an Order comes or in slices. */
export const BLOCKS_AT_ONCE_TERMS = {
  burst: 16_384,
  perSecond: 10_000,
  leastPerSecond: 300,
} as const;
/**
 * The same for blocks of a peer's own that its Orders bring: each takes all peers 0.3 to 0.7 ms to
 * execute, whatever is in it, and costs its peer nothing. Honest ones make a hundred a second at
 * most. Of a peer of negligible weight no more are taken at a time than OWN_BLOCKS_OF_LITTLE_MAX.
 */
export const OWN_BLOCKS_TERMS = { burst: 256, perSecond: 4_000, leastPerSecond: 100 } as const;
export const OWN_BLOCKS_OF_LITTLE_MAX = 4_096;
export const VETTING_TERMS = { burst: 65_536, perSecond: 10_000, leastPerSecond: 100 } as const;
/**
 * The same for the time, in ms, that reading the messages of peers takes the main thread. Reading
 * takes 7 to 25 ms a MB, 150 when a message is of the smallest cells.
 */
export const READING_TERMS = { burst: 300, perSecond: 1_000, leastPerSecond: 50 } as const;
/** Share of the weight below which an Order that costs too much is not missed. */
export const NEGLIGIBLE_SHARE = 0.01;
/** Cells above Orders asked for at a time. */
export const FETCH_CELLS_MAX = 128;
/** How long a fetch goes on without a new cell. */
export const FETCH_STALL_MS = 12_000;
/**
 * How long what is missing in a Belief may be on its way from others before its sender is asked.
 */
export const MISSING_WAIT_MS = 10;
/**
 * Time for Beliefs in which something is missing, to look whether it has come with another one, and
 * how many times as long that then rests.
 */
export const LOOK_AGAIN_MS = 10;
export const LOOK_AGAIN_PAUSES = 4;
/**
 * Bytes of a Belief in which something is missing that is kept as it came, a hundred times as much
 * in memory; of a longer one the top cell, and the others among the received.
 */
export const KEPT_BELIEF_BYTES = 64 * KILOBYTE;
/** Missing cells looked for one after another in one Belief. */
export const FETCHES_PER_BELIEF_MAX = 64;
/** Connections whose Belief waits although they have proved no key (reference: queue of 10). */
export const UNTRUSTED_BELIEFS_MAX = 10;
/** Bytes of one of them: longer ones are not read. */
export const UNTRUSTED_BELIEF_BYTES_MAX = MEGABYTE;
/**
 * Least time between two Beliefs of connections that have proved no key, and how many times as long
 * as one has taken to be looked at.
 */
export const UNTRUSTED_BELIEF_PAUSE_MS = 50;
export const UNTRUSTED_BELIEF_PAUSES = 4;
/** Bytes of a Belief that is read as a whole. */
export const WHOLE_MESSAGE_BYTES = MEGABYTE;
/**
 * Bytes of new cells in one Order that are gone through in memory; what has more is fetched into
 * the store first, cell by cell.
 */
export const ORDER_NEWS_BYTES_MAX = 4 * MEGABYTE;
/** The same in an Order of a peer of negligible weight: a block full of transfers. */
export const LITTLE_NEWS_BYTES_MAX = 128 * KILOBYTE;

/**
 * How long a Belief waits to be written and sent in which nothing but Orders of others is new: when
 * somebody may hear of them from this peer alone (AWAIT_BELIEFS_PAUSE), and when nobody does.
 */
export const RELAY_AFTER_MS = 30;
export const HEARSAY_AFTER_MS = 300;
/** How long it waits when nothing is new but that this peer calls more blocks final. */
export const FINALITY_NEWS_AFTER_MS = 30;
/** A Belief is sent again after this time without a new one (BELIEF_REBROADCAST_DELAY). */
export const BELIEF_REBROADCAST_DELAY = 300;
/**
 * A connection is sent the whole Belief at most this often when something is new, else the news
 * alone.
 */
export const WHOLE_BELIEF_MS = 1_000;
/**
 * Blocks that are not final are sent again after this time without progress, twice as late each
 * time.
 */
export const RESEND_AFTER_MS = 300;
export const RESEND_MAX_MS = 30_000;
/**
 * How long a peer that others relay may go without the blocks that this peer's Order has, before it
 * is no longer taken to be reachable.
 */
export const BEHIND_MAX_MS = 10_000;
/** How long the answer to who can be reached stays while nothing comes that changes it. */
export const REACHABLE_FOR_MS = 10;
/** A whole Belief of up to this size is sent to a newcomer; of a larger one the end. */
export const FULL_BELIEF_BYTES_MAX = 256 * KILOBYTE;
/**
 * How long a receiver that has shown an Order which it had from others is taken to hear them
 * without us.
 */
export const HEARS_WITHIN_MS = 5_000;
/** How long a receiver that has told news alone is taken to ask for what it lacks. */
export const ASKS_WITHIN_MS = 10_000;
/** How long blocks of others are sent along to a receiver that has asked for cells. */
export const FETCHES_WITHIN_MS = 10_000;
/** When a new connection is sent this peer's Belief again: the first may have come too early. */
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
/** Time scale on which connections to low stakes are given up (PEER_CONNECTION_DROP_TIME). */
export const PEER_CONNECTION_DROP_TIME = 20_000;
/** Silence after which a peer is no longer taken to be reachable. */
export const HEARD_WITHIN_MS = 3_000;
/** How long a peer that begins listens to few others before it votes. */
export const LISTEN_MAX_MS = 3_000;
/** How often a peer that pushes no Beliefs is asked for its status. */
export const POLL_IDLE_MS = 500;
/** The same while blocks wait for finality. */
export const POLL_BUSY_MS = 10;
/** A peer that sent a Belief this recently needs not be asked for it. */
export const PUSHED_WITHIN_MS = 1_000;
/** Longest wait for the status of a peer (POLL_TIMEOUT). */
export const POLL_TIMEOUT = 2_000;
/** How often the status of every neighbour is looked at, to compare States. */
export const COMPARE_EVERY_MS = 5_000;
/** Pause before a connection that proved no key is challenged again. */
export const CHALLENGE_AGAIN_MS = 5_000;
/** Least time between two attempts to publish this peer's address (OWN_BLOCK_DELAY). */
export const OWN_BLOCK_DELAY = 10_000;
/** Blocks of an Order that are looked at as it comes; more take their time. */
export const BLOCKS_AT_ONCE = 256;
/** Most blocks by which an Order may be ahead; a peer further behind has to join again. */
export const BLOCKS_AHEAD_MAX = 1_000_000;
/** Orders far ahead that are looked at at the same time, and how long without letting others in. */
export const VETTINGS_MAX = 4;
export const VETTING_SLICE_MS = 10;
