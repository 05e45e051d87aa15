// Every bound of the running peer. Those that the reference has keep its value (sheet 04 §1, 00).

/** Transactions that wait for a block. */
export const TRANSACTION_QUEUE_MAX = 10_000;
/** Transactions that wait for their Result, in a block or not. */
export const PENDING_TRANSACTIONS_MAX = 30_000;
/**
 * Bytes of the transactions that wait for their Result, and of those of them that are bulky: in
 * memory they take more, small cells a hundred times as much.
 */
export const PENDING_BYTES_MAX = 24 * 1024 * 1024;
export const PENDING_BULKY_BYTES_MAX = 8 * 1024 * 1024;
export const BULKY_BYTES = 16 * 1024;
/** Clients that wait for the Result of one transaction. */
export const WAITERS_PER_TRANSACTION_MAX = 1_000;
/** How long a client waits for a Result before it is told that there is none yet. */
export const RESULT_TIMEOUT_MS = 8_000;
/** Bytes of transactions in one block, beyond which it takes no more. */
export const BLOCK_BYTES_MAX = 4 * 1024 * 1024;
/** Blocks made in one go when the queue holds more than one can take. */
export const BLOCKS_PER_PROPOSAL_MAX = 4;
/** While blocks of this peer wait for finality, the least time between two proposals. */
export const PROPOSAL_PAUSE_MS = 10;
/**
 * The same by the time that passes have taken since the last one, and the most: each block costs
 * every peer some five messages and writes, however much is in it.
 */
export const PAUSE_PER_BUSY_MS = 3;
export const PROPOSAL_PAUSE_MAX_MS = 250;
/** Merges in a row before others get their turn: a level each, and the one that changes nothing. */
export const MERGES_PER_PASS_MAX = 8;
/** Beliefs received and not merged yet. */
export const BELIEF_QUEUE_MAX = 200;
/** Bytes of prepared transactions and other cells remembered for clients. */
export const REMEMBERED_BYTES_MAX = 16 * 1024 * 1024;
/** Time on the main thread after which execution lets other events in between two transactions. */
export const EXECUTION_SLICE_MS = 10;
/** Pause before a write that failed is tried again. */
export const WRITE_RETRY_MS = 1_000;
/** Requests for cells without answer at one provider. */
export const ACQUISITION_WINDOW = 4;
/** Hashes in one request for cells; the wire allows 254, of up to 16 KB each. */
export const ACQUISITION_HASHES_MAX = 128;
/** Complete cells, and their bytes, that are written at once. */
export const ACQUISITION_WRITE_CELLS = 4_096;
export const ACQUISITION_WRITE_BYTES = 4 * 1024 * 1024;
/** How long a request for cells may take before another provider that is idle gets it. */
export const ACQUISITION_LATE_MS = 2_000;
/** How often an acquisition looks for providers again when no answer comes. */
export const ACQUISITION_RETRY_MS = 500;
/** How long an acquisition goes on without a new cell. */
export const ACQUISITION_STALL_MS = 60_000;
/**
 * Hashes that one acquisition waits for, and bytes of the cells that wait for them: all in memory.
 * A value of any size stays far below, as its deepest cells are asked for first.
 */
export const ACQUISITION_WAITING_MAX = 1_000_000;
export const ACQUISITION_INCOMPLETE_BYTES_MAX = 256 * 1024 * 1024;
/**
 * What a join takes in on the word of one host: bytes of cells that most of the others say they
 * lack, and of those that came while no other answered.
 */
export const JOIN_CONTESTED_BYTES_MAX = 256 * 1024 * 1024;
export const JOIN_ALONE_BYTES_MAX = 16 * 1024 * 1024 * 1024;
/** Least time between two attempts of a join to connect again to hosts that it has lost. */
export const JOIN_RECONNECT_MS = 2_000;
/** Pause of a provider after a request without answer; doubled each time, up to the maximum. */
export const PROVIDER_REST_MS = 500;
export const PROVIDER_REST_MAX_MS = 8_000;
/** Queries and data requests of all connections together that wait; further ones get `:LOAD`. */
export const QUERY_LANE_MAX = 10_000;
/** Those of one connection that may wait all the same. */
export const QUERIES_OF_ONE_MIN = 32;
/** Those of one connection that are under way at a time. */
export const QUERIES_AT_ONCE = 32;
/** Time for queries and data requests after which other events get their turn. */
export const QUERY_SLICE_MS = 5;
/**
 * Bytes of a query's or transaction's Result with all it names; what is beyond is asked for by
 * hash.
 */
export const RESULT_BYTES_MAX = 8 * 1024 * 1024;
/**
 * Transactions and blocks written since, from which on blocks and results that are written are let
 * go.
 */
export const HELD_PLACES_MAX = 8_192;
/** Blocks executed in one go, and written together: an interrupted replay goes on from there. */
export const EXECUTE_BLOCKS_MAX = 256;
/** Time after which no further block is begun before those executed are written and told of. */
export const EXECUTE_BLOCKS_MS = 250;
/** While final blocks wait to be executed, the least time between two proposals. */
export const BACKLOG_PROPOSAL_PAUSE_MS = 100;
/** How long blocks that were final may wait to be executed before a peer counts as behind. */
export const BACKLOG_TIMEOUT_MS = 10_000;
/** How long blocks wait for finality before clients are told that there is none. */
export const FINALITY_TIMEOUT_MS = 5_000;
/**
 * How long blocks wait for finality before a peer gives in to what others hold on to, and how long
 * it then stays with that before it looks again.
 */
export const CONCEDE_AFTER_MS = 3_000;
export const CONCESSION_MS = 10_000;
/**
 * The same where the others are enough without those who hold on: when one of them is away, or
 * silent, they are not. A peer that lies can have such a concession made to it, so they are rare.
 */
export const CONCEDE_TO_FEW_AFTER_MS = 15_000;
export const CONCEDE_TO_FEW_EVERY_MS = 60_000;
/** How long the execution of one block may take before the peer is said to hang. */
export const EXECUTION_TIMEOUT_MS = 5_000;
/** Signatures of transactions that are checked at a time, of all connections together. */
export const SIGNATURES_AT_ONCE = 1_024;
/**
 * Exact checks of signatures that the native check has refused, of transactions taken in and of
 * blocks voted with each: at most some 40 ms of the main thread.
 */
export const EXACT_CHECKS_PER_SECOND = 100;
/**
 * Signatures from which on checking them together costs less than one by one, 9 of 40 µs each for
 * many.
 */
export const TOGETHER_MIN = 8;
/**
 * How long signatures gather while others were checked just now, and how many at most: some 3 ms of
 * work.
 */
export const SIGNATURE_GATHER_MS = 5;
export const SIGNATURE_GATHER_MAX = 256;
/**
 * Signatures checked together within a time from which on a second thread does it, some 10 ms of
 * work: batches that wait for it, how long it has nothing to do until it ends, and may take for an
 * answer, of 10 ms for the longest batch.
 */
export const THREAD_START_SIGNATURES = 1_000;
export const THREAD_WINDOW_MS = 1_000;
export const THREAD_BATCHES_MAX = 64;
export const THREAD_IDLE_MS = 10_000;
export const THREAD_ANSWER_MS = 5_000;
/** How long the signatures of a source are checked one by one after one that was not good. */
export const SUSPECT_MS = 1_000;
/**
 * Transactions that go on together once their signatures are checked, and how long the first may
 * wait.
 */
export const INTAKE_BATCH_MAX = 1_024;
export const INTAKE_BATCH_MS = 10;
/** Difference to the clocks of others from which on a peer can't take part. */
export const CLOCK_SKEW_MAX_MS = 5_000;
/**
 * Bytes of a query over the binary protocol, as many as one by HTTP may have: all others wait while
 * it is decoded and run.
 */
export const QUERY_BYTES_MAX = 1_000_000;
/**
 * Bytes of a transaction over the binary protocol: half of them take all the juice that one can
 * have.
 */
export const TRANSACTION_BYTES_MAX = 1_000_000;
/** How long the answer to a query may be given again on the same State. */
export const QUERY_MEMO_MS = 100;
/** Bytes of queries and answers remembered for that, of one and of all. */
export const QUERY_MEMO_ENTRY_BYTES = 4 * 1024;
export const QUERY_MEMO_BYTES = 1024 * 1024;
/** How long after a collection what was collected can still be read; then its space comes back. */
export const PREVIOUS_FILE_MS = 30_000;
/** How long a peer only observes after another process has signed with its key. */
export const TWIN_SILENCE_MS = 20_000;
